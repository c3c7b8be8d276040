/*
 * One walk over a device tree. Each node comes with the properties that the host may want and with
 * what it inherits. It reads the tree's structure block itself (Devicetree 0.4 §5.4), since a walk
 * by libfdt's calls takes thirty times the instructions, and walks are part of every boot.
 */
#pragma once
#include <lib/addr.h>
#include <lib/err.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Deeper nodes are not visited: no device that we drive lies there. */
#define TREE_MAX_DEPTH 10

/* clang-format off */
#define TREE_PROPERTIES(X)                                                                         \
    X(COMPATIBLE, "compatible")                                                                    \
    X(STATUS, "status")                                                                            \
    X(DEVICE_TYPE, "device_type")                                                                  \
    X(REG, "reg")                                                                                  \
    X(RANGES, "ranges")                                                                            \
    X(DMA_RANGES, "dma-ranges")                                                                    \
    X(PHANDLE, "phandle")                                                                          \
    X(ADDRESS_CELLS, "#address-cells")                                                             \
    X(SIZE_CELLS, "#size-cells")                                                                   \
    X(INTERRUPT_CELLS, "#interrupt-cells")                                                         \
    X(INTERRUPT_PARENT, "interrupt-parent")                                                        \
    X(INTERRUPTS, "interrupts")                                                                    \
    X(INTERRUPTS_EXTENDED, "interrupts-extended")                                                  \
    X(MSI_PARENT, "msi-parent")                                                                    \
    X(STDOUT_PATH, "stdout-path")                                                                  \
    X(BOOTARGS, "bootargs")                                                                        \
    X(RNG_SEED, "rng-seed")                                                                        \
    X(INITRD_START, "linux,initrd-start")                                                          \
    X(INITRD_END, "linux,initrd-end")                                                              \
    X(TIMEBASE, "timebase-frequency")                                                              \
    X(ISA, "riscv,isa")                                                                            \
    X(ISA_EXTENSIONS, "riscv,isa-extensions")                                                      \
    X(MMU_TYPE, "mmu-type")                                                                        \
    X(CBOM_BLOCK, "riscv,cbom-block-size")                                                         \
    X(CBOP_BLOCK, "riscv,cbop-block-size")                                                         \
    X(CBOZ_BLOCK, "riscv,cboz-block-size")                                                         \
    X(REG_SHIFT, "reg-shift")                                                                      \
    X(REG_IO_WIDTH, "reg-io-width")                                                                \
    X(REG_OFFSET, "reg-offset")                                                                    \
    X(NDEV, "riscv,ndev")                                                                          \
    X(NUM_SOURCES, "riscv,num-sources")                                                            \
    X(NUM_IDS, "riscv,num-ids")                                                                    \
    X(NUM_GUEST_IDS, "riscv,num-guest-ids")                                                        \
    X(GUEST_INDEX_BITS, "riscv,guest-index-bits")                                                  \
    X(HART_INDEX_BITS, "riscv,hart-index-bits")                                                    \
    X(GROUP_INDEX_BITS, "riscv,group-index-bits")                                                  \
    X(GROUP_INDEX_SHIFT, "riscv,group-index-shift")                                                \
    X(IOMMU_MAP, "iommu-map")                                                                      \
    X(INTERRUPT_MAP, "interrupt-map")                                                              \
    X(INTERRUPT_MAP_MASK, "interrupt-map-mask")
/* clang-format on */

#define TREE_ENUM(name, text) PROP_##name,
enum tree_property { TREE_PROPERTIES(TREE_ENUM) PROP_COUNT };
#undef TREE_ENUM

struct tree_value {
    const void *data; /* inside the tree; NULL: the node has no such property */
    uint32_t size;    /* bytes */
};

struct tree_node {
    const struct tree_node *parent; /* NULL: the walk's first node */
    const char *name;               /* with its unit address; inside the tree */
    const char *block;              /* the tree's structure block */
    int offset;                     /* in it: what libfdt knows the node by */
    struct {
        uint32_t at, size; /* in the structure block; at 0: it is not there */
    } properties[PROP_COUNT];
    uint32_t interrupt_parent; /* phandle, its own or inherited; 0: none */
    bool enabled;              /* it and all above it have status okay, or none */
};

/*
 * Calls `visit` for each node, parents first; a node and those above it are valid only during the
 * call. ERR_FORMAT: `fdt` is not a device tree of version 17, or a broken one; the nodes before
 * the place that is broken were visited.
 */
enum err tree_walk(const void *fdt, void (*visit)(const struct tree_node *node, void *context),
                   void *context);
/* The same for the node at `offset`, as if it were the root, and those below it. */
enum err tree_walk_below(const void *fdt, int offset,
                         void (*visit)(const struct tree_node *node, void *context), void *context);

/* Its text. */
const char *tree_property_name(enum tree_property property);
struct tree_value tree_value(const struct tree_node *node, enum tree_property property);
/* A property that is text, up to its first 0; NULL: it is not there, or has no 0. */
const char *tree_text(const struct tree_node *node, enum tree_property property);
/* String `index` of compatible; NULL if it has no such string. */
const char *tree_compatible(const struct tree_node *node, uint32_t index);
/* Cell `index` of a property; `fallback` if it has no such cell. */
uint32_t tree_cell(const struct tree_node *node, enum tree_property property, uint32_t index,
                   uint32_t fallback);
uint32_t tree_cell_count(const struct tree_node *node, enum tree_property property);
/* A property of one or two cells; `fallback` if it is not there or of another size. */
uint64_t tree_number(const struct tree_node *node, enum tree_property property, uint64_t fallback);

/* Whether the node is `name`, without a unit address, directly below the root. */
bool tree_is_top(const struct tree_node *node, const char *name);

/*
 * Address and size number `index` of reg, where the harts find it: through the ranges of all buses
 * above (Devicetree 0.4 §2.3.8). False: there is none, it has more than 2 cells, a bus hands no
 * such address on, or it is not wholly inside one of the ranges.
 */
bool tree_reg(const struct tree_node *node, uint32_t index, hpa_t *base, uint64_t *size);
/* The cells of an entry of reg, as the bus has it; the node is not the root. */
uint32_t tree_reg_cells(const struct tree_node *node);
/* The same as it stands there: an address on the bus, or a number, such as a hart's id. */
bool tree_reg_on_bus(const struct tree_node *node, uint32_t index, uint64_t *base, uint64_t *size);
/*
 * Entry `index` of a bus's ranges, where the harts find it: also of a bus whose own addresses have
 * 3 cells, as PCI's. False as in tree_reg().
 */
bool tree_window(const struct tree_node *bus, uint32_t index, hpa_t *base, uint64_t *size);
/*
 * Whether memory has for a device the addresses that it has for harts: no bus above it has
 * dma-ranges that change them or leave [base, base+size) out.
 */
bool tree_dma_reaches(const struct tree_node *node, hpa_t base, uint64_t size);
