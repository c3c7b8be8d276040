/*
 * The guest machine's addresses and interrupts: those of QEMU's virt machine. RAM: axvmconfig.
 *
 * The shared memories lie in 0x11000000 .. 0x20000000, between QEMU's fw_cfg and its flash, where
 * that machine has nothing: a kernel that knows its addresses takes nothing else to be there, RAM
 * has no bound above, and the PCIe bridge keeps its own. First their bridge, then the memories
 * (GUEST_SHARED_BASE, axvmconfig).
 */
#pragma once
#include <stdint.h>

#define GUEST_TESTDEV UINT64_C(0x00100000)
#define GUEST_RTC UINT64_C(0x00101000)
#define GUEST_PLIC UINT64_C(0x0c000000)
#define GUEST_APLIC UINT64_C(0x0d000000)
#define GUEST_IMSIC UINT64_C(0x28000000) /* a page for each vCPU */
#define GUEST_UART UINT64_C(0x10000000)
#define GUEST_PCI UINT64_C(0x30000000) /* configuration space of bus 0 */
#define GUEST_SHARED_ECAM UINT64_C(0x11000000)
#define GUEST_SHARED_WINDOW UINT64_C(0x11100000)

#define GUEST_VIRTIO_IRQS 8 /* 1 to 8 are virtio-mmio's */
#define GUEST_UART_IRQ 10
#define GUEST_RTC_IRQ 11
#define GUEST_PCI_IRQ 32 /* of INTA to INTD */
#define GUEST_PCI_IRQS 4
#define GUEST_SHARED_IRQ 40 /* of the first; the next ones follow */
/* Of given devices that have no source of the machine's: the first of VM_MAX_DEVICES. */
#define GUEST_GIVEN_IRQ 64
