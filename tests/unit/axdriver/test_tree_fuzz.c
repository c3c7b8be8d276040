/*
 * Each property of QEMU's trees, taken away, cut, emptied, doubled, or with absurd values: whatever
 * reads a tree at boot makes no bad access, and a tree that is no machine has its reason. What the
 * host reads and can't use is named with node and property.
 */
#include <axdriver/hardware.h>
#include <axdriver/host_device.h>
#include <axhal/platform.h>
#include <lib/bits.h>
#include <libfdt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tree_file.h"

#define BOOT_HART 2
#define ROOM 65536
#define LARGEST 4096 /* of a property, doubled */

static const char *const trees[] = {"boot", "aia", "pci", "pci_iommu"};
static struct platform machine;
static struct hardware hardware;
static uint64_t changed[ROOM / 8];

static void read_devices(const void *fdt)
{
    char path[256];
    struct host_device device;
    struct host_device_fault fault;
    for (int node = 0; node >= 0; node = fdt_next_node(fdt, node, NULL))
        if (fdt_get_path(fdt, node, path, sizeof path) == 0 &&
            !host_device_find(&hardware, fdt, path, &device, &fault))
            assert_non_null(fault.reason);
}

static void read_controllers(void)
{
    uint32_t index;
    hpa_t file;
    for (uint32_t i = 0; i < 80; i++) {
        (void)hardware_target(&hardware, &hardware.plic.targets, 9, i, &index);
        (void)hardware_target(&hardware, &hardware.imsic.targets, 9, i, &index);
        (void)imsic_file(&hardware.imsic, i, &file);
        (void)hardware_pci_irq(&hardware, i, 1 + i % 4);
        (void)hardware_is_behind_iommu(&hardware, i);
    }
}

/* All that a boot reads of it, in memory of exactly its size. */
static void boot(const void *fdt)
{
    const char *missing = NULL;
    size_t size = fdt_totalsize(fdt);
    void *exact = malloc(size);
    memcpy(exact, fdt, size);
    enum err err = platform_parse(&machine, exact, BOOT_HART, 4, &missing);
    assert_true((err == OK) == (missing == NULL));
    assert_int_equal(hardware_probe(&hardware, exact), OK);
    read_controllers();
    read_devices(exact);
    free(exact);
}

static void boot_with(const void *fdt, int node, const char *name, const void *value, int size)
{
    char copy[64];
    strncpy(copy, name, sizeof copy - 1);
    copy[sizeof copy - 1] = '\0';
    assert_int_equal(fdt_open_into(fdt, changed, sizeof changed), 0);
    assert_int_equal(size < 0 ? fdt_nop_property(changed, node, copy)
                              : fdt_setprop(changed, node, copy, value, size),
                     0);
    assert_int_equal(fdt_pack(changed), 0);
    boot(changed);
}

/* Its own value first, then what follows it. */
static void boot_with_each(const void *fdt, int node, const char *name, const void *value, int size)
{
    static const uint8_t bytes[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    uint8_t other[LARGEST];
    assert_in_range(size, 0, LARGEST / 2);
    boot_with(fdt, node, name, NULL, -1);
    for (int cut = 0; cut < size; cut += cut < 9 ? 1 : size / 3 + 1)
        boot_with(fdt, node, name, value, cut);
    memcpy(other, value, (size_t)size);
    memcpy(other + size, value, (size_t)size);
    boot_with(fdt, node, name, other, 2 * size);
    for (size_t i = 0; i < ARRAY_SIZE(bytes); i++) {
        memset(other, bytes[i], (size_t)size);
        boot_with(fdt, node, name, other, size);
    }
}

static void bears_every_change(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(trees); i++) {
        static uint64_t fdt[4096];
        memcpy(fdt, tree_open(trees[i]), sizeof fdt);
        for (int node = 0; node >= 0; node = fdt_next_node(fdt, node, NULL)) {
            int at, size;
            fdt_for_each_property_offset(at, fdt, node) {
                const char *name;
                const void *value = fdt_getprop_by_offset(fdt, at, &name, &size);
                boot_with_each(fdt, node, name, value, size);
            }
        }
    }
}

static bool is_named(const struct tree_faults *faults, const char *path, const char *name)
{
    char start[128];
    snprintf(start, sizeof start, "%s: %s ", path, name);
    for (uint32_t i = 0; i < faults->count && i < TREE_FAULTS_KEPT; i++)
        if (strncmp(faults->text[i], start, strlen(start)) == 0)
            return true;
    return false;
}

/* The value is no text, no cell, and no list of any. */
static void names_what_the_drivers_can_t_read(void **state)
{
    static const struct {
        const char *tree, *path, *name;
    } cases[] = {
        {"plic", "/soc/plic@c000000", "reg"},
        {"plic", "/soc/plic@c000000", "riscv,ndev"},
        {"plic", "/soc/plic@c000000", "interrupts-extended"},
        {"plic", "/soc/plic@c000000", "phandle"},
        {"plic", "/soc/serial@10000000", "reg"},
        {"plic", "/soc/serial@10000000", "interrupts"},
        {"aia", "/soc/interrupt-controller@d000000", "reg"},
        {"aia", "/soc/interrupt-controller@d000000", "riscv,num-sources"},
        {"aia", "/soc/interrupt-controller@d000000", "msi-parent"},
        {"aia", "/soc/interrupt-controller@28000000", "riscv,num-ids"},
        {"aia", "/soc/interrupt-controller@28000000", "riscv,guest-index-bits"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        void *fdt = tree_open(cases[i].tree);
        boot_with(fdt, tree_node_at(fdt, cases[i].path), cases[i].name, "123456", 6);
        if (!is_named(&hardware.faults, cases[i].path, cases[i].name))
            fail_msg("%s: %s: was not named", cases[i].path, cases[i].name);
    }
}

static void names_registers_that_are_nowhere(void **state)
{
    static const char plic[] = "/soc/plic@c000000", bus[] = "/soc";
    void *fdt = tree_open("plic");
    boot_with(fdt, tree_node_at(fdt, plic), "reg", NULL, -1);
    assert_string_equal(hardware.faults.text[0],
                        "/soc/plic@c000000: reg is missing: expected the address of its registers");
    fdt = tree_open("plic");
    boot_with(fdt, tree_node_at(fdt, bus), "ranges", NULL, -1);
    assert_non_null(strstr(hardware.faults.text[0],
                           ": expected addresses that the ranges above hand on to harts"));
}

static void says_nothing_of_trees_that_are_right(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(trees); i++) {
        boot(tree_open(trees[i]));
        assert_true(i > 0 || machine.memory_count == 2); /* "boot" is a whole machine */
        if (machine.faults.count + hardware.faults.count > 0)
            fail_msg("%s: %s%s", trees[i], machine.faults.text[0], hardware.faults.text[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_nothing_of_trees_that_are_right),
        cmocka_unit_test(names_what_the_drivers_can_t_read),
        cmocka_unit_test(names_registers_that_are_nowhere),
        cmocka_unit_test(bears_every_change),
    };
    return cmocka_run_group_tests_name("axdriver/tree-fuzz", tests, NULL, NULL);
}
