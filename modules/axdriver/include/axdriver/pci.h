/*
 * The machine's PCI functions on bus 0, for VMs: of them the host uses an IOMMU alone. It gives
 * their registers addresses, and lets them neither access memory nor interrupt until a guest that
 * is given one does.
 */
#pragma once
#include <axdriver/hardware.h>
#include <lib/err.h>
#include <stdbool.h>
#include <stdint.h>

#define PCI_MAX_FUNCTIONS 32
#define PCI_BARS 6
#define PCI_CONFIG_SIZE UINT64_C(0x1000) /* of a function: PCI Express, ECAM */
#define PCI_BUS_SIZE UINT64_C(0x100000)

/* Offsets in the configuration space (PCI 3.0 §6.1), and bits there. */
enum { PCI_ID = 0x00, PCI_COMMAND = 0x04, PCI_BAR0 = 0x10, PCI_ROM = 0x30, PCI_HEADER_END = 0x40 };
#define PCI_COMMAND_MEMORY UINT32_C(1 << 1)
#define PCI_COMMAND_MASTER UINT32_C(1 << 2)
#define PCI_COMMAND_NO_INTX UINT32_C(1 << 10)
#define PCI_BAR_IO UINT32_C(1 << 0)
#define PCI_BAR_WIDE UINT32_C(1 << 2) /* the next one has the upper half of the address */

/* A block of registers, in memory's address space, alone in its pages. */
struct pci_bar {
    hpa_t base;
    uint64_t size; /* bytes, a power of two; 0: there is none */
    bool wide;
};

struct pci_function {
    uint32_t id;          /* requester id: device in bits 7:3, function in 2:0 */
    uint32_t class_code;  /* base class, sub-class, interface in 8 bits each */
    uint32_t pin;         /* 1 to 4: INTA to INTD; 0: none */
    struct wired_irq irq; /* of the pin; source 0: none */
    bool behind_iommu;    /* hardware_is_behind_iommu() */
    bool is_iommu;        /* nobody's but the host's, whether it uses it or not */
    struct pci_bar bars[PCI_BARS];
};

/* Boot hart, once, before others run. ERR_NOT_FOUND: no host bridge that is mapped; ERR_NO_MEMORY.
 */
enum err pci_init(const void *fdt);
/* What there is, but for bridges. */
const struct pci_function *pci_functions(uint32_t *count);
/* The one of a requester id, NULL: there is none. */
const struct pci_function *pci_find(uint32_t id);
/* Any hart: configuration space of a function, `offset` aligned to `width` of 1, 2 or 4 bytes. */
uint32_t pci_read(uint32_t id, uint32_t offset, unsigned width);
void pci_write(uint32_t id, uint32_t offset, unsigned width, uint32_t value);
/* Any hart: the function sends no messages in place of its wire, as after a reset. */
void pci_msi_off(uint32_t id);
/* Any hart: the function neither answers at its addresses, nor accesses memory, nor interrupts. */
void pci_quiet(uint32_t id);
/* Any hart: it does all of that, but for interrupts by its pin. */
void pci_turn_on(uint32_t id);
/* Any hart: it interrupts by the messages of its MSI-X table, each once its entry is not masked.
 * ERR_NOT_FOUND: it has no such table. */
enum err pci_msix_on(uint32_t id);
