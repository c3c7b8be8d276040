/* From a bundle to checked VMs: what fits, and the exact message for what does not. */
#include "archive.h"
#include "cmocka_all.h"
#include "dts.h"
#include <axvmconfig/vmconfig.h>
#include <stdio.h>
#include <string.h>

#define MIB UINT64_C(0x100000)

static const uint64_t hart_ids[] = {0, 1, 5};
static struct host_limits limits;
static struct archive archive;
static struct dtb dtb;
static struct vm_set set;
static struct message why;
static uint8_t kernel[64];
static const char ramdisk[5000] = "ramdisk";

static int setup(void **state)
{
    uint64_t sizes[2] = {2 * MIB, 4 * MIB}; /* text_offset, image_size */

    limits =
        (struct host_limits){.hart_ids = hart_ids, .hart_count = 3, .memory_available = 64 * MIB};
    memset(&archive, 0, sizeof(archive));
    memcpy(kernel + 8, sizes, sizeof(sizes));
    memcpy(kernel + 56, "RSC\5", 4);
    return 0;
}

#define VM(name, cpus, harts, memory, more)                                                        \
    name " { cpus = <" cpus ">; harts = <" harts ">; memory = <0 " memory ">; "                    \
         "kernel = \"Image\"; " more " };"

static enum err load(const char *vms)
{
    char dts[4096];

    snprintf(dts, sizeof(dts), "/ { compatible = \"stillhart,vms\"; source = \"x.dts\"; %s };",
             vms);
    dtb_compile(dts, &dtb);
    archive_add(&archive, "vms.dtb", dtb.bytes, dtb.size);
    archive_add(&archive, "Image", kernel, sizeof(kernel));
    archive_add(&archive, "initrd", ramdisk, sizeof(ramdisk));
    archive_add(&archive, "empty", NULL, 0);
    archive_add(&archive, "twice", kernel, sizeof(kernel));
    archive_add(&archive, "twice", ramdisk, sizeof(ramdisk));
    archive_add_member(&archive,
                       &(struct archive_member){"070701", "link", 0120777, 0, "Image", 5});
    archive_end(&archive);
    return vmconfig_load(archive.bytes, archive.size, &limits, &set, &why);
}

static void expect(enum err err, const char *vms, const char *text)
{
    archive.size = 0;
    assert_int_equal(load(vms), err);
    assert_string_equal(why.text, text);
}

/* A VM that starts from flash needs no kernel; its banks count with its memory. */
static void test_flash(void **state)
{
    static const char vm[] = "a { cpus = <1>; harts = <0>; memory = <0 0x1000000>; %s };";
    char text[256];
    snprintf(text, sizeof(text), vm, "flash = \"initrd\";");
    assert_int_equal(load(text), OK);
    const struct vm_config *a = &set.vms[0];
    assert_int_equal(a->kernel.format, IMAGE_IN_FLASH);
    assert_int_equal(a->kernel.entry.a, 0x20000000);
    assert_int_equal(a->kernel.segment_count, 0);
    assert_memory_equal(a->flash[0].data, ramdisk, sizeof(ramdisk));
    assert_int_equal(a->flash[0].size, sizeof(ramdisk));
    assert_int_equal(a->placement.fdt.a, 0x80e00000);
    assert_int_equal(vmconfig_vm_memory(a), 48 * MIB);
    snprintf(text, sizeof(text), vm, "flash = \"initrd\", \"initrd\";");
    expect(ERR_INVALID, text,
           "x.dts: /a: memory = <0 0x1000000> (16 MiB) and 64 MiB of flash: does not fit: this "
           "machine "
           "has 64 MiB for VMs, 64 MiB left");
    snprintf(text, sizeof(text), vm, "flash = \"empty\";");
    expect(ERR_INVALID, text, "x.dts: /a: flash = \"empty\": has 0 bytes: expected 1 to 0x2000000");
    snprintf(text, sizeof(text), vm, "flash = \"code\";");
    expect(ERR_INVALID, text,
           "x.dts: /a: flash = \"code\": no such file in the bundle: expected one of this name");
}

static void test_two_vms(void **state)
{
    assert_int_equal(load(VM("a", "2", "5 0", "0x1000000", "ramdisk = \"initrd\";")
                              VM("b", "1", "1", "0x3000000", "")),
                     OK);
    assert_int_equal(set.vm_count, 2);
    const struct vm_config *a = &set.vms[0];
    assert_int_equal(a->kernel.format, IMAGE_LINUX);
    assert_int_equal(a->kernel.entry.a, 0x80200000);
    assert_int_equal(a->kernel.end.a, 0x80600000);
    assert_memory_equal(a->kernel.segments[0].data, kernel, sizeof(kernel));
    assert_int_equal(a->ramdisk_size, sizeof(ramdisk));
    assert_memory_equal(a->ramdisk, ramdisk, sizeof(ramdisk));
    assert_int_equal(a->placement.fdt.a, 0x80e00000);
    assert_int_equal(a->placement.ramdisk.a, 0x80e00000 - 8192);
    assert_null(set.vms[1].ramdisk);
    assert_int_equal(set.vms[1].placement.fdt.a, 0x82e00000);
}

static void test_harts(void **state)
{
    expect(ERR_INVALID, VM("a", "1", "7", "0x1000000", ""),
           "x.dts: /a: harts = <7>: this machine has no such hart; it has: 0 1 5");
    expect(ERR_INVALID, VM("a", "2", "1 1", "0x1000000", ""),
           "x.dts: /a: harts = <1>: is named twice: expected another hart for each vCPU");
    expect(ERR_INVALID, VM("a", "2", "0 1", "0x1000000", "") VM("b", "1", "1", "0x1000000", ""),
           "x.dts: /b: harts = <1>: already belongs to /a: expected another hart");
}

static void test_memory(void **state)
{
    expect(ERR_INVALID, VM("a", "1", "0", "0x4200000", ""),
           "x.dts: /a: memory = <0 0x4200000> (66 MiB): does not fit: this machine has 64 MiB for "
           "VMs, 64 MiB left");
    expect(ERR_INVALID, VM("a", "1", "0", "0x3000000", "") VM("b", "1", "1", "0x1200000", ""),
           "x.dts: /b: memory = <0 0x1200000> (18 MiB): does not fit: this machine has 64 MiB for "
           "VMs, 16 MiB left");
    expect(ERR_INVALID,
           "a { cpus = <1>; harts = <0>; memory = <0xffffffff 0xffe00000>; kernel = \"Image\"; };",
           "x.dts: /a: memory = <0xffffffff 0xffe00000> (17592186044414 MiB): does not fit: this "
           "machine has 64 MiB for VMs, 64 MiB left");
}

/* It comes when others are gone: it must fit alone. Its harts are its own, whether it is made or
 * not.
 */
static void test_manual(void **state)
{
    assert_int_equal(load(VM("a", "1", "0", "0x3000000", "manual;") VM(
                         "b", "1", "1", "0x3000000", "") VM("c", "1", "5", "0x1000000", "")),
                     OK);
    assert_true(set.vms[0].manual);
    assert_false(set.vms[1].manual);
    expect(ERR_INVALID, VM("a", "1", "0", "0x4200000", "manual;"),
           "x.dts: /a: memory = <0 0x4200000> (66 MiB): does not fit: this machine has 64 MiB for "
           "VMs, 64 MiB left");
    expect(ERR_INVALID,
           VM("a", "1", "0", "0x1000000", "manual;") VM("b", "1", "0", "0x1000000", ""),
           "x.dts: /b: harts = <0>: already belongs to /a: expected another hart");
}

static void test_check_memory(void **state)
{
    archive.size = 0;
    assert_int_equal(load(VM("a", "1", "0", "0x1000000", "manual;")), OK);
    assert_int_equal(vmconfig_check_memory(&set, &set.vms[0], 64 * MIB, 16 * MIB, &why), OK);
    assert_int_equal(vmconfig_check_memory(&set, &set.vms[0], 64 * MIB, 14 * MIB, &why),
                     ERR_NO_MEMORY);
    assert_string_equal(why.text, "x.dts: /a: memory = <0 0x1000000> (16 MiB): does not fit: this "
                                  "machine has 64 MiB for VMs, 14 MiB left");
}

#define SHARED(name, size) name " { compatible = \"stillhart,shared-memory\"; size = <" size ">; };"

/* It takes from the VMs' memory, in multiples of 2 MiB. */
static void test_shared_memory(void **state)
{
    expect(ERR_INVALID,
           SHARED("s", "0 0x2000") SHARED("t", "0 0x3f00000")
               VM("a", "1", "0", "0x1000000", "shared = \"s\", \"t\";")
                   VM("b", "1", "1", "0x1000000", "shared = \"s\", \"t\";"),
           "x.dts: /t: size = <0 0x3f00000> (64 MiB): does not fit: this machine has 64 MiB for "
           "VMs, 62 MiB left");
    expect(ERR_INVALID,
           SHARED("s", "0 0x2000") VM("a", "1", "0", "0x3000000", "shared = \"s\";")
               VM("b", "1", "1", "0x1000000", "shared = \"s\";"),
           "x.dts: /b: memory = <0 0x1000000> (16 MiB): does not fit: this machine has 64 MiB for "
           "VMs, 14 MiB left");
}

static void test_too_little_memory(void **state)
{
    expect(ERR_RANGE, VM("a", "1", "0", "0x400000", ""),
           "x.dts: /a: kernel = \"Image\": takes 0x400000 bytes at 0x80200000, but the memory is "
           "0x80000000..0x80400000");
    expect(ERR_INVALID, VM("a", "1", "0", "0x600000", ""),
           "x.dts: /a: memory = <0 0x600000> (6 MiB): too little: kernel, ramdisk and device tree "
           "need 8 MiB");
    expect(ERR_INVALID, VM("a", "1", "0", "0x800000", "ramdisk = \"initrd\";"),
           "x.dts: /a: memory = <0 0x800000> (8 MiB): too little: kernel, ramdisk and device tree "
           "need 10 MiB");
    archive.size = 0;
    assert_int_equal(load(VM("a", "1", "0", "0xa00000", "ramdisk = \"initrd\";")), OK);
}

static void test_gstage(void **state)
{
    expect(ERR_INVALID, VM("a", "1", "0", "0x1000000", "gstage = \"sv48x4\";"),
           "x.dts: /a: gstage = \"sv48x4\": this machine does not have it: expected \"sv39x4\"");
    limits.sv48x4 = true;
    archive.size = 0;
    assert_int_equal(load(VM("a", "1", "0", "0x1000000", "gstage = \"sv48x4\";")), OK);
    assert_int_equal(set.vms[0].gstage, VM_GSTAGE_SV48X4);
}

static void test_interrupts(void **state)
{
    expect(ERR_INVALID, VM("a", "1", "0", "0x1000000", "interrupts = \"aia\";"),
           "x.dts: /a: interrupts = \"aia\": this machine's harts have no IMSIC: expected "
           "\"plic\" or \"aplic\"");
    archive.size = 0;
    assert_int_equal(load(VM("a", "1", "0", "0x1000000", "")), OK);
    assert_int_equal(set.vms[0].interrupts, VM_INTERRUPTS_PLIC);
    limits.aia = true;
    archive.size = 0;
    assert_int_equal(load(VM("a", "1", "0", "0x1000000", "")
                              VM("b", "1", "1", "0x1000000", "interrupts = \"aplic\";")),
                     OK);
    assert_int_equal(set.vms[0].interrupts, VM_INTERRUPTS_AIA);
    assert_int_equal(set.vms[1].interrupts, VM_INTERRUPTS_APLIC);
}

#define WITH_KERNEL(name)                                                                          \
    "a { cpus = <1>; harts = <0>; memory = <0 0x1000000>; kernel = \"" name "\"; };"

static void test_images(void **state)
{
    expect(ERR_INVALID, WITH_KERNEL("image"),
           "x.dts: /a: kernel = \"image\": no such file in the bundle: expected one of this name");
    expect(ERR_INVALID, WITH_KERNEL("link"),
           "x.dts: /a: kernel = \"link\": expected a regular file, not a link or a folder");
    expect(ERR_FORMAT, WITH_KERNEL("empty"),
           "x.dts: /a: kernel = \"empty\": is empty: expected an Image, ELF or flat binary");
    expect(ERR_INVALID, VM("a", "1", "0", "0x1000000", "ramdisk = \"disk\";"),
           "x.dts: /a: ramdisk = \"disk\": no such file in the bundle: expected one of this name");
    expect(
        ERR_INVALID, VM("a", "1", "0", "0x1000000", "ramdisk = \"empty\";"),
        "x.dts: /a: ramdisk = \"empty\": is empty: expected a file with contents, or no ramdisk");
    expect(ERR_INVALID, WITH_KERNEL("twice"),
           "x.dts: /a: kernel = \"twice\": the bundle has two files of this name: expected one");
}

static _Alignas(8) uint8_t moved[8192];

static void *move(size_t size)
{
    assert_in_range(size, 1, sizeof moved);
    return moved;
}

static void *no_memory(size_t size)
{
    return NULL;
}

/* A loader may put the bundle anywhere, and another packer the description. */
static void test_description_that_is_not_aligned(void **state)
{
    static _Alignas(8) uint8_t anywhere[sizeof archive.bytes + 8];
    limits.allocate = move;
    for (size_t offset = 1; offset <= 8; offset++) {
        archive.size = 0;
        assert_int_equal(load(VM("a", "1", "0", "0x1000000", "ramdisk = \"initrd\";")), OK);
        memcpy(anywhere + offset, archive.bytes, archive.size);
        memset(moved, 0, sizeof moved);
        assert_int_equal(vmconfig_load(anywhere + offset, archive.size, &limits, &set, &why), OK);
        assert_string_equal(set.vms[0].name, "a");
        assert_memory_equal(set.vms[0].ramdisk, ramdisk, sizeof ramdisk);
        assert_int_equal(moved[0], offset % 8 == 0 ? 0 : 0xd0); /* of the tree's magic */
    }
}

static void test_no_memory_to_move_it(void **state)
{
    limits.allocate = no_memory;
    archive.size = 0;
    archive_add(&archive, "first", NULL, 0);
    assert_int_equal(load(VM("a", "1", "0", "0x1000000", "")), ERR_NO_MEMORY);
    assert_non_null(strstr(why.text, ": no memory to move it to a multiple of 8"));
}

static void test_no_description(void **state)
{
    archive_add(&archive, "Image", kernel, sizeof(kernel));
    archive_end(&archive);
    assert_int_equal(vmconfig_load(archive.bytes, archive.size, &limits, &set, &why), ERR_FORMAT);
    assert_string_equal(why.text,
                        "bundle: has no file vms.dtb, or two: expected one, made by tools/bundle");
}

static void test_broken_bundle(void **state)
{
    assert_int_equal(vmconfig_load("no archive", 10, &limits, &set, &why), ERR_FORMAT);
    assert_string_equal(
        why.text, "bundle: at offset 0: the archive ends within a member's header of 110 bytes");
    assert_int_equal(vmconfig_load(NULL, 0, &limits, &set, &why), ERR_FORMAT);
    archive_add(&archive, "vms.dtb", "no device tree, but long enough to have a header", 49);
    archive_end(&archive);
    assert_int_equal(vmconfig_load(archive.bytes, archive.size, &limits, &set, &why), ERR_FORMAT);
    assert_string_equal(why.text, "vms.dtb: is no device tree: FDT_ERR_BADMAGIC");
}

/* The real packer's bundle of one of our descriptions, with a kernel of our own. */
static void test_rings_of_events_take_memory(void **state)
{
    limits.memory_per_event = 4 * 32;
    assert_int_equal(load("trace-events = <262144>; " VM("a", "1", "0", "0x2000000", "")), OK);
    assert_int_equal(vmconfig_memory(&set, &limits), 32 * MIB);
    archive.size = 0;
    assert_int_equal(load("trace-events = <524288>; " VM("a", "1", "0", "0x2000000", "")),
                     ERR_INVALID);
    assert_non_null(strstr(why.text, "x.dts: /a: memory"));
    assert_int_equal(vmconfig_memory(&set, &limits), 0);
}

static void test_what_the_packer_makes(void **state)
{
    static _Alignas(8) uint8_t bundle[16384];

    FILE *packer = popen("set -e; d=$(mktemp -d); trap 'rm -r $d' EXIT; mkdir $d/jitter; "
                         "echo kernel > $d/jitter/jitter.bin; "
                         "tools/bundle -b $d -o $d/out configs/jitter2.dts; cat $d/out",
                         "r");
    assert_non_null(packer);
    size_t size = fread(bundle, 1, sizeof(bundle), packer);
    assert_int_equal(pclose(packer), 0);

    limits.memory_available = UINT64_MAX;
    assert_int_equal(vmconfig_load(bundle, size, &limits, &set, &why), OK);
    assert_string_equal(set.source, "configs/jitter2.dts");
    assert_int_equal(set.vm_count, 1);
    assert_string_equal(set.vms[0].name, "jitter");
    assert_int_equal(set.vms[0].cpus, 2);
    assert_int_equal(set.vms[0].kernel.segments[0].file_size, 7);
    assert_memory_equal(set.vms[0].kernel.segments[0].data, "kernel\n", 7);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_two_vms),
        TEST(test_flash),
        TEST(test_harts),
        TEST(test_memory),
        TEST(test_manual),
        TEST(test_check_memory),
        TEST(test_shared_memory),
        TEST(test_too_little_memory),
        TEST(test_gstage),
        TEST(test_interrupts),
        TEST(test_images),
        TEST(test_description_that_is_not_aligned),
        TEST(test_no_memory_to_move_it),
        TEST(test_no_description),
        TEST(test_broken_bundle),
        TEST(test_rings_of_events_take_memory),
        TEST(test_what_the_packer_makes),
    };
    return cmocka_run_group_tests_name("axvmconfig/load", tests, NULL, NULL);
}
