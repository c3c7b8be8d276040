/* Each place of the machine (docs/vms.md), with a device in it or without one. */
#include "kinds.h"
#include <axbare/arch/csr.h>
#include <stddef.h>

#define READ8(at) (*(const volatile uint8_t *)(at))
#define WRITE8(at, value) (*(volatile uint8_t *)(at) = (value))
#define WRITE16(at, value) (*(volatile uint16_t *)(at) = (value))
#define READ32(at) (*(const volatile uint32_t *)(at))
#define WRITE32(at, value) (*(volatile uint32_t *)(at) = (value))
#define WRITE64(at, value) (*(volatile uint64_t *)(at) = (value))

#define SLOTS 8
#define SLOT_SIZE 0x1000
#define BLOCK_SIZE 0x40000
#define BLOCKS 128
#define DIRECTORY 0x19
#define DMA_READ_DIRECTORY (UINT32_C(DIRECTORY) << 16 | 0x0a) /* selects it, and reads */
#define FUNCTIONS 65536                                       /* of all buses */
#define FUNCTION_SIZE 4096
#define EIDELIVERY 0x70
#define EIP0 0x80

static uint8_t page[4096] __attribute__((aligned(4096)));
static uint32_t turn; /* so that the next one is another place */

void use_rom(void)
{
    (void)READ32(0x1000);
    WRITE32(0x1000, 0);
}

void use_testdev(void)
{
    WRITE32(0x100000, 0); /* no command that it knows */
}

void use_rtc(void)
{
    (void)READ32(0x101000);
    WRITE32(0x101008, 0);
}

void use_clint(void)
{
    (void)READ32(0x200bff8);
    WRITE32(0x2000000, 1);
}

void use_ports(void)
{
    WRITE32(0x3000000, READ32(0x3000004));
}

/* It restarts a count that is off. */
void use_watchdog(void)
{
    WRITE32(0x60110b0, UINT32_C(0xa57) << 1 | 1);
    (void)READ32(0x60110b8);
}

void use_plic(void)
{
    WRITE32(0xc000000 + 4 * 10, READ32(0xc000000 + 4 * 10) ^ 1);
    WRITE32(0xc201004, READ32(0xc201004));
}

/* Source 10 is edge-triggered and pends each time. */
void use_aplic(void)
{
    WRITE32(0xd000004 + 4 * 9, 4);
    WRITE32(0xd001cdc, 10); /* setipnum */
    WRITE32(0xd001ddc, 10); /* clripnum */
    (void)READ32(0xd000000);
}

void use_uart(void)
{
    (void)READ8(0x10000005);
    WRITE8(0x10000000, 'u');
}

void use_virtio(void)
{
    uint64_t slot = 0x10001000 + (uint64_t)(turn++ % SLOTS) * SLOT_SIZE;
    WRITE32(slot + 0x70, READ32(slot));
}

void use_fw_cfg(void)
{
    WRITE16(0x10100008, 0x1900);
    (void)READ8(0x10100000);
}

/* The longest transfer that is served: what is beyond the item's end reads as zeros. */
void use_fw_cfg_dma(void)
{
    static volatile struct {
        uint32_t control, length;
        uint64_t address;
    } request __attribute__((aligned(16)));
    request.control = __builtin_bswap32(DMA_READ_DIRECTORY);
    request.length = __builtin_bswap32(sizeof page);
    request.address = __builtin_bswap64((uintptr_t)page);
    WRITE64(0x10100010, __builtin_bswap64((uintptr_t)&request));
}

void use_doorbell(void)
{
    WRITE32(0x1110000c, UINT32_C(1) << 16); /* the second peer's */
}

/* Out of array mode and back: the G-stage maps the bank anew each time. */
void use_flash(void)
{
    WRITE32(0x20000000, 0x00700070);
    (void)READ32(0x20000000);
    WRITE32(0x20000000, 0x00ff00ff);
    (void)READ32(0x20000000);
}

void use_flash_erase(void)
{
    uint64_t block = 0x22000000 + (uint64_t)(turn++ % BLOCKS) * BLOCK_SIZE;
    WRITE32(block, 0x00200020);
    WRITE32(block, 0x00d000d0);
    (void)READ32(block);
    WRITE32(block, 0x00ff00ff);
}

/* To itself: nothing is enabled, so it only pends. */
void use_imsic(void)
{
    WRITE32(0x28000000, 1 + turn++ % 63);
}

void use_imsic_registers(void)
{
    csr_write(CSR_SISELECT, EIP0);
    csr_write(CSR_SIREG, 0);
    csr_write(CSR_SISELECT, EIDELIVERY);
    csr_write(CSR_SIREG, 1);
    (void)csr_swap(CSR_STOPEI, 0);
}

void use_pci(void)
{
    uint64_t function = 0x30000000 + (uint64_t)(turn++ % FUNCTIONS) * FUNCTION_SIZE;
    WRITE32(function + 4, READ32(function));
}

void use_pci_window(void)
{
    WRITE32(0x40000000, READ32(0x50000000));
}

/* RAM's first page; what the guest touches for the first time is mapped already. */
void use_ram(void)
{
    WRITE32(0x80000000, READ32(0x80000000) + 1);
}

void use_pci_high(void)
{
    WRITE32(0x400000000, READ32(0x7fffffff8));
}

void use_nothing(void)
{
    (void)READ32(0x07000000); /* access faults */
    WRITE32(0x10200000, 1);
}

void use_no_memory(void)
{
    WRITE32(0x7ffffff000, 1);
}
