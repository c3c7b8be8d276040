/*
 * The machine's PCI functions on bus 0, for VMs; the host itself uses only an IOMMU among them. It
 * gives their registers addresses. They neither access memory nor interrupt until a guest that is
 * assigned one turns that on.
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
#define PCI_BUS_FUNCTIONS 256

/* Offsets in the configuration space (PCI 3.0 §6.1), and bits there. */
enum {
    PCI_ID = 0x00,
    PCI_COMMAND = 0x04,
    PCI_BAR0 = 0x10,
    PCI_ROM = 0x30,
    PCI_CAPABILITIES = 0x34, /* the first one's offset */
    PCI_HEADER_END = 0x40,
    PCI_EXTENDED = 0x100, /* the first extended capability, in a function of PCI Express */
};
#define PCI_COMMAND_MEMORY UINT32_C(1 << 1)
#define PCI_COMMAND_MASTER UINT32_C(1 << 2)
#define PCI_COMMAND_NO_INTX UINT32_C(1 << 10)
#define PCI_BAR_IO UINT32_C(1 << 0)
#define PCI_BAR_WIDE UINT32_C(1 << 2) /* the next one has the upper half of the address */

/* A block of registers, in memory's address space, alone in its pages. */
struct pci_bar {
    hpa_t base;
    uint64_t size; /* bytes, a power of two; 0: there is none, or no room for it */
    bool wide;
};

/* Capabilities that the host and its guests know: PCI 3.0 appendix H. */
enum {
    PCI_CAPABILITY_POWER = 0x01,
    PCI_CAPABILITY_MSI = 0x05,
    PCI_CAPABILITY_VENDOR = 0x09,
    PCI_CAPABILITY_SUBSYSTEM = 0x0d,
    PCI_CAPABILITY_EXPRESS = 0x10,
    PCI_CAPABILITY_MSIX = 0x11,
    PCI_CAPABILITY_SATA = 0x12,
    PCI_CAPABILITY_FEATURES = 0x13,
};
#define PCI_CAPABILITY_NEXT 1 /* where in one the next one's offset stands */
/* Of the first 32 bits of an extended one: which it is, and where the next one lies. */
#define PCI_EXTENDED_ID(header) ((header)&UINT32_C(0xffff))
#define PCI_EXTENDED_NEXT(header) ((header) >> 20 & UINT32_C(0xffc))

#define PCI_MAX_CAPABILITIES 48 /* of a function, of both lists; others are not known */

struct pci_capability {
    uint16_t at; /* offset; from PCI_EXTENDED on it is an extended one */
    uint16_t id;
};

struct pci_function {
    uint32_t id;          /* requester id: device in bits 7:3, function in 2:0 */
    uint32_t class_code;  /* base class, sub-class, interface in 8 bits each */
    uint32_t pin;         /* 1 to 4: INTA to INTD; 0: none */
    struct wired_irq irq; /* of the pin; source 0: none */
    bool behind_iommu;    /* hardware_is_behind_iommu() */
    bool is_iommu;        /* the host's alone, whether it uses it or not */
    struct pci_bar bars[PCI_BARS];
    uint64_t
        lacking; /* bytes of the registers that no window of the bridge had room for; 0: none */
    uint32_t lacking_bar;
    struct pci_capability capabilities[PCI_MAX_CAPABILITIES]; /* in the order of their lists */
    uint32_t capability_count;
};

/* Boot hart, once, before others run: finds the functions. ERR_NOT_FOUND: the machine has no bridge
 * with a mapped configuration space; ERR_NO_MEMORY. */
enum err pci_init(const void *fdt);
/* Returns all functions but bridges, `*count` of them. */
const struct pci_function *pci_functions(uint32_t *count);
/* Returns the function of a requester id; NULL if there is none. */
const struct pci_function *pci_find(uint32_t id);
/* Any hart: access `width` bytes, 1, 2 or 4, of a function's configuration space; `offset` is a
 * multiple of `width`. */
uint32_t pci_read(uint32_t id, uint32_t offset, unsigned width);
void pci_write(uint32_t id, uint32_t offset, unsigned width, uint32_t value);
/* Any hart: turns the function's messages off, as a reset does. */
void pci_msi_off(uint32_t id);
/* Any hart: stops the function from answering at its addresses, accessing memory and interrupting.
 */
void pci_quiet(uint32_t id);
/* Any hart: lets it do all of that but interrupt by its pin. */
void pci_turn_on(uint32_t id);
/* Any hart: lets it interrupt by the messages of its MSI-X table whose entries are not masked.
 * ERR_NOT_FOUND: it has no such table. */
enum err pci_msix_on(uint32_t id);
/* Any hart: returns the offset of a capability (not an extended one) in the function's
 * configuration space; 0 if it has none. */
uint32_t pci_find_capability(uint32_t id, uint32_t capability);
/* Any hart: writes the BARs again as pci_init() set them, if a reset has emptied them. */
void pci_put_bars(const struct pci_function *function);

/* Returns the name of the way in which pci_reset() resets the function; NULL if it offers none. */
const char *pci_reset_name(const struct pci_function *function);
/* One hart at a time, after pci_quiet(): resets the function, if it offers that. Waits at most 110
 * ms. The caller leaves the function alone until pci_make_ready(). */
void pci_reset(const struct pci_function *function);
/* One hart at a time: waits until a reset is done, at most 110 ms, then wakes and quiets the
 * function and writes its BARs as pci_init() set them. */
void pci_make_ready(const struct pci_function *function);
