/* Devices that VMs are given: what is found in the machine's tree, and each reason against it. */
#include <devices.h>
#include "cmocka_all.h"
#include "dts.h"
#include <lib/bits.h>
#include <stdio.h>
#include <string.h>

#define DMA_REFUSED                                                                                \
    "can access all memory, since no IOMMU stands before it: expected another device, or "         \
    "unsafe-dma; in this VM"
#define NOT_THERE "this machine has no such device: expected a path or an alias in its device tree"
#define NO_DEVICE "is no device: expected a node with compatible and reg that the harts reach"

static const char machine[] =
    "/ { #address-cells = <2>; #size-cells = <2>;"
    "aliases { clock = \"/soc/rtc@101000\"; };"
    "chosen { stdout-path = \"/soc/serial@10000000\"; };"
    "memory@80000000 { device_type = \"memory\"; reg = <0 0x80000000 0 0x40000000>; };"
    "cpus { #address-cells = <1>; #size-cells = <0>; cpu@0 { device_type = \"cpu\"; reg = <0>;"
    "  intc: interrupt-controller { compatible = \"riscv,cpu-intc\"; interrupt-controller;"
    "  #interrupt-cells = <1>; }; }; };"
    "soc { #address-cells = <2>; #size-cells = <2>; compatible = \"simple-bus\"; ranges;"
    "  interrupt-parent = <&plic>;"
    "  plic: plic@c000000 { compatible = \"sifive,plic-1.0.0\"; reg = <0 0xc000000 0 0x600000>;"
    "    riscv,ndev = <95>; interrupts-extended = <&intc 9>; interrupt-controller;"
    "    #interrupt-cells = <1>; };"
    "  rtc@101000 { compatible = \"google,goldfish-rtc\"; reg = <0 0x101000 0 0x1000>;"
    "    interrupts = <11>; };"
    "  serial@10000000 { compatible = \"ns16550a\"; reg = <0 0x10000000 0 0x100>;"
    "    interrupts = <10>; };"
    "  serial@10010000 { compatible = \"ns16550a\"; reg = <0 0x10010000 0 0x100>;"
    "    interrupts = <12>; };"
    "  half@10020000 { compatible = \"ns16550a\"; reg = <0 0x10020000 0 0x100>; };"
    "  half@10020800 { compatible = \"ns16550a\"; reg = <0 0x10020800 0 0x100>; };"
    "  disk@10001000 { compatible = \"virtio,mmio\"; reg = <0 0x10001000 0 0x1000>;"
    "    interrupts = <1>; };"
    "  off@10002000 { compatible = \"ns16550a\"; reg = <0 0x10002000 0 0x1000>;"
    "    status = \"disabled\"; };"
    "  two@10003000 { compatible = \"ns16550a\"; reg = <0 0x10003000 0 0x1000>;"
    "    interrupts = <3 1>; };"
    "  own@100000 { compatible = \"ns16550a\"; reg = <0 0x100000 0 0x1000>; };"
    "  high@180000000 { compatible = \"ns16550a\"; reg = <1 0x80000000 0 0x1000>; };"
    "  none { compatible = \"ns16550a\"; };"
    "  moved { #address-cells = <1>; #size-cells = <1>; ranges = <0 0 0x20000000 0x10000>;"
    "    dma-ranges = <0x40000000 0 0x80000000 0x40000000>; interrupt-parent = <&plic>;"
    "    disk@1000 { compatible = \"virtio,mmio\"; reg = <0x1000 0x1000>; interrupts = <20>; };"
    "    serial@2000 { compatible = \"ns16550a\"; reg = <0x2000 0x1000>; interrupts = <21>; };"
    "  };"
    "}; };";

static struct dtb tree;
static struct hardware hardware;
static const struct vm_taken_range taken = {
    {0x100000}, 0x1000, "test device", .place = VM_PLACE_OWN};
static struct host_limits limits;
static struct vm_set set;
static struct message why;

static int setup(void **state)
{
    dtb_compile(machine, &tree);
    limits = (struct host_limits){
        .tree = tree.bytes, .hardware = &hardware, .taken = &taken, .taken_count = 1};
    set = (struct vm_set){.source = "x.dts", .vm_count = 2};
    set.vms[0] = (struct vm_config){.name = "a", .memory = 0x10000000};
    set.vms[1] = (struct vm_config){.name = "b", .memory = 0x200000000};
    return hardware_probe(&hardware, tree.bytes) == OK ? 0 : -1;
}

static void give(struct vm_config *vm, const char *path)
{
    vm->devices[vm->device_count++].path = path;
}

static void expect(struct vm_config *vm, const char *path, const char *reason)
{
    char text[MESSAGE_SIZE];
    snprintf(text, sizeof text, "x.dts: /%s: devices = \"%s\": %s", vm->name, path, reason);
    give(vm, path);
    assert_int_equal(devices_check(&set, &limits, vm, &why), ERR_INVALID);
    assert_string_equal(why.text, text);
    vm->device_count--;
}

static void what_is_found(void **state)
{
    struct vm_config *vm = &set.vms[0];
    vm->unsafe_dma = true;
    give(vm, "clock");
    give(vm, "/soc/serial@10010000");
    give(vm, "/soc/disk@10001000");
    assert_int_equal(devices_check(&set, &limits, vm, &why), OK);
    assert_int_equal(vm->devices[0].host.base.a, 0x101000);
    assert_int_equal(vm->devices[0].host.size, 0x1000);
    assert_int_equal(vm->devices[0].host.irq.source, 11);
    assert_false(vm->devices[0].host.dma);
    assert_int_equal(vm->devices[1].host.base.a, 0x10010000); /* a second UART */
    assert_int_equal(vm->devices[1].host.size, 0x100);
    assert_int_equal(vm->devices[1].host.irq.source, 12);
    assert_false(vm->devices[1].host.dma);
    assert_true(vm->devices[2].host.dma);
}

static void what_is_no_device_to_give(void **state)
{
    struct vm_config *a = &set.vms[0];
    expect(a, "/soc/rtc@1", NOT_THERE);
    expect(a, "watch", NOT_THERE);
    expect(a, "", NOT_THERE);
    expect(a, "/soc", NO_DEVICE);
    expect(a, "/soc/none", NO_DEVICE);
    expect(a, "/memory@80000000", NO_DEVICE);
    expect(a, "/cpus/cpu@0", NO_DEVICE);
    expect(a, "/soc/off@10002000",
           "is disabled on this machine: expected a device whose status is okay");
    expect(a, "/soc/serial@10000000",
           "is the host's own: expected a device that the host does not use");
    expect(a, "/soc/plic@c000000",
           "is the host's own: expected a device that the host does not use");
    expect(a, "/soc/two@10003000",
           "has several blocks of registers or interrupts: expected one of each at most");
    expect(a, "/soc/half@10020000",
           "shares a page of registers: expected a device with its own, not with half@10020800");
    expect(a, "/soc/disk@10001000", DMA_REFUSED);
    expect(a, "/soc/moved/disk@1000",
           "sees memory at other addresses than the harts, or not all of it: expected buses whose "
           "dma-ranges change nothing");
}

/* Its registers are where the harts find them; what does not access memory needs no dma-ranges. */
static void what_lies_below_a_bus_that_translates(void **state)
{
    struct vm_config *vm = &set.vms[0];
    give(vm, "/soc/moved/serial@2000");
    assert_int_equal(devices_check(&set, &limits, vm, &why), OK);
    assert_int_equal(vm->devices[0].host.base.a, 0x20002000);
    assert_int_equal(vm->devices[0].host.irq.source, 21);
}

static void whose_it_is(void **state)
{
    give(&set.vms[0], "/soc/rtc@101000");
    assert_int_equal(devices_check(&set, &limits, &set.vms[0], &why), OK);
    expect(&set.vms[0], "clock", "is named twice: expected each device once");
    expect(&set.vms[1], "clock", "expected another device: it is already assigned, to /a");
}

static void expect_place(struct vm_config *vm, const char *path, const char *reason)
{
    char text[MESSAGE_SIZE];
    snprintf(text, sizeof text, "x.dts: /%s: devices = \"%s\": %s", vm->name, path, reason);
    give(vm, path);
    assert_int_equal(devices_check(&set, &limits, vm, &why), OK);
    assert_int_equal(places_check(&set, &limits, vm, &why), ERR_INVALID);
    assert_string_equal(why.text, text);
    vm->device_count--;
}

static void where_it_lies(void **state)
{
    expect_place(&set.vms[0], "/soc/own@100000",
                 "expected another device: it lies where every VM has its own test device");
    expect_place(&set.vms[1], "/soc/high@180000000",
                 "expected another device, or less memory: it lies where the VM has its memory");
    give(&set.vms[0], "/soc/high@180000000"); /* that one has less */
    assert_int_equal(devices_check(&set, &limits, &set.vms[0], &why), OK);
    assert_int_equal(places_check(&set, &limits, &set.vms[0], &why), OK);
}

static void edges(void **state)
{
    hardware.irqchip = IRQCHIP_IMSIC; /* whose tree has two cells for an interrupt */
    hardware.aplic.phandle = hardware.plic.phandle;
    expect(&set.vms[0], "/soc/two@10003000", "has an interrupt that is an edge: expected a level");
    hardware.aplic.phandle++;
    expect(&set.vms[0], "clock",
           "has an interrupt at a controller that the host does not drive: expected one at the "
           "host's PLIC or APLIC");
}

static const struct pci_function functions[] = {
    /* 00:03.0, and 00:07.0 on the same wire */
    {.id = 0x18, .irq = {1, 35, IRQ_LEVEL_HIGH}, .behind_iommu = true},
    {.id = 0x38, .irq = {1, 35, IRQ_LEVEL_HIGH}, .behind_iommu = true},
    /* 00:04.0, and 00:04.1 without an interrupt */
    {.id = 0x20, .irq = {1, 32, IRQ_LEVEL_HIGH}, .behind_iommu = true},
    {.id = 0x21, .behind_iommu = true},
    /* 00:01.0 and 00:02.0, which the IOMMU does not stand before */
    {.id = 0x08},
    {.id = 0x10, .is_iommu = true},
};
static const char dma[] =
    "can access all memory, since no IOMMU stands before it: expected a machine with one, or "
    "unsafe-dma; in this VM";

static void give_pci(struct vm_config *vm, const char *name)
{
    vm->pci[vm->pci_count++].name = name;
}

static void expect_pci(struct vm_config *vm, const char *name, const char *reason)
{
    char text[MESSAGE_SIZE];
    snprintf(text, sizeof text, "x.dts: /%s: pci-devices = \"%s\": %s", vm->name, name, reason);
    give_pci(vm, name);
    assert_int_equal(pci_devices_check(&set, &limits, vm, &why), ERR_INVALID);
    assert_string_equal(why.text, text);
    vm->pci_count--;
}

static void pci_functions_to_give(void **state)
{
    struct vm_config *a = &set.vms[0], *b = &set.vms[1];
    expect_pci(a, "00:03.0", "this machine has no such function; it has: none");
    limits.functions = functions;
    limits.function_count = 4;
    expect_pci(a, "00:03.0", dma);
    limits.iommu = true;
    static const char none[] =
        "this machine has no such function; it has: 00:03.0 00:07.0 00:04.0 00:04.1";
    static const char form[] =
        "expected the form of \"00:03.0\": bus 00, device 00 to 1f, function "
        "0 to 7";
    static const char *const malformed[] = {"foo",     "",        "0:3.0",   "0000:00:03.0",
                                            "01:00.0", "00:0A.0", "00:20.0", "00:03.8"};
    for (size_t i = 0; i < ARRAY_SIZE(malformed); i++)
        expect_pci(a, malformed[i], form);
    expect_pci(a, "00:1f.7", none);
    expect_pci(a, "00:05.0", none);
    expect_pci(a, "00:04.1", "expected this VM to have also 00:04.0");
    give_pci(a, "00:03.0");
    give_pci(a, "00:07.0");
    assert_int_equal(pci_devices_check(&set, &limits, a, &why), OK);
    assert_ptr_equal(a->pci[1].function, &functions[1]);
    expect_pci(a, "00:03.0", "is named twice: expected each function once");
    expect_pci(b, "00:07.0", "expected another function: it is already assigned, to /a");
    a->pci_count = 1;
    expect_pci(b, "00:07.0",
               "has its interrupt on one wire with 00:03.0 of /a: expected one in "
               "another slot");
    give_pci(b, "00:04.0");
    give_pci(b, "00:04.1");
    assert_int_equal(pci_devices_check(&set, &limits, b, &why), OK);
    limits.iommu = false;
    b->unsafe_dma = true;
    assert_int_equal(pci_devices_check(&set, &limits, b, &why), OK);
}

/* Some have the IOMMU before them, some don't, and one is it. */
static void pci_functions_and_the_iommu(void **state)
{
    struct vm_config *a = &set.vms[0];
    limits.functions = functions;
    limits.function_count = 6;
    limits.iommu = true;
    static const char own[] =
        "is an IOMMU, the host's own: expected a function that it does not use";
    expect_pci(a, "00:02.0", own);
    expect_pci(a, "00:01.0", dma);
    a->unsafe_dma = true;
    expect_pci(a, "00:02.0", own);
    give_pci(a, "00:01.0");
    assert_int_equal(pci_devices_check(&set, &limits, a, &why), OK);
    expect_pci(a, "00:03.0",
               "expected all functions of a VM behind the IOMMU, or none: it is not as 00:01.0");
    limits.iommu = false; /* it does not work, and so stands before none */
    expect_pci(a, "00:02.0", own);
    give_pci(a, "00:03.0");
    assert_int_equal(pci_devices_check(&set, &limits, a, &why), OK);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_found),
        TEST(what_is_no_device_to_give),
        TEST(what_lies_below_a_bus_that_translates),
        TEST(whose_it_is),
        TEST(where_it_lies),
        TEST(edges),
        TEST(pci_functions_to_give),
        TEST(pci_functions_and_the_iommu),
    };
    return cmocka_run_group_tests_name("axvmconfig/devices", tests, NULL, NULL);
}
