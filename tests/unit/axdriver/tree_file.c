#include "tree_file.h"
#include <libfdt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

void *tree_open(const char *name)
{
    static char file[16384];
    static uint64_t tree[4096];
    char path[128];
    snprintf(path, sizeof path, UNIT_OUT "/axdriver-trees/%s.dtb", name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_true(fread(file, 1, sizeof file, f) > 0);
    fclose(f);
    assert_int_equal(fdt_open_into(file, tree, sizeof tree), 0);
    return tree;
}

int tree_node_at(const void *fdt, const char *path)
{
    int node = fdt_path_offset(fdt, path);
    assert_true(node >= 0);
    return node;
}

void tree_set_cell(void *fdt, const char *path, const char *name, uint32_t value)
{
    assert_int_equal(fdt_setprop_u32(fdt, tree_node_at(fdt, path), name, value), 0);
}

void tree_set_text(void *fdt, const char *path, const char *name, const char *value)
{
    int size = (int)strlen(value) + 1;
    assert_int_equal(fdt_setprop(fdt, tree_node_at(fdt, path), name, value, size), 0);
}

void tree_remove(void *fdt, const char *path, const char *name)
{
    assert_int_equal(fdt_delprop(fdt, tree_node_at(fdt, path), name), 0);
}
