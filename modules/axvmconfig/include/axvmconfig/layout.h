/*
 * The guest machine's addresses and interrupts: those of QEMU's virt machine.
 *
 * The shared memories lie in 0x11000000 .. 0x20000000, between QEMU's fw_cfg and its flash, where
 * that machine has nothing: a kernel that knows its addresses takes nothing else to be there, RAM
 * has no bound above, and the PCIe bridge keeps its own. First their bridge, then the memories.
 */
#pragma once
#include <lib/addr.h>
#include <stddef.h>
#include <stdint.h>

/* Whether a VM has what lies in a place. */
enum vm_place {
    VM_PLACE_OWN,      /* it has, and nothing else can lie there */
    VM_PLACE_YIELDS,   /* unless an assigned device takes its place */
    VM_PLACE_WINDOW,   /* assigned devices can lie in it */
    VM_PLACE_SHARED,   /* VMs that share memory have it; nothing else can lie there */
    VM_PLACE_OPTIONAL, /* VMs whose description says `with` have it */
};

/*
 * Devices in software of which this row and a struct device_model (axdevice/model.h) say all: the
 * name, that of the model, the address, the bytes, the interrupt source (0: none), the place, the
 * name for users; and of its node in the guest's tree the name and `compatible`.
 */
/* clang-format off */
#define GUEST_MODELS(X)                                                                            \
    X(TESTDEV, testdev, 0x00100000, 0x1000, 0, VM_PLACE_OWN, "test device",                        \
      "test", "sifive,test1\0sifive,test0\0syscon")                                                \
    X(RTC, rtc, 0x00101000, 0x1000, 11, VM_PLACE_YIELDS, "clock",                                  \
      "rtc", "google,goldfish-rtc")                                                                \
    X(WATCHDOG, watchdog, 0x06011000, 0x1000, 12, VM_PLACE_OPTIONAL, "watchdog",                   \
      "watchdog", "allwinner,sun20i-d1-wdt")
/* clang-format on */

#define GUEST_MODEL_NUMBER(NAME, model, base, size, source, place, name, node, compatible)         \
    GUEST_MODEL_##NAME,
enum guest_model { GUEST_MODELS(GUEST_MODEL_NUMBER) GUEST_MODEL_COUNT };

struct guest_model_row {
    gpa_t base;
    uint64_t size;   /* bytes */
    uint32_t source; /* of the VM's interrupt controller; 0: none */
    enum vm_place place;
    const char *name;       /* for users */
    const char *node;       /* without the address */
    const char *compatible; /* a list of NUL-terminated strings */
    size_t compatible_size; /* bytes, with the last NUL */
};
extern const struct guest_model_row guest_models[GUEST_MODEL_COUNT];

#define GUEST_ROM UINT64_C(0x00001000)
#define GUEST_ROM_SIZE UINT64_C(0x0000f000)
#define GUEST_PLIC UINT64_C(0x0c000000)
#define GUEST_APLIC UINT64_C(0x0d000000)
#define GUEST_IMSIC UINT64_C(0x28000000) /* a page for each vCPU */
#define GUEST_UART UINT64_C(0x10000000)
#define GUEST_VIRTIO UINT64_C(0x10001000) /* a page for each slot */
#define GUEST_FW_CFG UINT64_C(0x10100000)
#define GUEST_FLASH UINT64_C(0x20000000)
#define GUEST_FLASH_BANKS 2            /* one after the other */
#define GUEST_PCI UINT64_C(0x30000000) /* configuration space of 256 buses */
#define GUEST_PCI_SIZE UINT64_C(0x10000000)
#define GUEST_PCI_PORTS UINT64_C(0x03000000)
#define GUEST_PCI_PORTS_SIZE UINT64_C(0x10000)
#define GUEST_PCI_WINDOW UINT64_C(0x40000000)
#define GUEST_PCI_WINDOW_SIZE UINT64_C(0x40000000)
#define GUEST_PCI_HIGH_SIZE UINT64_C(0x400000000) /* and aligned to it, beyond the RAM */
#define GUEST_SHARED_ECAM UINT64_C(0x11000000)
#define GUEST_SHARED_WINDOW UINT64_C(0x11100000)
#define GUEST_SHARED_BASE UINT64_C(0x12000000)
#define GUEST_SHARED_SPACE UINT64_C(0x0e000000) /* up to the flash */
#define GUEST_RAM_BASE UINT64_C(0x80000000)

#define GUEST_VIRTIO_IRQ 1 /* of the first slot; the next ones follow */
#define GUEST_VIRTIO_IRQS 8
#define GUEST_UART_IRQ 10
#define GUEST_PCI_IRQ 32 /* of INTA to INTD */
#define GUEST_PCI_IRQS 4
#define GUEST_SHARED_IRQ 40 /* of the first; the next ones follow */
/* Of given devices that have no source of the machine's: the first of VM_MAX_DEVICES. */
#define GUEST_GIVEN_IRQ 64
