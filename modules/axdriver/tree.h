/*
 * One walk over a device tree. Each node comes with the properties that a driver may want and with
 * what it inherits. It reads the tree's structure block itself (Devicetree 0.4 §5.4), since a walk
 * by libfdt's calls takes ten times the instructions, and they are part of every boot.
 */
#pragma once
#include <axdriver/hardware.h>
#include <lib/addr.h>
#include <lib/err.h>
#include <stdbool.h>
#include <stdint.h>

/* Deeper nodes are not visited: no device that we drive lies there. */
#define TREE_MAX_DEPTH 8

enum tree_property {
    PROP_COMPATIBLE,
    PROP_STATUS,
    PROP_REG,
    PROP_RANGES,
    PROP_PHANDLE,
    PROP_ADDRESS_CELLS,
    PROP_SIZE_CELLS,
    PROP_INTERRUPT_PARENT,
    PROP_INTERRUPTS,
    PROP_INTERRUPTS_EXTENDED,
    PROP_MSI_PARENT,
    PROP_STDOUT_PATH,
    PROP_REG_SHIFT,
    PROP_REG_IO_WIDTH,
    PROP_REG_OFFSET,
    PROP_NDEV,
    PROP_NUM_SOURCES,
    PROP_NUM_IDS,
    PROP_GUEST_INDEX_BITS,
    PROP_HART_INDEX_BITS,
    PROP_GROUP_INDEX_BITS,
    PROP_GROUP_INDEX_SHIFT,
    PROP_IOMMU_MAP,
    PROP_INTERRUPT_MAP,
    PROP_INTERRUPT_MAP_MASK,
    PROP_COUNT,
};

struct tree_value {
    const void *data; /* inside the tree; NULL: the node has no such property */
    int size;         /* bytes */
};

struct tree_node {
    const struct tree_node *parent; /* NULL: this is the root */
    const char *name;               /* with its unit address; inside the tree */
    int offset;                     /* what libfdt knows the node by */
    struct tree_value properties[PROP_COUNT];
    uint32_t interrupt_parent; /* phandle, its own or inherited; 0: none */
    bool enabled;              /* it and all above it have status okay, or none */
    bool reachable;            /* its reg has the hart's addresses: all buses above it map one to
                                  one (Devicetree 0.4 §2.3.8) */
};

/* Calls `visit` for each node, parents first; a node and those above it are valid only during the
 * call. ERR_FORMAT: `fdt` is not a device tree of version 17, or a broken one. */
enum err tree_walk(const void *fdt, void (*visit)(const struct tree_node *node, void *context),
                   void *context);

/* String `index` of compatible; NULL if it has no such string. */
const char *tree_compatible(const struct tree_node *node, uint32_t index);
/* Cell `index` of a property; `fallback` if it has no such cell. */
uint32_t tree_cell(const struct tree_node *node, enum tree_property property, uint32_t index,
                   uint32_t fallback);
uint32_t tree_cell_count(const struct tree_node *node, enum tree_property property);
/* Address and size number `index` of reg; false if there is none, or one wider than 2 cells. */
bool tree_reg(const struct tree_node *node, uint32_t index, hpa_t *base, uint64_t *size);
/* The first wired interrupt of a node, at its own or the inherited controller; source 0: none.
 * Where the controller has one cell for an interrupt it counts as a high level. */
struct wired_irq tree_irq(const struct tree_node *node);
