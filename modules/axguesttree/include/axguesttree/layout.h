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

#define GUEST_ROM UINT64_C(0x00001000)
#define GUEST_ROM_SIZE UINT64_C(0x0000f000)
#define GUEST_TESTDEV UINT64_C(0x00100000)
#define GUEST_RTC UINT64_C(0x00101000)
#define GUEST_PLIC UINT64_C(0x0c000000)
#define GUEST_APLIC UINT64_C(0x0d000000)
#define GUEST_IMSIC UINT64_C(0x28000000) /* a page for each vCPU */
#define GUEST_UART UINT64_C(0x10000000)
#define GUEST_VIRTIO UINT64_C(0x10001000) /* a page for each slot */
#define GUEST_FW_CFG UINT64_C(0x10100000)
#define GUEST_FLASH_BANKS 2            /* at GUEST_FLASH (axvmconfig), one after the other */
#define GUEST_PCI UINT64_C(0x30000000) /* configuration space of 256 buses */
#define GUEST_PCI_SIZE UINT64_C(0x10000000)
#define GUEST_PCI_PORTS UINT64_C(0x03000000)
#define GUEST_PCI_PORTS_SIZE UINT64_C(0x10000)
#define GUEST_PCI_WINDOW UINT64_C(0x40000000)
#define GUEST_PCI_WINDOW_SIZE UINT64_C(0x40000000)
#define GUEST_PCI_HIGH_SIZE UINT64_C(0x400000000) /* and aligned to it, beyond the RAM */
#define GUEST_SHARED_ECAM UINT64_C(0x11000000)
#define GUEST_SHARED_WINDOW UINT64_C(0x11100000)

#define GUEST_VIRTIO_IRQ 1 /* of the first slot; the next ones follow */
#define GUEST_VIRTIO_IRQS 8
#define GUEST_UART_IRQ 10
#define GUEST_RTC_IRQ 11
#define GUEST_PCI_IRQ 32 /* of INTA to INTD */
#define GUEST_PCI_IRQS 4
#define GUEST_SHARED_IRQ 40 /* of the first; the next ones follow */
/* Of given devices that have no source of the machine's: the first of VM_MAX_DEVICES. */
#define GUEST_GIVEN_IRQ 64
