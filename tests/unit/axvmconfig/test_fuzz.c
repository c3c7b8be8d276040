/*
 * A small valid bundle, cut at every length and changed in every byte: the sanitizers see no bad
 * access, an error always has a message, and what is accepted keeps to the VM's memory.
 */
#include "archive.h"
#include "cmocka_all.h"
#include "dts.h"
#include <axvmconfig/vmconfig.h>
#include <stdlib.h>
#include <string.h>

#define RAM_END (GUEST_RAM_BASE + set.vms[i].memory)

static const uint64_t hart_ids[] = {0, 1};
static const struct host_limits limits = {.hart_ids = hart_ids,
                                          .hart_count = 2,
                                          .memory_available = UINT64_C(1) << 40,
                                          .sv48x4 = true,
                                          .aia = true};
static struct archive archive;
static struct vm_set set;

/* An ELF kernel with one segment, the form with the most numbers that can be wrong. */
static void add_kernel(void)
{
    uint64_t elf[16] = {
        [3] = GUEST_RAM_BASE,  [4] = 64,           [8] = 1,        [9] = 0, [10] = GUEST_RAM_BASE,
        [11] = GUEST_RAM_BASE, [12] = sizeof(elf), [13] = 0x10000,
    };
    uint16_t machine = 243;
    uint16_t phdr[2] = {56, 1};
    uint8_t *bytes = (uint8_t *)elf;

    memcpy(bytes, "\x7f\x45LF\2\1\1", 7);
    bytes[16] = 2; /* an executable */
    memcpy(bytes + 18, &machine, sizeof(machine));
    memcpy(bytes + 54, phdr, sizeof(phdr));
    archive_add(&archive, "k", elf, sizeof(elf));
}

static int setup(void **state)
{
    static struct dtb dtb;

    dtb_compile("/ { compatible = \"stillhart,vms\"; source = \"x\"; a { cpus = <1>; harts = <1>; "
                "memory = <0 0x800000>; kernel = \"k\"; ramdisk = \"r\"; bootargs = \"b\"; "
                "gstage = \"sv48x4\"; }; };",
                &dtb);
    archive_add(&archive, "vms.dtb", dtb.bytes, dtb.size);
    add_kernel();
    archive_add(&archive, "r", "ramdisk", 7);
    archive_end(&archive);
    return 0;
}

static void check_accepted(void)
{
    assert_in_range(set.vm_count, 1, VM_MAX);
    for (uint32_t i = 0; i < set.vm_count; i++) {
        const struct vm_config *vm = &set.vms[i];
        for (uint32_t s = 0; s < vm->kernel.segment_count; s++) {
            const struct image_segment *segment = &vm->kernel.segments[s];
            assert_true(range_inside(segment->at.a, segment->mem_size, GUEST_RAM_BASE, vm->memory));
            assert_true(segment->file_size <= segment->mem_size);
            assert_true(segment->at.a + segment->mem_size <= vm->kernel.end.a);
        }
        assert_true(vm->kernel.end.a <= vm->placement.ramdisk.a);
        assert_true(vm->placement.ramdisk.a + vm->ramdisk_size <= vm->placement.fdt.a);
        assert_true(vm->placement.fdt.a + GUEST_FDT_SPACE <= RAM_END);
        assert_in_range(vm->hart_count, 1, VM_MAX_CPUS);
    }
}

/* Returns whether the bundle was accepted. */
static bool load(const void *bytes, size_t size)
{
    struct message why = {""};
    void *copy = exact_copy(bytes, size);
    enum err err = vmconfig_load(copy, size, &limits, &set, &why);

    if (err == OK)
        check_accepted();
    else
        assert_true(why.text[0] != '\0');
    free(copy);
    return err == OK;
}

static void test_valid(void **state)
{
    assert_true(load(archive.bytes, archive.size));
    assert_int_equal(set.vms[0].kernel.format, IMAGE_ELF);
    assert_int_equal(set.vms[0].ramdisk_size, 7);
}

static void test_cut_at_every_length(void **state)
{
    /* The last member's name is padded: without the padding nothing is lost. */
    for (size_t size = 0; size < archive.size - 3; size++)
        assert_false(load(archive.bytes, size));
}

static void test_every_bit_flipped(void **state)
{
    static uint8_t changed[sizeof(archive.bytes)];

    memcpy(changed, archive.bytes, archive.size);
    for (size_t at = 0; at < archive.size; at++) {
        for (uint32_t bit = 0; bit < 8; bit++) {
            changed[at] = (uint8_t)(archive.bytes[at] ^ (1u << bit));
            load(changed, archive.size);
        }
        changed[at] = archive.bytes[at];
    }
}

/* Numbers that overflow sums: every byte all ones, and every aligned word. */
static void test_every_word_all_ones(void **state)
{
    static uint8_t changed[sizeof(archive.bytes)];

    for (size_t width = 1; width <= 8; width *= 2) {
        for (size_t at = 0; at + width <= archive.size; at += width) {
            memcpy(changed, archive.bytes, archive.size);
            memset(changed + at, 0xff, width);
            load(changed, archive.size);
            memset(changed + at, 'f', width);
            load(changed, archive.size);
            memset(changed + at, 0, width);
            load(changed, archive.size);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_cut_at_every_length),
        cmocka_unit_test(test_every_bit_flipped),
        cmocka_unit_test(test_every_word_all_ones),
    };
    return cmocka_run_group_tests_name("axvmconfig/fuzz", tests, setup, NULL);
}
