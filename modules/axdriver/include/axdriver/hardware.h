/*
 * The host's hardware that axdriver drives, as the device tree describes it: plain structs, filled
 * by hardware_probe(), which also runs on the build machine.
 */
#pragma once
#include <axhal/platform.h>
#include <lib/addr.h>
#include <lib/err.h>
#include <stdbool.h>
#include <stdint.h>

/* How a wired interrupt is signalled: the second cell of an APLIC's interrupts. */
enum irq_trigger {
    IRQ_EDGE_RISING = 1,
    IRQ_EDGE_FALLING = 2,
    IRQ_LEVEL_HIGH = 4,
    IRQ_LEVEL_LOW = 8,
};

struct wired_irq {
    uint32_t controller; /* phandle */
    uint32_t source;     /* 0: there is none */
    enum irq_trigger trigger;
};

/* A store by which a device interrupts. */
struct irq_message {
    hpa_t address;
    uint32_t data;
};

/* In what a UART differs from an NS16550A. */
enum uart_quirk { UART_PLAIN, UART_DW, UART_XSCALE };

struct uart_driver;

struct uart_config {
    const struct uart_driver *driver;
    hpa_t base;         /* of register 0 */
    uint64_t size;      /* bytes */
    uint32_t reg_shift; /* log2 of the bytes from register to register */
    uint32_t io_width;  /* bytes of an access: 1 or 4 */
    enum uart_quirk quirk;
    struct wired_irq irq;
};

/* interrupts-extended of a controller: where its outputs go, each {phandle, irq}, big-endian. */
struct irq_targets {
    const void *cells; /* inside the device tree */
    uint32_t count;
};

struct plic_config {
    hpa_t base;
    uint64_t size;
    uint32_t phandle;
    uint32_t sources;           /* ids 1 .. sources */
    uint32_t interrupt_cells;   /* of an interrupt in the tree: its source, and perhaps how */
    struct irq_targets targets; /* number in it = context */
};

struct aplic_config {
    hpa_t base;
    uint64_t size;
    uint32_t phandle;
    uint32_t sources; /* ids 1 .. sources */
};

#define IMSIC_MAX_REGS 64

/* The supervisor-level interrupt files of all harts (AIA 1.0 §3.6). */
struct imsic_config {
    struct {
        hpa_t base;
        uint64_t size;
    } regs[IMSIC_MAX_REGS]; /* the files lie one after the other in these */
    uint32_t reg_count;
    uint32_t phandle;
    uint32_t ids;       /* identities 1 .. ids */
    uint32_t guest_ids; /* of each guest's file */
    uint32_t guest_index_bits, hart_index_bits, group_index_bits, group_index_shift;
    struct irq_targets targets; /* number in it = number of the hart's file */
};

/* ACLINT's registers for supervisor software interrupts: 32 bits a hart, 1 makes SSIP pending. */
struct sswi_config {
    hpa_t base;
    uint64_t size;              /* bytes; 0: there are none */
    struct irq_targets targets; /* number in it = number of the hart's register */
};

/* A device of its own, or a function on bus 0 of the PCI bridge. */
enum iommu_kind { IOMMU_NONE, IOMMU_PLATFORM, IOMMU_PCI };

struct iommu_config {
    enum iommu_kind kind;
    uint32_t phandle;
    hpa_t base; /* of a platform's, and its size in bytes */
    uint64_t size;
    struct wired_irq irq; /* the first wire of a platform's; source 0: it has none */
    uint32_t function;    /* requester id of a PCI one */
};

/* A list of cells of the device tree, big-endian. */
struct cell_list {
    const void *cells; /* inside the device tree */
    uint32_t count;
};

/* A host bridge whose configuration space is mapped (ECAM). */
struct pci_config {
    hpa_t ecam; /* of bus 0; 0: there is no such bridge */
    uint64_t ecam_size;
    hpa_t window; /* for registers of 32-bit addresses, the same on the bus as for harts */
    uint64_t window_size;
    hpa_t high_window; /* the same for registers of 64-bit addresses; size 0: there is none */
    uint64_t high_window_size;
    struct cell_list interrupt_map;
    uint32_t interrupt_mask; /* the bits of a function's address that the map looks at */
    struct cell_list iommu_map;
};

enum irqchip_kind { IRQCHIP_NONE, IRQCHIP_PLIC, IRQCHIP_IMSIC };

/* As many as the largest machine of QEMU has. */
#define HARDWARE_MAX_CPUS 512

struct hardware {
    struct tree_faults faults; /* of the nodes that a driver would have taken */
    hpa_t rtc;                 /* of google,goldfish-rtc, 0: none */
    bool has_uart;
    struct uart_config uart;
    const char *unknown_console; /* compatible of what stdout-path names, if that is none of our
                                    UARTs; NULL: stdout-path names nothing, or one of ours */
    enum irqchip_kind irqchip;
    struct plic_config plic;   /* with IRQCHIP_PLIC */
    struct aplic_config aplic; /* with IRQCHIP_IMSIC */
    struct imsic_config imsic; /* with IRQCHIP_IMSIC */
    struct sswi_config sswi;
    struct iommu_config iommu;
    struct pci_config pci;
    struct {
        uint32_t phandle; /* of the interrupt controller inside the cpu node */
        uint64_t hart_id;
    } cpus[HARDWARE_MAX_CPUS]; /* all of the tree, also those that are not used */
    uint32_t cpu_count, cpus_left_out;
};

/*
 * Looks for the console's UART (the one of /chosen stdout-path; if there is no such property the
 * first that we can drive) and for the interrupt controller, the UART's before others. Disabled
 * nodes and M-mode's controllers are passed over. A machine may have neither. ERR_FORMAT: not a
 * device tree.
 */
enum err hardware_probe(struct hardware *hw, const void *fdt);

/* Boot hart: this machine's hardware, probed at the first call. All found nowhere if `fdt` is not a
 * device tree. */
const struct hardware *hardware_of_machine(const void *fdt);

/* Which of `targets` is the interrupt `irq` (IRQ_SEI, IRQ_SSI) of a hart; ERR_NOT_FOUND: none. */
enum err hardware_target(const struct hardware *hw, const struct irq_targets *targets, unsigned irq,
                         uint64_t hart_id, uint32_t *index);

/* Cells of an interrupt at the host's controller, in interrupts and in a bridge's map. */
uint32_t hardware_interrupt_cells(const struct hardware *hw);

/* Whether hw->iommu stands before function `id` on bus 0, and knows it by that id. */
bool hardware_is_behind_iommu(const struct hardware *hw, uint32_t id);

/* The wired interrupt of pin 1 to 4 of function `id` on bus 0 (device and function in 5 and 3
 * bits); its source is 0 if the bridge's map has none. */
struct wired_irq hardware_pci_irq(const struct hardware *hw, uint32_t id, uint32_t pin);

/* Where the supervisor-level interrupt file number `index` lies, one page; ERR_RANGE: nowhere. */
enum err imsic_file(const struct imsic_config *imsic, uint32_t index, hpa_t *file);
