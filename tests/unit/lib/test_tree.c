/* Where the harts find what a tree describes, through the buses above it. */
#include <lib/tree.h>
#include <libfdt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "axvmconfig/dts.h"

#define CELLS(addresses, sizes) "#address-cells = <" #addresses ">; #size-cells = <" #sizes ">;"

static struct dtb dtb;

/* What a walk finds at the node of a name. */
struct found {
    const char *name;
    uint32_t index;
    bool window; /* not of reg, but of ranges */
    uint32_t nodes;
    bool there, dma;
    hpa_t base;
    uint64_t size;
};

static void visit(const struct tree_node *node, void *context)
{
    struct found *f = context;
    if (strcmp(node->name, f->name) != 0)
        return;
    f->nodes++;
    f->there = f->window ? tree_window(node, f->index, &f->base, &f->size)
                         : tree_reg(node, f->index, &f->base, &f->size);
    f->dma = tree_dma_reaches(node, hpa(0x80000000), 0x40000000);
}

static struct found find(const char *dts, struct found f)
{
    dtb_compile(dts, &dtb);
    assert_int_equal(tree_walk(dtb.bytes, visit, &f), OK);
    assert_int_equal(f.nodes, 1);
    return f;
}

static void assert_at(const char *dts, uint32_t index, uint64_t base, uint64_t size)
{
    struct found f = find(dts, (struct found){.name = "x", .index = index});
    assert_true(f.there);
    assert_int_equal(f.base.a, base);
    assert_int_equal(f.size, size);
}

static void assert_nowhere(const char *dts)
{
    assert_false(find(dts, (struct found){.name = "x"}).there);
}

#define BUS(more) "/ { " CELLS(2, 2) "bus { " more " }; };"
#define X(...) "x { reg = <" #__VA_ARGS__ ">; };"

static void buses_that_map_one_to_one(void **state)
{
    assert_at("/ { " CELLS(2, 1) X(1 2 3) "};", 0, 0x100000002, 3);
    assert_at(BUS(CELLS(1, 1) "ranges;" X(0x1000 0x10 0x2000 0x20)), 1, 0x2000, 0x20);
    assert_at(BUS(CELLS(2, 2) "ranges = <0 0 0 0 0x10 0>;" X(0 0xd4017000 0 0x100)), 0, 0xd4017000,
              0x100);
    assert_at(BUS(CELLS(2, 0) "ranges;" X(1 0)), 0, 0x100000000, 0);
}

/* Three levels, each with other cells, and several ranges a bus. */
static void buses_that_change_addresses(void **state)
{
    static const char tree[] = "/ { " CELLS(2, 2) "soc { " CELLS(
        1, 1) "ranges = <0 0x40 0 0x1000>, <0x10000 1 0 0x8000>;"
              "bus { " CELLS(2, 1) "ranges = <0 0 0x10000 0x1000>, <5 0 0x12000 0x800>;"
                                   "x { reg = <5 0x700 0x100>, <0 0xf00 0x100>, <0 0xf01 0x100>, "
                                   "<5 0x800 0>, <0 0 0>, "
                                   "<6 0 1>; }; }; }; };";
    assert_at(tree, 0, 0x100000000 + 0x2700, 0x100);
    assert_at(tree, 1, 0x100000f00, 0x100);
    assert_false(find(tree, (struct found){.name = "x", .index = 2}).there); /* over the end */
    assert_at(tree, 3, 0x100002800, 0);
    assert_at(tree, 4, 0x100000000, 0);
    assert_false(find(tree, (struct found){.name = "x", .index = 5}).there);
    assert_false(find(tree, (struct found){.name = "x", .index = 6}).there);
}

static void what_harts_do_not_reach(void **state)
{
    assert_nowhere(BUS(CELLS(2, 2) X(0 0 0 1)));
    assert_nowhere(BUS(CELLS(2, 2) "ranges;"
                                   "inner { " CELLS(1, 1) X(0 1) "};"));
    assert_nowhere(BUS(CELLS(2, 2) "inner { " CELLS(1, 1) "ranges;" X(0 1) "};"));
    assert_nowhere(BUS(CELLS(2, 2) "ranges = <0 0 0 0 0 0x1000>;" X(0 0x1000 0 1)));
    assert_nowhere(BUS(CELLS(2, 2) "ranges = <0 0 0 0>;" X(0 0 0 1))); /* no whole entry */
    assert_nowhere(BUS(CELLS(2, 2) "ranges = <0 0 0xffffffff 0xffffffff 0 2>;" X(0 0 0 1)));
    assert_nowhere(BUS(CELLS(2, 2) "ranges; x { };"));
    assert_nowhere(BUS(CELLS(3, 2) "ranges = <0 0 0 0 0 1 0>;" X(0 0 0 0 1)));
    assert_nowhere(BUS(CELLS(0, 1) "ranges;" X(1)));
}

static void windows_of_pci(void **state)
{
    static const char tree[] =
        "/ { " CELLS(2, 2) "soc { " CELLS(2, 2) "ranges = <0 0 0x40 0 1 0>; x { " CELLS(
            3, 2) "ranges = <0x1000000 0 0 0 0x3000000 0 0x10000>, "
                  "<0x2000000 0 0x40000000 0 0x40000000 0 0x40000000>, <0x2000000 0 0 1 0 0 1>; }; "
                  "}; };";
    struct found f = find(tree, (struct found){.name = "x", .index = 1, .window = true});
    assert_true(f.there);
    assert_int_equal(f.base.a, 0x4040000000);
    assert_int_equal(f.size, 0x40000000);
    assert_false(find(tree, (struct found){.name = "x", .index = 2, .window = true}).there);
    assert_false(find(tree, (struct found){.name = "x", .index = 3, .window = true}).there);
}

static void what_devices_reach(void **state)
{
    static const struct {
        const char *dts;
        bool reaches;
    } cases[] = {
        {BUS(CELLS(2, 2) "x { };"), true},
        {BUS(CELLS(2, 2) "dma-ranges; x { };"), true},
        {BUS(CELLS(2, 2) "dma-ranges = <0 0 0 0 1 0>; x { };"), true},
        {BUS(CELLS(2, 2) "dma-ranges = <0 0 0 0 0 0xbfffffff>; x { };"), false},
        {BUS(CELLS(2, 2) "dma-ranges = <0 0x40000000 0 0x80000000 0 0x80000000>; x { };"), false},
        {BUS(CELLS(2, 2) "dma-ranges = <0 0 0 0x80000000 0 0x40000000>, <0 0x80000000 0 0x80000000 "
                         "0 0x40000000>; x { };"),
         true},
        {BUS("dma-ranges = <0 0 0 0 0 1>; inner { dma-ranges; x { }; };"), false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(find(cases[i].dts, (struct found){.name = "x"}).dma, cases[i].reaches);
}

static void note_text(const struct tree_node *node, void *context)
{
    const char **text = context;
    assert_null(tree_text(node, PROP_MMU_TYPE));
    *text = tree_text(node, PROP_ISA);
    assert_int_equal(tree_number(node, PROP_TIMEBASE, 7), 0x100000002);
    assert_int_equal(tree_number(node, PROP_NDEV, 7), 7);
    assert_int_equal(tree_number(node, PROP_REG, 7), 7);
    assert_int_equal(tree_value(node, PROP_RANGES).size, 0);
    assert_non_null(tree_value(node, PROP_RANGES).data);
    assert_null(tree_value(node, PROP_STATUS).data);
}

static void properties_as_they_are(void **state)
{
    const char *text = NULL;
    dtb_compile("/ { riscv,isa = \"rv64\", \"x\"; mmu-type = [61 62]; timebase-frequency = <1 2>; "
                "reg = <1 2 3>; ranges; };",
                &dtb);
    assert_int_equal(tree_walk(dtb.bytes, note_text, &text), OK);
    assert_string_equal(text, "rv64");
}

static void list_name(const struct tree_node *node, void *context)
{
    strcat(strcat(context, node->name), node->parent == NULL ? "! " : " ");
}

static void walks_below_a_node(void **state)
{
    char names[64] = "";
    dtb_compile("/ { a { }; b { c { d { }; }; e { }; }; f { }; };", &dtb);
    assert_int_equal(tree_walk_below(dtb.bytes, fdt_path_offset(dtb.bytes, "/b"), list_name, names),
                     OK);
    assert_string_equal(names, "b! c d e ");
    assert_int_equal(tree_walk_below(dtb.bytes, -1, list_name, names), ERR_FORMAT);
    assert_int_equal(tree_walk_below(dtb.bytes, 100000, list_name, names), ERR_FORMAT);
}

/* Deeper nodes are passed over, and those after them visited. */
static void passes_over_what_is_too_deep(void **state)
{
    char names[128] = "";
    dtb_compile("/ { 1 { 2 { 3 { 4 { 5 { 6 { 7 { 8 { 9 { 10 { 11 { }; }; 10b { }; }; 9b { }; }; "
                "}; }; }; }; }; }; }; 1b { }; };",
                &dtb);
    assert_int_equal(tree_walk(dtb.bytes, list_name, names), OK);
    assert_string_equal(names, "! 1 2 3 4 5 6 7 8 9 9b 1b ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buses_that_map_one_to_one), cmocka_unit_test(buses_that_change_addresses),
        cmocka_unit_test(what_harts_do_not_reach),   cmocka_unit_test(windows_of_pci),
        cmocka_unit_test(what_devices_reach),        cmocka_unit_test(properties_as_they_are),
        cmocka_unit_test(walks_below_a_node),        cmocka_unit_test(passes_over_what_is_too_deep),
    };
    return cmocka_run_group_tests_name("lib/tree", tests, NULL, NULL);
}
