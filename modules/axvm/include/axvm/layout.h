/* The guest machine's addresses and interrupts: those of QEMU's virt machine. RAM: axvmconfig. */
#pragma once
#include <stdint.h>

#define GUEST_TESTDEV UINT64_C(0x00100000)
#define GUEST_RTC UINT64_C(0x00101000)
#define GUEST_PLIC UINT64_C(0x0c000000)
#define GUEST_UART UINT64_C(0x10000000)
#define GUEST_PCI UINT64_C(0x30000000) /* configuration space of bus 0 */

#define GUEST_VIRTIO_IRQS 8 /* 1 to 8 are virtio-mmio's */
#define GUEST_UART_IRQ 10
#define GUEST_RTC_IRQ 11
#define GUEST_PCI_IRQ 32 /* of INTA to INTD */
#define GUEST_PCI_IRQS 4
/* Of given devices that have no source of the machine's: the first of VM_MAX_DEVICES. */
#define GUEST_GIVEN_IRQ 64
