/* Descriptions: what is read, and the exact message for every mistake. */
#include "cmocka_all.h"
#include "dts.h"
#include <axvmconfig/description.h>
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

static struct dtb dtb;
static struct vm_set set;
static struct message why;

#define ROOT "compatible = \"stillhart,vms\"; source = \"x.dts\"; "
#define CPUS "cpus = <2>; "
#define HARTS "harts = <0 1>; "
#define MEMORY "memory = <0x0 0x20000000>; "
#define KERNEL "kernel = \"Image\"; "
#define VM CPUS HARTS MEMORY KERNEL

static enum err parse(const char *dts)
{
    dtb_compile(dts, &dtb);
    memset(&why, 0, sizeof(why));
    return description_parse(dtb.bytes, dtb.size, &set, &why);
}

/* The mistake `body` in the VM `linux` gives the message `text`. */
static void expect(const char *body, const char *text)
{
    char dts[6000];

    assert_in_range(snprintf(dts, sizeof(dts), "/ { " ROOT " linux { %s }; };", body), 1,
                    sizeof(dts) - 1);
    assert_int_equal(parse(dts), ERR_INVALID);
    assert_string_equal(why.text, text);
}

static void test_reads_all(void **state)
{
    assert_int_equal(
        parse("/ { " ROOT " trace = \"stop\"; trace-events = <65536>; linux { " VM
              " report; quiet = <90>; without = \"vmid\", \"free-wfi\"; ramdisk = \"initrd\"; "
              "bootargs = \"console=ttyS0\"; gstage = \"sv48x4\"; seed = <42>; "
              "interrupts = \"aplic\"; }; "
              "small { cpus = <1>; harts = <7>; memory = <0x1 0x200000>; "
              "kernel = \"k\"; }; };"),
        OK);
    assert_string_equal(set.source, "x.dts");
    assert_int_equal(set.vm_count, 2);

    const struct vm_config *vm = &set.vms[0];
    assert_string_equal(vm->name, "linux");
    assert_int_equal(vm->cpus, 2);
    assert_int_equal(vm->hart_count, 2);
    assert_int_equal(vm->harts[0], 0);
    assert_int_equal(vm->harts[1], 1);
    assert_int_equal(vm->memory, 0x20000000);
    assert_string_equal(vm->kernel_name, "Image");
    assert_string_equal(vm->ramdisk_name, "initrd");
    assert_string_equal(vm->bootargs, "console=ttyS0");
    assert_int_equal(vm->gstage, VM_GSTAGE_SV48X4);
    assert_int_equal(vm->interrupts, VM_INTERRUPTS_APLIC);
    assert_true(vm->has_seed);
    assert_int_equal(vm->seed, 42);
    assert_true(vm->report);
    assert_true(vm->quiet);
    assert_int_equal(vm->quiet_after, 90);
    assert_int_equal(vm->without, VM_VMID | VM_FREE_WFI);
    assert_int_equal(set.trace, VM_TRACE_STOP);
    assert_int_equal(set.trace_events, 65536);

    vm = &set.vms[1];
    assert_string_equal(vm->name, "small");
    assert_int_equal(vm->harts[0], 7);
    assert_int_equal(vm->memory, 0x100200000);
    assert_null(vm->ramdisk_name);
    assert_string_equal(vm->bootargs, "");
    assert_int_equal(vm->gstage, VM_GSTAGE_SV39X4);
    assert_int_equal(vm->interrupts, VM_INTERRUPTS_HOST);
    assert_false(vm->has_seed);
}

static void test_cpus(void **state)
{
    expect(HARTS MEMORY KERNEL, "x.dts: /linux: cpus is missing: every VM needs it");
    expect("cpus = <0>;" HARTS MEMORY KERNEL, "x.dts: /linux: cpus = <0>: expected 1 to 64");
    expect("cpus = <65>;" HARTS MEMORY KERNEL, "x.dts: /linux: cpus = <65>: expected 1 to 64");
    expect("cpus = \"two\";" HARTS MEMORY KERNEL,
           "x.dts: /linux: cpus = \"two\": expected one number, as in cpus = <2>");
    expect("cpus = <1 2>;" HARTS MEMORY KERNEL,
           "x.dts: /linux: cpus: has 8 bytes: expected one number, as in cpus = <2>");
    expect("cpus;" HARTS MEMORY KERNEL,
           "x.dts: /linux: cpus: has 0 bytes: expected one number, as in cpus = <2>");
}

static void test_harts(void **state)
{
    expect(CPUS MEMORY KERNEL, "x.dts: /linux: harts is missing: every VM needs it");
    expect(CPUS "harts = <0>;" MEMORY KERNEL, "x.dts: /linux: harts: names 1, but cpus = <2>: "
                                              "expected one hart for each vCPU");
    expect(CPUS "harts = <0 1 2>;" MEMORY KERNEL, "x.dts: /linux: harts: names 3, but cpus = <2>: "
                                                  "expected one hart for each vCPU");
    expect(CPUS "harts;" MEMORY KERNEL,
           "x.dts: /linux: harts: has 0 bytes: expected numbers, as in harts = <0 1>");
    expect(CPUS HARTS MEMORY KERNEL "rest;",
           "x.dts: /linux: rest: unknown property; expected one of: cpus harts memory kernel "
           "flash ramdisk bootargs gstage interrupts seed report with without quiet manual devices "
           "pci-devices unsafe-dma "
           "shared shared-read-only");
    expect(CPUS "harts = [00 01];" MEMORY KERNEL,
           "x.dts: /linux: harts: has 2 bytes: expected numbers, as in harts = <0 1>");

    expect(CPUS "harts = \"0 1\";" MEMORY KERNEL,
           "x.dts: /linux: harts = \"0 1\": expected numbers, as in harts = <0 1>");

    char many[1024] = CPUS MEMORY KERNEL "harts = <";
    for (int i = 0; i < 65; i++)
        strcat(many, "1 ");
    strcat(many, ">;");
    expect(many, "x.dts: /linux: harts: names 65 harts: expected at most 64");
}

static void test_memory(void **state)
{
    expect(CPUS HARTS KERNEL, "x.dts: /linux: memory is missing: every VM needs it");
    expect(
        CPUS HARTS KERNEL "memory = <0x20000000>;",
        "x.dts: /linux: memory: has 4 bytes: expected a size of two numbers, high and low, as in "
        "memory = <0x0 0x20000000>");
    expect(
        CPUS HARTS KERNEL "memory = \"512 MiB\";",
        "x.dts: /linux: memory = \"512 MiB\": expected a size of two numbers, high and low, as in "
        "memory = <0x0 0x20000000>");
    expect(CPUS HARTS KERNEL "memory = <0x0 0x0>;",
           "x.dts: /linux: memory = <0 0>: expected a multiple of 2 MiB (0x200000), not 0");
    expect(
        CPUS HARTS KERNEL "memory = <0x1 0x201000>;",
        "x.dts: /linux: memory = <0x1 0x201000>: expected a multiple of 2 MiB (0x200000), not 0");
}

static void test_flash(void **state)
{
    assert_int_equal(
        parse("/ { " ROOT " linux { " CPUS HARTS MEMORY "flash = \"code\", \"vars\"; }; };"), OK);
    assert_null(set.vms[0].kernel_name);
    assert_int_equal(set.vms[0].flash_count, 2);
    assert_string_equal(set.vms[0].flash[1].name, "vars");
    assert_int_equal(parse("/ { " ROOT " linux { " VM "flash = \"code\"; }; };"), OK);
    assert_int_equal(set.vms[0].flash_count, 1);
    expect(VM "flash = \"a\", \"b\", \"c\";",
           "x.dts: /linux: flash: names 3 files: expected at most 2");
    expect(VM "flash = \"a\", \"\";",
           "x.dts: /linux: flash = \"\": expected the name of a file in the bundle");
    expect(VM "flash = <1>;",
           "x.dts: /linux: flash: expected strings, as in flash = \"code.fd\", \"vars.fd\"");
    expect(VM "flash;",
           "x.dts: /linux: flash: expected strings, as in flash = \"code.fd\", \"vars.fd\"");
    expect(CPUS HARTS MEMORY "flash = \"a\"; ramdisk = \"r\";",
           "x.dts: /linux: ramdisk = \"r\": expected a kernel with it: what starts from flash "
           "finds its "
           "own");
}

static void test_strings(void **state)
{
    expect(CPUS HARTS MEMORY,
           "x.dts: /linux: kernel is missing: every VM needs it, or flash to start from");
    expect(CPUS HARTS MEMORY "kernel = \"\";",
           "x.dts: /linux: kernel = \"\": expected the name of a file in the bundle");
    expect(VM "ramdisk = \"\";",
           "x.dts: /linux: ramdisk = \"\": expected the name of a file in the bundle");
    expect(CPUS HARTS MEMORY "kernel = \"a\", \"b\";",
           "x.dts: /linux: kernel: expected one string, as in kernel = \"...\"");
    expect(CPUS HARTS MEMORY "kernel = [61 62];",
           "x.dts: /linux: kernel: expected one string, as in kernel = \"...\"");
    expect(CPUS HARTS MEMORY "kernel = <1>;",
           "x.dts: /linux: kernel: expected one string, as in kernel = \"...\"");
    expect(VM "bootargs;",
           "x.dts: /linux: bootargs: expected one string, as in bootargs = \"...\"");
    expect(VM "gstage = \"sv57x4\";",
           "x.dts: /linux: gstage = \"sv57x4\": expected \"sv39x4\" or \"sv48x4\"");
    expect(VM "gstage = <39>;",
           "x.dts: /linux: gstage: expected one string, as in gstage = \"...\"");
}

static void test_interrupts(void **state)
{
    expect(VM "interrupts = \"clint\";",
           "x.dts: /linux: interrupts = \"clint\": expected \"plic\", \"aplic\" or \"aia\"");
    expect(VM "interrupts = <10>;",
           "x.dts: /linux: interrupts: expected one string, as in interrupts = \"...\"");
}

static void test_seed(void **state)
{
    expect(VM "seed = <1 2>;",
           "x.dts: /linux: seed: has 8 bytes: expected one number, as in seed = <42>");
    expect(VM "seed = \"random\";",
           "x.dts: /linux: seed = \"random\": expected one number, as in seed = <42>");
    expect(VM "seed;", "x.dts: /linux: seed: has 0 bytes: expected one number, as in seed = <42>");
}

static void test_with(void **state)
{
    expect(VM "with;", "x.dts: /linux: with: expected strings, as in with = \"watchdog\"");
    expect(VM "with = \"watchdog\", \"clock\";",
           "x.dts: /linux: with: \"clock\": expected one of: \"watchdog\"");
    assert_int_equal(parse("/ { " ROOT " linux { " VM " with = \"watchdog\"; }; };"), OK);
    assert_int_equal(set.vms[0].with, 1 << GUEST_MODEL_WATCHDOG);
}

static void test_report_and_without(void **state)
{
    expect(VM "report = <1>;", "x.dts: /linux: report: has 4 bytes: expected none, as in report;");
    expect(VM "manual = <1>;", "x.dts: /linux: manual: has 4 bytes: expected none, as in manual;");
    expect(VM "without;", "x.dts: /linux: without: expected strings, as in without = \"vmid\", "
                          "\"superpages\"");
    expect(VM "without = [76];", "x.dts: /linux: without: expected strings, as in without = "
                                 "\"vmid\", \"superpages\"");
    expect(VM "without = \"vmid\", \"wfi\";",
           "x.dts: /linux: without: \"wfi\": expected \"vmid\", \"superpages\", \"fast-path\" or "
           "\"free-wfi\"");
}

static void test_quiet(void **state)
{
    static const char number[] = "expected none, or a number of seconds, as in quiet = <60>";
    char text[160];
    assert_int_equal(parse("/ { " ROOT " linux { " VM " quiet; }; };"), OK);
    assert_true(set.vms[0].quiet);
    assert_int_equal(set.vms[0].quiet_after, 0);
    snprintf(text, sizeof text, "x.dts: /linux: quiet: has 8 bytes: %s", number);
    expect(VM "quiet = <0 60>;", text);
    snprintf(text, sizeof text, "x.dts: /linux: quiet: has 3 bytes: %s", number);
    expect(VM "quiet = [00 00 3c];", text);
    expect(VM "quiet = [07 0a 00];", text); /* not printable */
    snprintf(text, sizeof text, "x.dts: /linux: quiet: has 1 bytes: %s", number);
    expect(VM "quiet = \"\";", text);
    snprintf(text, sizeof text, "x.dts: /linux: quiet = \"60\": %s", number);
    expect(VM "quiet = \"60\";", text);
    snprintf(text, sizeof text, "x.dts: /linux: quiet = \"yes\": %s",
             number); /* of a number's size */
    expect(VM "quiet = \"yes\";", text);
    expect(VM "quiet = <0>;", "x.dts: /linux: quiet = <0>: expected 1 to 86400, seconds after its "
                              "userspace's first system call");
    expect(VM "quiet = <86401>;", "x.dts: /linux: quiet = <86401>: expected 1 to 86400, seconds "
                                  "after its userspace's first system call");
}

static void test_long_bootargs(void **state)
{
    char body[5000] = VM "bootargs = \"";

    memset(body + strlen(body), 'x', VM_MAX_BOOTARGS + 1);
    strcat(body, "\";");
    expect(body, "x.dts: /linux: bootargs: has 4096 characters: expected at most 4095");
}

static void test_unknown_property(void **state)
{
    expect(VM "devices;",
           "x.dts: /linux: devices: expected strings, as in devices = \"/soc/rtc@101000\"");
    expect(VM "devices = \"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\", \"9\";",
           "x.dts: /linux: devices: names 9 devices: expected at most 8");
    expect(VM "pci-devices;",
           "x.dts: /linux: pci-devices: expected strings, as in pci-devices = \"00:03.0\"");
    expect(VM "pci-devices = \"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\", \"9\";",
           "x.dts: /linux: pci-devices: names 9 functions: expected at most 8");
    expect(VM "unsafe-dma = <1>;",
           "x.dts: /linux: unsafe-dma: has 4 bytes: expected none, as in unsafe-dma;");
    expect(VM "rmdisk = \"x\";",
           "x.dts: /linux: rmdisk: unknown property; expected one of: cpus "
           "harts memory kernel flash ramdisk bootargs gstage interrupts seed report with without "
           "quiet manual devices pci-devices unsafe-dma "
           "shared shared-read-only");
}

static void test_node_inside_a_vm(void **state)
{
    expect(VM "uart { };", "x.dts: /linux: uart: expected no node inside a VM");
}

static void expect_root(const char *dts, const char *text)
{
    assert_int_equal(parse(dts), ERR_INVALID);
    assert_string_equal(why.text, text);
}

static void test_root(void **state)
{
    expect_root("/ { source = \"x.dts\"; linux { " VM " }; };",
                "x.dts: /: compatible is missing: expected \"stillhart,vms\"");
    expect_root("/ { compatible = \"stillhart,vm\"; linux { " VM " }; };",
                "vms.dtb: /: compatible = \"stillhart,vm\": expected \"stillhart,vms\"");
    expect_root("/ { compatible = <1>; linux { " VM " }; };",
                "vms.dtb: /: compatible: expected one string, as in compatible = \"...\"");
    expect_root("/ { " ROOT " };", "x.dts: /: describes no VM: expected a node for each");
    expect_root("/ { " ROOT " version = <1>; };",
                "x.dts: /: version: unknown property; expected one of: compatible source trace "
                "trace-events escape");
    expect_root("/ { source = <1>; compatible = \"stillhart,vms\"; };",
                "vms.dtb: /: source: expected one string, as in source = \"...\"");
    expect_root("/ { " ROOT " trace = \"all\"; linux { " VM " }; };",
                "x.dts: /: trace = \"all\": expected \"overwrite\" or \"stop\"");
    expect_root("/ { " ROOT " trace-events = <255>; linux { " VM " }; };",
                "x.dts: /: trace-events = <255>: expected a power of two from 256 to 1048576");
    expect_root("/ { " ROOT " trace-events = <1000>; linux { " VM " }; };",
                "x.dts: /: trace-events = <1000>: expected a power of two from 256 to 1048576");
    expect_root("/ { " ROOT " trace-events = <2097152>; linux { " VM " }; };",
                "x.dts: /: trace-events = <2097152>: expected a power of two from 256 to 1048576");
    expect_root("/ { " ROOT " trace-events = <0 256>; linux { " VM " }; };",
                "x.dts: /: trace-events: has 8 bytes: expected a number, as in trace-events = "
                "<65536>");
    expect_root(
        "/ { " ROOT " escape = \"^M\"; linux { " VM " }; };",
        "x.dts: /: escape = \"^M\": expected \"^A\" to \"^_\" but not ^J ^M ^[, or \"none\"");
    expect_root(
        "/ { " ROOT " escape = \"^aa\"; linux { " VM " }; };",
        "x.dts: /: escape = \"^aa\": expected \"^A\" to \"^_\" but not ^J ^M ^[, or \"none\"");
    expect_root("/ { " ROOT " escape = <1>; linux { " VM " }; };",
                "x.dts: /: escape: expected one string, as in escape = \"...\"");
    expect_root("/ { " ROOT " trace; linux { " VM " }; };",
                "x.dts: /: trace: expected one string, as in trace = \"...\"");
}

static void test_names(void **state)
{
#define LONGEST "a123456789-123456789-123456789x"
    expect_root("/ { " ROOT " 0 { " VM " }; };",
                "x.dts: /0: name = \"0\": expected a letter first, and at most 31 characters");
    expect_root("/ { " ROOT " _a { " VM " }; };",
                "x.dts: /_a: name = \"_a\": expected a letter first, and at most 31 characters");
    expect_root("/ { " ROOT " " LONGEST "y { " VM " }; };",
                "x.dts: /" LONGEST "y: name = \"" LONGEST
                "y\": expected a letter first, and at most 31 characters");
    assert_int_equal(parse("/ { " ROOT " " LONGEST " { " VM " }; };"), OK);
    assert_string_equal(set.vms[0].name, LONGEST);
    assert_int_equal(parse("/ { " ROOT " Z { " VM " }; };"), OK);
}

static void test_too_many_vms(void **state)
{
    char dts[20000] = "/ { " ROOT;

    for (int i = 0; i <= VM_MAX; i++)
        sprintf(dts + strlen(dts), "vm%d { " VM " }; ", i);
    strcat(dts, "};");
    expect_root(dts, "x.dts: /vm64: is one VM too many: expected at most 64");
}

/* dtc can't write these; another tool can. */
static void make_twice(const char *second_node, const char *second_property)
{
    static const char name[] = "x.dts";

    assert_int_equal(fdt_create(dtb.bytes, sizeof(dtb.bytes)), 0);
    assert_int_equal(fdt_finish_reservemap(dtb.bytes), 0);
    fdt_begin_node(dtb.bytes, "");
    fdt_property_string(dtb.bytes, "compatible", "stillhart,vms");
    fdt_property(dtb.bytes, "source", name, sizeof(name));
    for (int i = 0; i < 2; i++) {
        fdt_begin_node(dtb.bytes, i == 0 ? "a" : second_node);
        fdt_property_u32(dtb.bytes, "cpus", 1);
        fdt_property_u32(dtb.bytes, second_property, 1);
        fdt_property_u64(dtb.bytes, "memory", 0x200000);
        fdt_property_string(dtb.bytes, "kernel", "k");
        fdt_end_node(dtb.bytes);
    }
    fdt_end_node(dtb.bytes);
    assert_int_equal(fdt_finish(dtb.bytes), 0);
    dtb.size = fdt_totalsize(dtb.bytes);
}

static void test_twice(void **state)
{
    make_twice("b", "harts");
    assert_int_equal(description_parse(dtb.bytes, dtb.size, &set, &why), OK);
    make_twice("a", "harts");
    assert_int_equal(description_parse(dtb.bytes, dtb.size, &set, &why), ERR_INVALID);
    assert_string_equal(why.text,
                        "x.dts: /a: there are two nodes of this name: expected another for each");
    make_twice("b", "cpus");
    assert_int_equal(description_parse(dtb.bytes, dtb.size, &set, &why), ERR_INVALID);
    assert_string_equal(why.text, "x.dts: /a: cpus: is there twice: expected once");
}

static void test_no_device_tree(void **state)
{
    assert_int_equal(parse("/ { " ROOT " linux { " VM " }; };"), OK);
    assert_int_equal(description_parse(dtb.bytes, dtb.size - 1, &set, &why), ERR_FORMAT);
    assert_string_equal(why.text, "vms.dtb: is no device tree: FDT_ERR_TRUNCATED");
    dtb.bytes[0] = 0;
    assert_int_equal(description_parse(dtb.bytes, dtb.size, &set, &why), ERR_FORMAT);
    assert_string_equal(why.text, "vms.dtb: is no device tree: FDT_ERR_BADMAGIC");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_all),
        cmocka_unit_test(test_cpus),
        cmocka_unit_test(test_harts),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_flash),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_interrupts),
        cmocka_unit_test(test_seed),
        cmocka_unit_test(test_with),
        cmocka_unit_test(test_report_and_without),
        cmocka_unit_test(test_quiet),
        cmocka_unit_test(test_long_bootargs),
        cmocka_unit_test(test_unknown_property),
        cmocka_unit_test(test_node_inside_a_vm),
        cmocka_unit_test(test_root),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_too_many_vms),
        cmocka_unit_test(test_twice),
        cmocka_unit_test(test_no_device_tree),
    };
    return cmocka_run_group_tests_name("axvmconfig/description", tests, NULL, NULL);
}
