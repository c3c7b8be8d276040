/*
 * What is wrong with the properties of a device tree's nodes, as lines for the user: the node, the
 * property, its value, and what was expected. A boot goes on without what it can't read.
 */
#pragma once
#include <lib/tree.h>

#define TREE_FAULT_SIZE 160
#define TREE_FAULTS_KEPT 8

/* The end of all physical addresses, which have 56 bits (Priv 1.13 §12.4). */
#define TREE_ADDRESS_END (UINT64_C(1) << 56)

struct tree_faults {
    uint32_t count; /* of all that were found; the first TREE_FAULTS_KEPT have their text */
    char text[TREE_FAULTS_KEPT][TREE_FAULT_SIZE];
};

/* Writes the line about `property` of `node` to `text`, cut to its size. */
void tree_describe_fault(const struct tree_node *node, enum tree_property property,
                         const char *expected, char text[TREE_FAULT_SIZE]);
/* Counts a fault, and keeps its line while there is room. */
void tree_faults_add(struct tree_faults *faults, const struct tree_node *node,
                     enum tree_property property, const char *expected);
/*
 * Adds each property of the node, of those that tree.h knows, that is of another size, or has
 * another value, than its binding allows.
 */
void tree_check(struct tree_faults *faults, const struct tree_node *node);
/* Returns true if [base, base+size) is not empty and lies below TREE_ADDRESS_END. */
bool tree_is_block(uint64_t base, uint64_t size);
