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
/* Does the same for the node at `offset`, as if it were the root, and those below it. */
enum err tree_walk_below(const void *fdt, int offset,
                         void (*visit)(const struct tree_node *node, void *context), void *context);

/* Returns the property's name as the tree spells it. */
const char *tree_property_name(enum tree_property property);
/* Returns the property's bytes, which are inside the tree; `data` is NULL if the node has none. */
struct tree_value tree_value(const struct tree_node *node, enum tree_property property);
/* Returns a property that is text; NULL if the node has none, or it does not end in a 0. */
const char *tree_text(const struct tree_node *node, enum tree_property property);
/* Returns string `index` of compatible; NULL if it has no such string. */
const char *tree_compatible(const struct tree_node *node, uint32_t index);
/* Returns cell `index` of a property; `fallback` if it has no such cell. */
uint32_t tree_cell(const struct tree_node *node, enum tree_property property, uint32_t index,
                   uint32_t fallback);
/* Returns how many whole cells a property has; 0 if the node has none. */
uint32_t tree_cell_count(const struct tree_node *node, enum tree_property property);
/* Returns a number of one or two cells; `fallback` if there is none or it has another size. */
uint64_t tree_number(const struct tree_node *node, enum tree_property property, uint64_t fallback);

/* Returns true if the node lies directly below the root and is `name`, without a unit address. */
bool tree_is_top(const struct tree_node *node, const char *name);

/*
 * Reads address and size number `index` of reg as the harts reach it: translated by the ranges of
 * all buses above (Devicetree 0.4 §2.3.8). Returns false if there is none, if it has more than 2
 * cells, or if it is not wholly inside one range of each bus.
 */
bool tree_reg(const struct tree_node *node, uint32_t index, hpa_t *base, uint64_t *size);
/* Returns how many cells an entry of reg has, by the bus; the node is not the root. */
uint32_t tree_reg_cells(const struct tree_node *node);
/* Reads it as it stands there: an address on the bus, or a number, such as a hart's id. */
bool tree_reg_on_bus(const struct tree_node *node, uint32_t index, uint64_t *base, uint64_t *size);
/*
 * Reads entry `index` of a bus's ranges as the harts reach it, also of a bus whose own addresses
 * have 3 cells, as PCI's. Returns false as tree_reg() does.
 */
bool tree_window(const struct tree_node *bus, uint32_t index, hpa_t *base, uint64_t *size);
/*
 * Returns true if a device sees [base, base+size) of memory at the addresses that harts see: no bus
 * above it has dma-ranges that change them or leave some out.
 */
bool tree_dma_reaches(const struct tree_node *node, hpa_t base, uint64_t size);
