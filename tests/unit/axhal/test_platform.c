#include <axhal/platform.h>
#include <libfdt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "axvmconfig/dts.h"

#define CELLS "#address-cells = <2>; #size-cells = <2>;"
#define MEMORY "memory@80000000 { device_type = \"memory\"; reg = <0 0x80000000 0 0x10000000>; };"
#define CPUS(nodes)                                                                                \
    "cpus { #address-cells = <1>; #size-cells = <0>; timebase-frequency = <10000000>;" nodes "};"
#define CPU(id, more) "cpu@" #id " { device_type = \"cpu\"; reg = <" #id ">; " more "};"
#define TREE(nodes) "/ { " CELLS nodes " };"

static struct dtb dtb;
static struct platform p;
static const char *missing;

static enum err parse(const char *dts, uint64_t boot_hart, uint32_t usable)
{
    dtb_compile(dts, &dtb);
    return platform_parse(&p, dtb.bytes, boot_hart, usable, &missing);
}

static void assert_harts(const struct platform_hart *expected, uint32_t count)
{
    assert_int_equal(p.hart_count, count);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(p.harts[i].id, expected[i].id);
        assert_int_equal(p.harts[i].absence, expected[i].absence);
    }
}

static void assert_missing(const char *what, const char *dts)
{
    assert_int_equal(parse(dts, 0, 4), ERR_FORMAT);
    assert_string_equal(missing, what);
}

static void assert_range(const struct memory_range *range, uint64_t base, uint64_t size)
{
    assert_int_equal(range->base.a, base);
    assert_int_equal(range->size, size);
}

static void reads_a_machine(void **state)
{
    assert_int_equal(
        parse(TREE(MEMORY CPUS(CPU(0, "mmu-type = \"riscv,sv48\"; riscv,cboz-block-size = <64>; "
                                      "riscv,isa = \"rv64imafdch\";"))),
              0, 4),
        OK);
    assert_null(missing);
    assert_int_equal(p.timebase, 10000000);
    assert_int_equal(p.memory_count, 1);
    assert_range(&p.memory[0], 0x80000000, 0x10000000);
    assert_string_equal(p.mmu_type, "riscv,sv48");
    assert_int_equal(p.cboz_block, 64);
    assert_int_equal(p.cbom_block, 0);
    assert_int_equal(p.initrd.size, 0);
    assert_ptr_equal(p.fdt, dtb.bytes);
    assert_int_equal(p.fdt_size, fdt_totalsize(dtb.bytes));
}

#define SOC(nodes) "soc { " CELLS "ranges; " nodes " };"

/* Where all addresses end, of memory and of devices on any bus. */
static void finds_the_end_of_all_addresses(void **state)
{
    assert_int_equal(parse(TREE(MEMORY CPUS(CPU(0, ""))), 0, 4), OK);
    assert_int_equal(p.address_end, 0x90000000);
    assert_int_equal(parse(TREE(MEMORY CPUS(CPU(0, "")) SOC("a@8000000000 { reg = <0 1 0 1>, "
                                                            "<0x80 0 0 0x1000>; };")),
                           0, 4),
                     OK);
    assert_int_equal(p.address_end, 0x8000001000);
    assert_int_equal(
        parse(TREE(MEMORY CPUS(CPU(0, "")) SOC("pci@30000000 { reg = <0 0x30000000 0 0x1000>; "
                                               "#address-cells = <3>; #size-cells = <2>; ranges = "
                                               "<0x3000000 9 0 0x41 0 1 0>; "
                                               "f@0 { reg = <0 0xff 0xff 0xff 0xff>; }; };")),
              0, 4),
        OK);
    assert_int_equal(p.address_end, 0x4200000000);
    assert_int_equal(
        parse(TREE(MEMORY CPUS(CPU(0, "")) "a@0 { reg = <0xffffffff 0 1 0>; };"), 0, 4), OK);
    assert_int_equal(p.address_end, UINT64_MAX);
}

static void takes_sparse_ids_and_any_boot_hart(void **state)
{
    assert_int_equal(parse(TREE(MEMORY CPUS(CPU(3, "") CPU(7, "") CPU(40, ""))), 7, 4), OK);
    assert_harts((struct platform_hart[]){{3, HART_PRESENT}, {7, HART_PRESENT}, {40, HART_PRESENT}},
                 3);
    assert_int_equal(p.boot_hart_id, 7);
}

static void reads_ids_of_two_cells(void **state)
{
    assert_int_equal(
        parse(TREE(MEMORY "cpus { #address-cells = <2>; #size-cells = <0>; "
                          "timebase-frequency = <5000>; cpu@0 { device_type = \"cpu\"; "
                          "reg = <1 2>; }; };"),
              0x100000002, 4),
        OK);
    assert_harts((struct platform_hart[]){{0x100000002, HART_PRESENT}}, 1);
}

static void leaves_out_disabled_and_surplus_harts(void **state)
{
    assert_int_equal(parse(TREE(MEMORY CPUS(CPU(0, "status = \"disabled\";") CPU(1, "") CPU(
                               2, "status = \"fail\";") CPU(4, "status = \"okay\";") CPU(5, ""))),
                           5, 2),
                     OK);
    assert_harts((struct platform_hart[]){{0, HART_DISABLED},
                                          {1, HART_PRESENT},
                                          {2, HART_DISABLED},
                                          {4, HART_SURPLUS},
                                          {5, HART_PRESENT}},
                 5);
}

static void uses_the_boot_hart_alone(void **state)
{
    assert_int_equal(parse(TREE(MEMORY CPUS(CPU(0, "") CPU(1, "status = \"disabled\";"))), 1, 1),
                     OK);
    assert_harts((struct platform_hart[]){{0, HART_SURPLUS}, {1, HART_PRESENT}}, 2);
}

static void boots_on_a_hart_after_the_end_of_the_list(void **state)
{
    static char dts[8000];
    size_t used = (size_t)snprintf(dts, sizeof dts,
                                   "/ { " CELLS MEMORY "cpus { #address-cells = <1>;"
                                   "#size-cells = <0>; timebase-frequency = <5000>;");
    for (unsigned i = 0; i < 70; i++)
        used += (size_t)snprintf(dts + used, sizeof dts - used,
                                 "cpu@%x { device_type = \"cpu\"; reg = <%u>; };", i, i);
    snprintf(dts + used, sizeof dts - used, "}; };");
    assert_int_equal(parse(dts, 69, 64), OK);
    assert_int_equal(p.hart_count, 70);
    assert_int_equal(p.harts[62].absence, HART_PRESENT);
    assert_int_equal(p.harts[63].absence, HART_SURPLUS);
    assert_int_equal(p.harts[69].absence, HART_PRESENT);
    assert_int_equal(p.unlisted_harts, 0);
}

/* Those that are used are listed, however many others come before them. */
static void lists_all_harts_that_are_used(void **state)
{
    static char dts[40000];
    size_t used = (size_t)snprintf(dts, sizeof dts,
                                   "/ { " CELLS MEMORY "cpus { #address-cells = <1>;"
                                   "#size-cells = <0>; timebase-frequency = <5000>;");
    for (unsigned i = 0; i < 512; i++)
        used += (size_t)snprintf(dts + used, sizeof dts - used,
                                 "cpu@%x { device_type = \"cpu\"; reg = <%u>;%s };", i, i,
                                 i < 300 ? "status = \"disabled\";" : "");
    snprintf(dts + used, sizeof dts - used, "}; };");
    assert_int_equal(parse(dts, 511, 64), OK);
    assert_int_equal(p.hart_count, PLATFORM_MAX_LISTED);
    assert_int_equal(p.unlisted_harts, 512 - PLATFORM_MAX_LISTED);
    uint32_t present = 0;
    for (uint32_t i = 0; i < p.hart_count; i++)
        present += p.harts[i].absence == HART_PRESENT;
    assert_int_equal(present, 64);
    assert_int_equal(p.harts[PLATFORM_MAX_LISTED - 1].id, 511);
}

static void takes_a_timebase_from_a_cpu(void **state)
{
    assert_int_equal(parse(TREE(MEMORY "cpus { #address-cells = <1>; #size-cells = <0>;" CPU(
                               0, "timebase-frequency = <0 24000000>;") "};"),
                           0, 1),
                     OK);
    assert_int_equal(p.timebase, 24000000);
}

static void collects_all_memory(void **state)
{
    assert_int_equal(
        parse(TREE("memory@80000000 { device_type = \"memory\"; "
                   "reg = <0 0x80000000 0 0x1000000>, <1 0 2 0>; };"
                   "memory@90000000 { device_type = \"memory\"; status = \"disabled\"; "
                   "reg = <0 0x90000000 0 0x1000000>; };"
                   "memory@a0000000 { device_type = \"memory\"; "
                   "reg = <0 0xa0000000 0 0x1000>; };" CPUS(CPU(0, ""))),
              0, 1),
        OK);
    assert_int_equal(p.memory_count, 3);
    assert_range(&p.memory[0], 0x80000000, 0x1000000);
    assert_range(&p.memory[1], 0xa0000000, 0x1000);
    assert_range(&p.memory[2], 0x100000000, 0x200000000);
}

/* As firmware puts them that knows a bank of memory a node. */
static void joins_memory_that_touches(void **state)
{
    static char dts[8000];
    size_t used = (size_t)snprintf(dts, sizeof dts, "/ { " CELLS);
    for (unsigned i = 40; i-- > 0;)
        used += (size_t)snprintf(dts + used, sizeof dts - used,
                                 "memory@%x { device_type = \"memory\"; reg = <0 0x%x 0 0x%x>; };",
                                 0x80000000 + i * 0x100000, 0x80000000 + i * 0x100000,
                                 i == 20 ? 0xff000 : 0x100000);
    snprintf(dts + used, sizeof dts - used, CPUS(CPU(0, "")) "};");
    assert_int_equal(parse(dts, 0, 1), OK);
    assert_int_equal(p.memory_count, 2);
    assert_range(&p.memory[0], 0x80000000, 20 * 0x100000 + 0xff000);
    assert_range(&p.memory[1], 0x80000000 + 21 * 0x100000, 19 * 0x100000);
}

static void joins_memory_that_overlaps(void **state)
{
    assert_int_equal(
        parse(TREE("memory@0 { device_type = \"memory\"; reg = <0 0x1000 0 0x1000>, "
                   "<0 0x5000 0 0x1000>, <0 0x3000 0 0x1000>, <0 0x1800 0 0x1900>, <0 0 0 0>, "
                   "<0xffffff 0xfffff000 0 0x1000>; };" CPUS(CPU(0, ""))),
              0, 1),
        OK);
    assert_int_equal(p.memory_count, 3);
    assert_range(&p.memory[0], 0x1000, 0x3000);
    assert_range(&p.memory[1], 0x5000, 0x1000);
    assert_range(&p.memory[2], 0xfffffffffff000, 0x1000);
}

static void collects_what_is_reserved(void **state)
{
    assert_int_equal(
        parse("/memreserve/ 0x81000000 0x2000;" TREE(
                  MEMORY "chosen { linux,initrd-start = <0 0x88000000>; "
                         "linux,initrd-end = <0 0x88001234>; };"
                         "reserved-memory { " CELLS "ranges; fw@80000000 { "
                         "reg = <0 0x80000000 0 0x40000>; no-map; }; };" CPUS(CPU(0, ""))),
              0, 1),
        OK);
    assert_int_equal(p.reserved_count, 3);
    assert_range(&p.reserved[0], 0x80000000, 0x40000);
    assert_range(&p.reserved[1], 0x81000000, 0x2000);
    assert_range(&p.reserved[2], 0x88000000, 0x1234);
    assert_range(&p.initrd, 0x88000000, 0x1234);
}

/* The tree may lie in memory; here it does. */
static void reserves_the_tree_itself(void **state)
{
    assert_int_equal(parse(TREE("memory@0 { device_type = \"memory\"; "
                                "reg = <0 0x1000 0xffffff 0>; };" CPUS(CPU(0, ""))),
                           0, 1),
                     OK);
    assert_int_equal(p.reserved_count, 1);
    assert_range(&p.reserved[0], (uintptr_t)dtb.bytes, fdt_totalsize(dtb.bytes));
}

/* Also before the memory in the tree. What is disabled is not reserved, nor is what has no place
 * yet; what lies outside memory does not count. */
static void reserves_only_memory(void **state)
{
    assert_int_equal(
        parse(TREE("reserved-memory { " CELLS "ranges; "
                   "before@0 { reg = <0 0x7ff00000 0 0x200000>; };"
                   "off@80800000 { reg = <0 0x80800000 0 0x1000>; status = \"disabled\"; };"
                   "chosen-later { size = <0 0x1000>; alloc-ranges = <0 0x80000000 0 0x1000000>; };"
                   "device@10000000 { reg = <0 0x10000000 0 0x1000>; };"
                   "next@80100000 { reg = <0 0x80100000 0 0x1000>; below { reg = <0 0x80300000 0 "
                   "0x1000>; }; };"
                   "end@8ffff000 { reg = <0 0x8ffff000 1 0>, <0 0x80400000 0 0>; }; };" MEMORY CPUS(
                       CPU(0, ""))),
              0, 1),
        OK);
    assert_int_equal(p.reserved_count, 2);
    assert_range(&p.reserved[0], 0x80000000, 0x101000);
    assert_range(&p.reserved[1], 0x8ffff000, 0x1000);
}

static void has_no_initrd_that_ends_before_it_starts(void **state)
{
    assert_int_equal(
        parse(TREE(MEMORY CPUS(CPU(0, "")) "chosen { linux,initrd-start = <0x88000000>;"
                                           "linux,initrd-end = <0x87000000>; };"),
              0, 1),
        OK);
    assert_int_equal(p.initrd.size, 0);
}

static void refuses_what_is_no_tree(void **state)
{
    static const uint64_t no_tree[8];
    assert_int_equal(platform_parse(&p, no_tree, 0, 1, &missing), ERR_FORMAT);
    assert_non_null(strstr(missing, ": FDT_ERR_BADMAGIC: expected a flattened tree of version 17"));
}

#define NO_MEMORY "/memory: no such node: expected one with device_type = \"memory\""
#define NO_RAM "/memory: reg: no RAM in it: expected a base and a size that is not 0"
#define NO_TIMEBASE "/cpus: no timebase-frequency that can be used: expected 1000 to 4294967295 Hz"

static void names_what_is_missing(void **state)
{
    assert_missing(NO_MEMORY, TREE(CPUS(CPU(0, ""))));
    assert_missing(NO_RAM, TREE("memory { device_type = \"memory\"; };" CPUS(CPU(0, ""))));
    assert_missing("/cpus: no such node: expected one with a node for each hart", TREE(MEMORY));
    assert_missing("/cpus: no node with the boot hart's id in reg: expected one with 0",
                   TREE(MEMORY CPUS("")));
    assert_missing("/cpus: no node with the boot hart's id in reg: expected one with 0",
                   TREE(MEMORY CPUS(CPU(1, ""))));
    assert_missing(NO_TIMEBASE,
                   TREE(MEMORY "cpus { #address-cells = <1>; #size-cells = <0>;" CPU(0, "") "};"));
}

/* The first line about a property. */
static void assert_fault(const char *text, const char *dts)
{
    (void)parse(dts, 0, 4);
    assert_in_range(p.faults.count, 1, TREE_FAULTS_KEPT);
    assert_string_equal(p.faults.text[0], text);
}

#define MEMORY_REG(cells) "memory@0 { device_type = \"memory\"; reg = <" cells ">; };"
#define CHOSEN(properties) "chosen { " properties " };"
#define BAD_RAM "RAM: not empty, and below 2^56"

static void names_properties_that_can_t_be_read(void **state)
{
    static const struct {
        const char *text, *dts;
    } cases[] = {
        {"/memory@0: reg = <0 0x80000000 0 0> (16 bytes): expected " BAD_RAM,
         TREE(MEMORY_REG("0 0x80000000 0 0"))},
        {"/memory@0: reg = <0 0x80000000 0xffffffff 0xffffffff> (16 bytes): expected " BAD_RAM,
         TREE(MEMORY_REG("0 0x80000000 0xffffffff 0xffffffff"))},
        {"/memory@0: reg = <0 0x80000000 0> (12 bytes): expected entries of 4 cells, as the node "
         "above has it",
         TREE(MEMORY_REG("0 0x80000000 0"))},
        {"/memory: reg is missing: expected base and size of RAM",
         TREE("memory { device_type = \"memory\"; };")},
        {"/: #address-cells = <0x9> (4 bytes): expected one cell, from 0 to 4",
         "/ { #address-cells = <9>; #size-cells = <2>; };"},
        {"/: #size-cells = <0x2 0x2> (8 bytes): expected one cell, from 0 to 4",
         "/ { #address-cells = <2>; #size-cells = <2 2>; };"},
        {"/cpus: timebase-frequency = <0> (4 bytes): expected one cell or two, from 1000 to "
         "4294967295",
         TREE("cpus { timebase-frequency = <0>; };")},
        {"/cpus: timebase-frequency = <0x1 0x2 0x3> (12 bytes): expected one cell or two, from "
         "1000 to 4294967295",
         TREE("cpus { timebase-frequency = <1 2 3>; };")},
        {"/cpus/cpu@0: riscv,isa = <0x72763634> (4 bytes): expected text that ends in a 0",
         TREE(CPUS(CPU(0, "riscv,isa = [72 76 36 34];")))},
        {"/cpus/cpu@0: mmu-type = <> (0 bytes): expected text that ends in a 0",
         TREE(CPUS(CPU(0, "mmu-type;")))},
        {"/cpus/cpu@1: reg is missing: expected the hart's id",
         TREE(CPUS("cpu@1 { device_type = \"cpu\"; };"))},
        {"/cpus/cpu@0: riscv,cboz-block-size = <0x10000000> (4 bytes): expected one cell, from 1 "
         "to 4096",
         TREE(CPUS(CPU(0, "riscv,cboz-block-size = <0x10000000>;")))},
        {"/chosen: bootargs = <0x61626364 0x61626364 0x61626364 0x61626364 ...> (20 bytes): "
         "expected text that ends in a 0",
         TREE(CHOSEN("bootargs = <0x61626364 0x61626364 0x61626364 0x61626364 0x61626364>;"))},
        {"/chosen: stdout-path = <> (0 bytes): expected text that ends in a 0",
         TREE(CHOSEN("stdout-path;"))},
        {"/reserved-memory/fw: reg = <0x1> (4 bytes): expected entries of 3 cells, as the node "
         "above has it",
         TREE(MEMORY "reserved-memory { ranges; fw { reg = <1>; }; };")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_fault(cases[i].text, cases[i].dts);
}

static void assert_no_initrd(const char *why, const char *properties)
{
    char dts[512];
    snprintf(dts, sizeof dts, TREE(MEMORY CPUS(CPU(0, "")) CHOSEN("%s")), properties);
    assert_int_equal(parse(dts, 0, 1), OK);
    assert_int_equal(p.initrd.size, 0);
    assert_string_equal(p.no_initrd, why);
}

static void says_why_there_is_no_initrd(void **state)
{
    assert_no_initrd("", "");
    assert_no_initrd(
        "/chosen: linux,initrd-end is missing: expected an address of one or two cells",
        "linux,initrd-start = <0x82000000>;");
    assert_no_initrd(
        "/chosen: linux,initrd-start is missing: expected an address of one or two cells",
        "linux,initrd-end = <0x82000000>;");
    assert_no_initrd("/chosen: linux,initrd-start = <0 0 0x1> (12 bytes): expected an address of "
                     "one or two cells",
                     "linux,initrd-start = <0 0 1>; linux,initrd-end = <2>;");
    assert_no_initrd("/chosen: linux,initrd-end = <0x81000000> (4 bytes): expected more than "
                     "linux,initrd-start",
                     "linux,initrd-start = <0x82000000>; linux,initrd-end = <0x81000000>;");
    assert_no_initrd("/chosen: linux,initrd-end = <0x82000000> (4 bytes): expected more than "
                     "linux,initrd-start",
                     "linux,initrd-start = <0x82000000>; linux,initrd-end = <0x82000000>;");
    assert_no_initrd("/chosen: linux,initrd-end = <0x1000000 0x1> (8 bytes): expected an address "
                     "below 2^56",
                     "linux,initrd-start = <0x82000000>; linux,initrd-end = <0x1000000 1>;");
}

static void goes_on_without_what_it_can_t_read(void **state)
{
    assert_int_equal(
        parse(TREE(MEMORY "memory@1 { device_type = \"memory\"; "
                          "reg = <0 0x90000000 0 0>; };" CPUS(CPU(0, "timebase-frequency;"))),
              0, 1),
        OK);
    assert_int_equal(p.memory_count, 1);
    assert_range(&p.memory[0], 0x80000000, 0x10000000);
    assert_int_equal(p.timebase, 10000000);
    assert_int_equal(p.faults.count, 2);
}

static void counts_faults_that_have_no_room(void **state)
{
    assert_int_equal(parse(TREE(MEMORY CPUS(CPU(0, "") CPU(1, "mmu-type; status;") CPU(
                               2, "mmu-type; riscv,isa; riscv,cboz-block-size; "
                                  "riscv,cbom-block-size; riscv,cbop-block-size; reg-shift; "
                                  "compatible;"))),
                           0, 4),
                     OK);
    assert_int_equal(p.faults.count, 9);
    assert_non_null(strstr(p.faults.text[TREE_FAULTS_KEPT - 1], "/cpus/cpu@2: "));
}

/* `count` of them in one reg, with as large holes between them. */
static const char *ranges_tree(const char *before, unsigned count, const char *after)
{
    static char dts[20000];
    size_t used = (size_t)snprintf(dts, sizeof dts, "/ { " CELLS "%s reg = ", before);
    for (unsigned i = 0; i < count; i++)
        used += (size_t)snprintf(dts + used, sizeof dts - used, "%s<0 0x%x 0 0x1000>",
                                 i == 0 ? "" : ", ", 0x80000000 + i * 0x2000);
    snprintf(dts + used, sizeof dts - used, "; };%s};", after);
    return dts;
}

static void refuses_more_ranges_than_it_holds(void **state)
{
    static const char memory[] = "memory@0 { device_type = \"memory\"; ";
    static const char reserved[] = "reserved-memory { " CELLS "ranges; r@0 {";
    assert_int_equal(parse(ranges_tree(memory, 64, CPUS(CPU(0, ""))), 0, 1), OK);
    assert_int_equal(p.memory_count, 64);
    assert_missing("/memory: more than 64 separate ranges; expected at most so many",
                   ranges_tree(memory, 65, CPUS(CPU(0, ""))));
    assert_int_equal(parse(ranges_tree(reserved, 256, "};" MEMORY CPUS(CPU(0, ""))), 0, 1), OK);
    assert_int_equal(p.reserved_count, 256);
    assert_missing("reserved memory: more than 256 separate ranges inside memory; expected at most "
                   "so many",
                   ranges_tree(reserved, 257, "};" MEMORY CPUS(CPU(0, ""))));
    assert_int_equal(parse(ranges_tree(reserved, 257,
                                       "};memory@0 { device_type = \"memory\"; "
                                       "reg = <0 0 0 0x80000000>; };" CPUS(CPU(0, ""))),
                           0, 1),
                     OK);
}

/* A panic of the boot needs it: also where the rest of the tree is no machine. */
static void finds_the_finisher(void **state)
{
    static const char test[] = TREE(SOC("test@100000 { compatible = \"sifive,test1\", "
                                        "\"sifive,test0\"; reg = <0 0x100000 0 0x1000>; };"));
    assert_missing(NO_MEMORY, test);
    assert_int_equal(p.finisher.a, 0x100000);
    assert_missing(NO_MEMORY,
                   TREE(SOC("test@100000 { compatible = \"sifive,test0\"; status = \"disabled\"; "
                            "reg = <0 0x100000 0 0x1000>; };")));
    assert_int_equal(p.finisher.a, 0);
}

static void refuses_a_broken_structure(void **state)
{
    dtb_compile(TREE(MEMORY CPUS(CPU(0, ""))), &dtb);
    ((unsigned char *)dtb.bytes)[fdt_off_dt_struct(dtb.bytes) + fdt_size_dt_struct(dtb.bytes) - 5] =
        7; /* the root's end */
    assert_int_equal(platform_parse(&p, dtb.bytes, 0, 1, &missing), ERR_FORMAT);
    assert_non_null(strstr(missing, ": broken structure block: expected a flattened tree"));
    assert_int_equal(p.memory_count, 1);
}

static void finds_extensions_in_an_isa_string(void **state)
{
    struct platform host = {.isa = "rv64imafdch_zicsr_sstc_svpbmt"};
    static const char *const there[] = {"i", "h", "c", "zicsr", "sstc", "svpbmt"};
    static const char *const absent[] = {"r",   "v",     "s",       "z", "zic",
                                         "sst", "sstc_", "svpbmtx", "tc"};
    for (size_t i = 0; i < sizeof there / sizeof there[0]; i++)
        assert_true(platform_has_extension(&host, there[i]));
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
        assert_false(platform_has_extension(&host, absent[i]));
}

static void prefers_the_list_of_extensions(void **state)
{
    /* Inside a larger tree, as always: libfdt looks one byte beyond the list. */
    static const char list[16] = "i\0m\0h\0sstc";
    struct platform host = {
        .isa = "rv64ic_svadu", .isa_extensions = list, .isa_extensions_size = 11};
    assert_true(platform_has_extension(&host, "h"));
    assert_true(platform_has_extension(&host, "sstc"));
    assert_false(platform_has_extension(&host, "c"));
    assert_false(platform_has_extension(&host, "svadu"));
    assert_false(platform_has_extension(&host, "ss"));
}

static void has_nothing_when_nothing_is_said(void **state)
{
    struct platform silent = {0}, empty = {.isa = ""}, bare = {.isa = "rv64"};
    assert_false(platform_has_extension(&silent, "h"));
    assert_false(platform_has_extension(&empty, "h"));
    assert_false(platform_has_extension(&bare, "r"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_machine),
        cmocka_unit_test(finds_the_end_of_all_addresses),
        cmocka_unit_test(takes_sparse_ids_and_any_boot_hart),
        cmocka_unit_test(reads_ids_of_two_cells),
        cmocka_unit_test(leaves_out_disabled_and_surplus_harts),
        cmocka_unit_test(uses_the_boot_hart_alone),
        cmocka_unit_test(boots_on_a_hart_after_the_end_of_the_list),
        cmocka_unit_test(lists_all_harts_that_are_used),
        cmocka_unit_test(takes_a_timebase_from_a_cpu),
        cmocka_unit_test(collects_all_memory),
        cmocka_unit_test(joins_memory_that_touches),
        cmocka_unit_test(joins_memory_that_overlaps),
        cmocka_unit_test(collects_what_is_reserved),
        cmocka_unit_test(reserves_the_tree_itself),
        cmocka_unit_test(reserves_only_memory),
        cmocka_unit_test(has_no_initrd_that_ends_before_it_starts),
        cmocka_unit_test(refuses_what_is_no_tree),
        cmocka_unit_test(names_what_is_missing),
        cmocka_unit_test(names_properties_that_can_t_be_read),
        cmocka_unit_test(says_why_there_is_no_initrd),
        cmocka_unit_test(goes_on_without_what_it_can_t_read),
        cmocka_unit_test(counts_faults_that_have_no_room),
        cmocka_unit_test(refuses_more_ranges_than_it_holds),
        cmocka_unit_test(finds_the_finisher),
        cmocka_unit_test(refuses_a_broken_structure),
        cmocka_unit_test(finds_extensions_in_an_isa_string),
        cmocka_unit_test(prefers_the_list_of_extensions),
        cmocka_unit_test(has_nothing_when_nothing_is_said),
    };
    return cmocka_run_group_tests_name("platform", tests, NULL, NULL);
}
