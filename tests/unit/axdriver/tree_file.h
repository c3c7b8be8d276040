/* The device trees of these tests, compiled by dtc, in a buffer with room for changes. */
#pragma once
#include <stdint.h>

/* build/unit/axdriver-trees/NAME.dtb; valid until the next call. */
void *tree_open(const char *name);
/* The node of a path, which must be there. */
int tree_node_at(const void *fdt, const char *path);

/* Properties of the node of a path. */
void tree_set_cell(void *fdt, const char *path, const char *name, uint32_t value);
void tree_set_text(void *fdt, const char *path, const char *name, const char *value);
void tree_remove(void *fdt, const char *path, const char *name);
