/*
 * Each kind of exit at its most expensive, as far as one call or access goes: every extension of
 * the SBI, every device of the machine, and what is not there.
 */
#include "kinds.h"
#include <axbare/arch/csr.h>
#include <axbare/arch/sbi.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ALL_HARTS UINT64_MAX /* as the mask's base: SBI 2.0 §3.1 */
#define PAGE 4096
#define EVENTS 256 /* of 16 bytes, a page */
#define UNKNOWN 0x7fffffff

#define READ32(at) (*(const volatile uint32_t *)(at))
#define WRITE32(at, value) (*(volatile uint32_t *)(at) = (value))
#define READ8(at) (*(const volatile uint8_t *)(at))
#define WRITE8(at, value) (*(volatile uint8_t *)(at) = (value))

static _Alignas(PAGE) char text[PAGE];
static _Alignas(PAGE) uint8_t page[PAGE];

#define CALL(name, ...)                                                                            \
    static void name(void)                                                                         \
    {                                                                                              \
        (void)sbi_call(__VA_ARGS__);                                                               \
    }

CALL(call_base, SBI_EXT_BASE, SBI_BASE_PROBE, SBI_EXT_DBCN, 0, 0, 0)
CALL(call_unknown, UNKNOWN, UNKNOWN, 1, 2, 3, 4)
CALL(call_write, SBI_EXT_DBCN, SBI_DBCN_WRITE, PAGE, (uintptr_t)text, 0, 0)
CALL(call_byte, SBI_EXT_DBCN, SBI_DBCN_WRITE_BYTE, 'b', 0, 0, 0)
CALL(call_read, SBI_EXT_DBCN, SBI_DBCN_READ, PAGE, (uintptr_t)page, 0, 0)
CALL(call_putchar, SBI_EXT_LEGACY_PUTCHAR, 0, 'l', 0, 0, 0)
CALL(call_getchar, SBI_EXT_LEGACY_GETCHAR, 0, 0, 0, 0, 0)
CALL(call_timer, SBI_EXT_TIME, SBI_TIME_SET_TIMER, UINT64_MAX, 0, 0, 0)
CALL(call_ipi, SBI_EXT_IPI, SBI_IPI_SEND, 0, ALL_HARTS, 0, 0)
CALL(call_hsm, SBI_EXT_HSM, SBI_HSM_START, 0, 0, 0, 0)
CALL(call_suspend, SBI_EXT_HSM, SBI_HSM_SUSPEND, UNKNOWN, 0, 0, 0)
CALL(call_susp, SBI_EXT_SUSP, SBI_SUSP_SUSPEND, UNKNOWN, 0, 0, 0)
CALL(call_srst, SBI_EXT_SRST, SBI_SRST_RESET, UNKNOWN, 0, 0, 0)
CALL(call_fence, SBI_EXT_RFENCE, SBI_RFENCE_SFENCE_VMA, 0, ALL_HARTS, 0, UINT64_MAX)
CALL(call_counters, SBI_EXT_PMU, SBI_PMU_CONFIG_MATCHING, 0, UINT32_MAX, 0, UNKNOWN)
CALL(call_fwft, SBI_EXT_FWFT, SBI_FWFT_GET, 0, 0, 0, 0)
CALL(call_reboot, SBI_EXT_SRST, SBI_SRST_RESET, SBI_SRST_COLD_REBOOT, SBI_SRST_NO_REASON, 0, 0)

static void call_events(void)
{
    for (uint32_t i = 0; i < EVENTS; i++)
        ((uint64_t *)(void *)page)[2 * i] = i;
    (void)sbi_call(SBI_EXT_PMU, SBI_PMU_EVENT_INFO, (uintptr_t)page, 0, EVENTS, 0);
}

static void call_sta(void)
{
    (void)sbi_call(SBI_EXT_STA, SBI_STA_SET_SHMEM, (uintptr_t)page, 0, 0, 0);
    (void)sbi_call(SBI_EXT_STA, SBI_STA_SET_SHMEM, UINT64_MAX, UINT64_MAX, 0, 0);
}

static void use_uart(void)
{
    (void)READ8(0x10000005);
    WRITE8(0x10000000, 'u');
}

static void use_interrupts(void)
{
    WRITE32(0xc000000 + 4 * 10, READ32(0xc000000 + 4 * 10) ^ 1);
    WRITE32(0xc201004, READ32(0xc201004));
}

static void use_rtc(void)
{
    (void)READ32(0x101000);
    WRITE32(0x101008, 0);
}

static void use_testdev(void)
{
    WRITE32(0x100000, 0); /* no command that it knows */
}

static void use_virtio(void)
{
    WRITE32(0x10001070, READ32(0x10001000));
}

static void use_fw_cfg(void)
{
    *(volatile uint16_t *)0x10100008 = 0x1900;
    (void)READ8(0x10100000);
}

static void use_flash(void)
{
    WRITE32(0x20000000, 0xff);
    (void)READ32(0x20000000);
}

static void use_pci(void)
{
    WRITE32(0x30000004, READ32(0x30000000));
}

static void use_nothing(void)
{
    (void)READ32(0x50000000); /* an access fault */
}

static void use_memory_beyond(void)
{
    WRITE32(0x7ffffff000, 1);
}

static void run_illegal(void)
{
    __asm__ volatile(".word 0" ::: "memory");
}

static void read_missing_csr(void)
{
    __asm__ volatile("csrr zero, 0x5ff" ::: "memory");
}

static void wait(void)
{
    __asm__ volatile("csrsi sip, 2\n wfi\n csrci sip, 2" ::: "memory");
}

const struct kind kinds[] = {
    {"sbi-base", call_base},
    {"sbi-unknown", call_unknown},
    {"sbi-dbcn-write", call_write},
    {"sbi-dbcn-byte", call_byte},
    {"sbi-dbcn-read", call_read},
    {"sbi-putchar", call_putchar},
    {"sbi-getchar", call_getchar},
    {"sbi-time", call_timer},
    {"sbi-ipi", call_ipi},
    {"sbi-hsm-start", call_hsm},
    {"sbi-hsm-suspend", call_suspend},
    {"sbi-susp", call_susp},
    {"sbi-srst", call_srst},
    {"sbi-rfence", call_fence},
    {"sbi-pmu-events", call_events},
    {"sbi-pmu-config", call_counters},
    {"sbi-sta", call_sta},
    {"sbi-fwft", call_fwft},
    {"uart", use_uart},
    {"plic", use_interrupts},
    {"rtc", use_rtc},
    {"test-device", use_testdev},
    {"virtio-slot", use_virtio},
    {"fw-cfg", use_fw_cfg},
    {"flash", use_flash},
    {"pci-config", use_pci},
    {"no-device", use_nothing},
    {"no-memory", use_memory_beyond},
    {"illegal", run_illegal},
    {"csr", read_missing_csr},
    {"wfi", wait},
    {"reboot", call_reboot},
    {NULL, NULL},
};

/* The instructions that trap here are of 4 bytes, or of 2: the lowest bits say which. */
static __attribute__((naked, aligned(4))) void skip(void)
{
    __asm__ volatile("csrw sscratch, t0\n"
                     "csrr t0, sepc\n"
                     "lhu t0, 0(t0)\n"
                     "andi t0, t0, 3\n"
                     "addi t0, t0, -3\n"
                     "seqz t0, t0\n"
                     "slli t0, t0, 1\n"
                     "addi t0, t0, 2\n"
                     "sd t1, -8(sp)\n"
                     "csrr t1, sepc\n"
                     "add t1, t1, t0\n"
                     "csrw sepc, t1\n"
                     "ld t1, -8(sp)\n"
                     "csrr t0, sscratch\n"
                     "sret");
}

void kinds_prepare(void)
{
    memset(text, 'x', sizeof text);
    __asm__ volatile("csrw stvec, %0" : : "r"(skip));
    csr_set(sie, IRQ_BIT(IRQ_SSI)); /* it ends a wfi, and is not taken */
}
