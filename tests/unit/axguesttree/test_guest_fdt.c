/* A guest's device tree, read back with libfdt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <axguesttree/fdt_interrupts.h>
#include <axguesttree/guest_fdt.h>
#include <axguesttree/nodes.h>
#include <axvmconfig/layout.h>
#include <cmocka.h>
#include <lib/bits.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Alignas(8) uint8_t tree[262144];
static struct guest_isa isa;
static struct guest_fdt_input input;

/* As the table of devices has them. */
static void put_devices(struct fdt_writer *w, const struct guest_fdt_input *in, bool beside_soc)
{
    if (beside_soc) {
        fdt_put_flash(w, in);
        fdt_put_fw_cfg(w, in);
        return;
    }
    fdt_put_uart(w, in);
    fdt_put_controllers(w, in);
    fdt_put_models(w, in);
    fdt_put_given(w, in);
    fdt_put_pci(w, in);
    fdt_put_shared(w, in);
    fdt_put_virtio(w, in);
}

static int setup(void **state)
{
    static const char extensions[] = "i\0m\0a\0zicbom\0zicboz\0sstc";
    struct host_isa host = {.extensions = extensions, .extensions_size = sizeof(extensions)};

    assert_int_equal(guest_isa_filter(&host, GUEST_ISA_SSTC | GUEST_ISA_ZICBOM, &isa), OK);
    input = (struct guest_fdt_input){
        .model = "stillhart,virt",
        .models = BIT(GUEST_MODEL_TESTDEV) | BIT(GUEST_MODEL_RTC),
        .vcpu_count = 2,
        .timebase_frequency = 10000000,
        .isa = &isa,
        .mmu_type = "riscv,sv57",
        .cbom_block_size = 64,
        .cboz_block_size = 64,
        .ram_base = gpa(0x80000000),
        .ram_size = 0x140000000,
        .bootargs = "console=ttyS0",
        .ramdisk = gpa(0x1b0000000),
        .ramdisk_size = 0x1000001,
        .put_devices = put_devices,
    };
    for (uint32_t i = 0; i < GUEST_FDT_SEED_SIZE; i++)
        input.rng_seed[i] = (uint8_t)(i * 7);
    return 0;
}

static void build(void)
{
    size_t used = 0;

    memset(tree, 0xaa, sizeof(tree));
    assert_int_equal(guest_fdt_build(&input, tree, sizeof(tree), &used), OK);
    assert_int_equal(used, fdt_totalsize(tree));
    assert_int_equal(fdt_check_full(tree, used), 0);
}

static void expect_bytes(const char *path, const char *name, const void *value, size_t size)
{
    int length;
    const void *found = fdt_getprop(tree, fdt_path_offset(tree, path), name, &length);

    if (found == NULL || length != (int)size || memcmp(found, value, size) != 0)
        fail_msg("%s: %s: %d bytes: %.*s", path, name, length, length > 0 ? length : 0,
                 found != NULL ? (const char *)found : "");
}
#define EXPECT_STRING(path, name, value) expect_bytes(path, name, value, sizeof(value))

static void expect_cells(const char *path, const char *name, const uint32_t *value, size_t count)
{
    fdt32_t cells[64];

    assert_in_range(count, 0, 64);
    for (size_t i = 0; i < count; i++)
        cells[i] = cpu_to_fdt32(value[i]);
    expect_bytes(path, name, cells, count * sizeof(cells[0]));
}
#define EXPECT_CELLS(path, name, ...)                                                              \
    expect_cells(path, name, (const uint32_t[]){__VA_ARGS__},                                      \
                 sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static void expect_none(const char *path, const char *name)
{
    int node = fdt_path_offset(tree, path);

    assert_true(node >= 0);
    assert_null(fdt_getprop(tree, node, name, NULL));
}

/* The node that a property's cell refers to is the one at `path`. */
static void expect_phandle(const char *from, const char *name, size_t index, const char *path)
{
    int length;
    const fdt32_t *cells = fdt_getprop(tree, fdt_path_offset(tree, from), name, &length);

    assert_non_null(cells);
    assert_in_range(index, 0, (size_t)length / sizeof(*cells) - 1);
    int node = fdt_node_offset_by_phandle(tree, fdt32_ld(cells + index));
    assert_true(node >= 0);
    assert_int_equal(node, fdt_path_offset(tree, path));
}

static void test_root(void **state)
{
    build();
    EXPECT_STRING("/", "compatible", "riscv-virtio");
    EXPECT_STRING("/", "model", "stillhart,virt");
    EXPECT_CELLS("/", "#address-cells", 2);
    EXPECT_CELLS("/", "#size-cells", 2);
    EXPECT_STRING("/memory@80000000", "device_type", "memory");
    EXPECT_CELLS("/memory@80000000", "reg", 0, 0x80000000, 1, 0x40000000);
}

static void test_cpus(void **state)
{
    build();
    EXPECT_CELLS("/cpus", "timebase-frequency", 10000000);
    EXPECT_CELLS("/cpus", "#address-cells", 1);
    EXPECT_CELLS("/cpus", "#size-cells", 0);
    EXPECT_STRING("/cpus/cpu@0", "device_type", "cpu");
    EXPECT_STRING("/cpus/cpu@0", "compatible", "riscv");
    EXPECT_STRING("/cpus/cpu@0", "status", "okay");
    EXPECT_STRING("/cpus/cpu@0", "mmu-type", "riscv,sv57");
    EXPECT_STRING("/cpus/cpu@1", "riscv,isa-base", "rv64i");
    EXPECT_STRING("/cpus/cpu@1", "riscv,isa-extensions", "i\0m\0a\0zicbom\0sstc");
    EXPECT_STRING("/cpus/cpu@1", "riscv,isa", "rv64ima_zicbom_sstc");
    EXPECT_CELLS("/cpus/cpu@0", "reg", 0);
    EXPECT_CELLS("/cpus/cpu@1", "reg", 1);
    EXPECT_STRING("/cpus/cpu@1/interrupt-controller", "compatible", "riscv,cpu-intc");
    EXPECT_CELLS("/cpus/cpu@1/interrupt-controller", "#interrupt-cells", 1);
    expect_bytes("/cpus/cpu@1/interrupt-controller", "interrupt-controller", "", 0);
    expect_phandle("/cpus/cpu-map/cluster0/core1", "cpu", 0, "/cpus/cpu@1");
    assert_int_equal(fdt_path_offset(tree, "/cpus/cpu@2"), -FDT_ERR_NOTFOUND);
}

static void test_block_sizes_follow_the_extensions(void **state)
{
    build();
    EXPECT_CELLS("/cpus/cpu@0", "riscv,cbom-block-size", 64);
    expect_none("/cpus/cpu@0", "riscv,cboz-block-size"); /* Zicboz was not granted */
    expect_none("/cpus/cpu@0", "riscv,cbop-block-size");
    input.cbom_block_size = 0;
    build();
    expect_none("/cpus/cpu@0", "riscv,cbom-block-size");
}

static void test_chosen(void **state)
{
    build();
    EXPECT_STRING("/chosen", "stdout-path", "/soc/serial@10000000");
    EXPECT_STRING("/aliases", "serial0", "/soc/serial@10000000");
    EXPECT_STRING("/chosen", "bootargs", "console=ttyS0");
    EXPECT_CELLS("/chosen", "linux,initrd-start", 1, 0xb0000000);
    EXPECT_CELLS("/chosen", "linux,initrd-end", 1, 0xb1000001);
    expect_bytes("/chosen", "rng-seed", input.rng_seed, sizeof(input.rng_seed));
    input.ramdisk_size = 0;
    build();
    expect_none("/chosen", "linux,initrd-start");
    expect_none("/chosen", "linux,initrd-end");
}

static void test_plic(void **state)
{
    static const char plic[] = "/soc/plic@c000000";

    build();
    EXPECT_STRING(plic, "compatible", "sifive,plic-1.0.0\0riscv,plic0");
    EXPECT_CELLS(plic, "reg", 0, 0xc000000, 0, 0x600000);
    EXPECT_CELLS(plic, "riscv,ndev", 11); /* the RTC's is the last */
    EXPECT_CELLS(plic, "#interrupt-cells", 1);
    EXPECT_CELLS(plic, "#address-cells", 0);
    expect_bytes(plic, "interrupt-controller", "", 0);

    int length;
    const fdt32_t *contexts =
        fdt_getprop(tree, fdt_path_offset(tree, plic), "interrupts-extended", &length);
    assert_int_equal(length, 2 * 16);
    for (size_t cpu = 0; cpu < 2; cpu++) {
        char intc[64];
        snprintf(intc, sizeof(intc), "/cpus/cpu@%zu/interrupt-controller", cpu);
        expect_phandle(plic, "interrupts-extended", 4 * cpu, intc);
        assert_int_equal(fdt32_ld(contexts + 4 * cpu + 1), 0xffffffff);
        expect_phandle(plic, "interrupts-extended", 4 * cpu + 2, intc);
        assert_int_equal(fdt32_ld(contexts + 4 * cpu + 3), 9);
    }
}

/* What an APLIC and the interrupts of devices look like, with either way of delivery. */
static void expect_aplic(void)
{
    static const char aplic[] = "/soc/interrupt-controller@d000000";

    EXPECT_STRING(aplic, "compatible", "qemu,aplic\0riscv,aplic");
    EXPECT_CELLS(aplic, "reg", 0, 0xd000000, 0, 0x8000);
    EXPECT_CELLS(aplic, "riscv,num-sources", 11);
    EXPECT_CELLS(aplic, "#interrupt-cells", 2);
    EXPECT_CELLS(aplic, "#address-cells", 0);
    expect_bytes(aplic, "interrupt-controller", "", 0);
    EXPECT_CELLS("/soc/serial@10000000", "interrupts", 10, 4);
    EXPECT_CELLS("/soc/rtc@101000", "interrupts", 11, 4);
    expect_phandle("/soc/serial@10000000", "interrupt-parent", 0, aplic);
    expect_phandle("/soc/rtc@101000", "interrupt-parent", 0, aplic);
    assert_int_equal(fdt_path_offset(tree, "/soc/plic@c000000"), -FDT_ERR_NOTFOUND);
}

/* The supervisor external interrupt of both harts. */
static void expect_harts(const char *controller)
{
    int length;
    const fdt32_t *harts =
        fdt_getprop(tree, fdt_path_offset(tree, controller), "interrupts-extended", &length);

    assert_int_equal(length, 2 * 8);
    expect_phandle(controller, "interrupts-extended", 0, "/cpus/cpu@0/interrupt-controller");
    expect_phandle(controller, "interrupts-extended", 2, "/cpus/cpu@1/interrupt-controller");
    assert_int_equal(fdt32_ld(harts + 1), 9);
    assert_int_equal(fdt32_ld(harts + 3), 9);
}

static void test_aplic(void **state)
{
    input.controller = GUEST_HAS_APLIC;
    build();
    expect_aplic();
    expect_harts("/soc/interrupt-controller@d000000");
    expect_none("/soc/interrupt-controller@d000000", "msi-parent");
}

static void test_imsics(void **state)
{
    static const char imsics[] = "/soc/interrupt-controller@28000000";

    input.controller = GUEST_HAS_APLIC;
    input.imsic_identities = 255;
    build();
    expect_aplic();
    expect_none("/soc/interrupt-controller@d000000", "interrupts-extended");
    expect_phandle("/soc/interrupt-controller@d000000", "msi-parent", 0, imsics);
    EXPECT_STRING(imsics, "compatible", "qemu,imsics\0riscv,imsics");
    EXPECT_CELLS(imsics, "reg", 0, 0x28000000, 0, 0x2000);
    EXPECT_CELLS(imsics, "riscv,num-ids", 255);
    EXPECT_CELLS(imsics, "#interrupt-cells", 0);
    EXPECT_CELLS(imsics, "#msi-cells", 0);
    expect_bytes(imsics, "interrupt-controller", "", 0);
    expect_bytes(imsics, "msi-controller", "", 0);
    expect_none(imsics, "riscv,guest-index-bits");
    expect_harts(imsics);
}

static void test_devices(void **state)
{
    build();
    EXPECT_STRING("/soc", "compatible", "simple-bus");
    expect_bytes("/soc", "ranges", "", 0);
    EXPECT_CELLS("/soc", "#address-cells", 2);
    EXPECT_CELLS("/soc", "#size-cells", 2);

    EXPECT_STRING("/soc/serial@10000000", "compatible", "ns16550a");
    EXPECT_CELLS("/soc/serial@10000000", "reg", 0, 0x10000000, 0, 0x100);
    EXPECT_CELLS("/soc/serial@10000000", "clock-frequency", 3686400);
    EXPECT_CELLS("/soc/serial@10000000", "interrupts", 10);
    expect_phandle("/soc/serial@10000000", "interrupt-parent", 0, "/soc/plic@c000000");

    EXPECT_STRING("/soc/rtc@101000", "compatible", "google,goldfish-rtc");
    EXPECT_CELLS("/soc/rtc@101000", "reg", 0, 0x101000, 0, 0x1000);
    EXPECT_CELLS("/soc/rtc@101000", "interrupts", 11);
    expect_phandle("/soc/rtc@101000", "interrupt-parent", 0, "/soc/plic@c000000");

    assert_int_equal(fdt_path_offset(tree, "/soc/watchdog@6011000"), -FDT_ERR_NOTFOUND);
    EXPECT_STRING("/soc/test@100000", "compatible", "sifive,test1\0sifive,test0\0syscon");
    EXPECT_CELLS("/soc/test@100000", "reg", 0, 0x100000, 0, 0x1000);
    EXPECT_STRING("/poweroff", "compatible", "syscon-poweroff");
    EXPECT_CELLS("/poweroff", "value", 0x5555);
    EXPECT_CELLS("/poweroff", "offset", 0);
    expect_phandle("/poweroff", "regmap", 0, "/soc/test@100000");
    EXPECT_STRING("/reboot", "compatible", "syscon-reboot");
    EXPECT_CELLS("/reboot", "value", 0x7777);
    expect_phandle("/reboot", "regmap", 0, "/soc/test@100000");
}

static void test_phandles_are_unique(void **state)
{
    bool seen[256] = {false};

    input.vcpu_count = GUEST_FDT_MAX_VCPUS;
    build();
    for (int node = 0; node >= 0; node = fdt_next_node(tree, node, NULL)) {
        uint32_t phandle = fdt_get_phandle(tree, node);
        if (phandle == 0)
            continue;
        assert_in_range(phandle, 1, 255);
        assert_false(seen[phandle]);
        seen[phandle] = true;
    }
    expect_phandle("/soc/plic@c000000", "interrupts-extended", 4 * 63 + 2,
                   "/cpus/cpu@3f/interrupt-controller");
}

/* The largest tree fits in the room that axvmconfig keeps for it. */
static void test_largest(void **state)
{
    static char extensions[GUEST_ISA_SIZE];
    static char bootargs[4096];

    memset(bootargs, 'x', sizeof(bootargs) - 1);
    memset(isa.isa, 'x', sizeof(isa.isa) - 1);
    memcpy(isa.extensions, extensions, sizeof(extensions));
    isa.extensions_size = sizeof(extensions);
    input.bootargs = bootargs;
    input.vcpu_count = GUEST_FDT_MAX_VCPUS;
    size_t size = SIZE_2M;
    void *buffer = aligned_alloc(8, size);
    assert_int_equal(guest_fdt_build(&input, buffer, size, &size), OK);
    free(buffer);
}

/* Every smaller buffer is refused, and nothing is written beyond it. */
static void test_too_small(void **state)
{
    size_t used;

    build();
    size_t needed = fdt_totalsize(tree);
    for (size_t size = 0; size < needed; size += size < 128 ? 1 : 61) {
        uint8_t *buffer = malloc(size + 1); /* malloc(0) may give NULL */
        used = 12345;
        buffer[size] = 0xaa;
        assert_int_equal(guest_fdt_build(&input, buffer, size, &used), ERR_NO_MEMORY);
        assert_int_equal(used, 12345);
        assert_int_equal(buffer[size], 0xaa);
        free(buffer);
    }
}

/* Copied but for what refers to the host; the one with DMA is on a bus with dma-ranges. */
static void test_given_devices(void **state)
{
    static _Alignas(8) uint8_t host[4096];
    FILE *dtc = popen("echo '/dts-v1/; / { rtc@101000 { compatible = \"clock\"; color = <7>; "
                      "clocks = <1>; vdd-supply = <2>; pinctrl-0 = <3>; interrupts = <99>; "
                      "reg = <5>; phandle = <9>; }; disk@10001000 { compatible = \"disk\"; }; };' "
                      "| dtc -q -I dts -O dtb",
                      "r");
    assert_non_null(dtc);
    assert_true(fread(host, 1, sizeof(host), dtc) > 0);
    assert_int_equal(pclose(dtc), 0);
    struct guest_fdt_device devices[] = {
        {fdt_path_offset(host, "/rtc@101000"), gpa(0x101000), 0x1000, 11, false},
        {fdt_path_offset(host, "/disk@10001000"), gpa(0x10001000), 0x200, 0, true},
    };
    input.models = BIT(GUEST_MODEL_TESTDEV);
    input.ram_host = hpa(0xc0000000);
    input.tree = host;
    input.devices = devices;
    input.device_count = 2;
    build();
    static const uint32_t reg[] = {0, 0x101000, 0, 0x1000};
    static const uint32_t ranges[] = {0, 0xc0000000, 0, 0x80000000, 1, 0x40000000};
    expect_cells("/soc/rtc@101000", "reg", reg, 4);
    expect_cells("/soc/rtc@101000", "color", &(uint32_t){7}, 1);
    expect_cells("/soc/rtc@101000", "interrupts", &(uint32_t){11}, 1);
    static const char *const gone[] = {"clocks", "vdd-supply", "pinctrl-0", "phandle"};
    for (int i = 0; i < 4; i++)
        assert_null(fdt_getprop(tree, fdt_path_offset(tree, "/soc/rtc@101000"), gone[i], NULL));
    expect_cells("/soc/dma-bus", "dma-ranges", ranges, 6);
    int disk = fdt_path_offset(tree, "/soc/dma-bus/disk@10001000");
    assert_string_equal(fdt_getprop(tree, disk, "compatible", NULL), "disk");
    assert_null(fdt_getprop(tree, disk, "interrupts", NULL));
}

/* The nearest node that says it counts: the guest's tree has none of the host's buses. */
static void test_devices_that_are_not_coherent(void **state)
{
    static _Alignas(8) uint8_t host[4096];
    FILE *dtc = popen("echo '/dts-v1/; / { soc { dma-noncoherent; a { }; b { dma-coherent; }; "
                      "near { dma-coherent; c { }; d { dma-noncoherent; }; }; }; e { }; };' "
                      "| dtc -q -I dts -O dtb",
                      "r");
    assert_non_null(dtc);
    assert_true(fread(host, 1, sizeof(host), dtc) > 0);
    assert_int_equal(pclose(dtc), 0);
    static const struct {
        const char *host, *guest;
        bool noncoherent;
    } cases[] = {{"/soc/a", "/soc/dma-bus/a", true},
                 {"/soc/b", "/soc/dma-bus/b", false},
                 {"/soc/near/c", "/soc/dma-bus/c", false},
                 {"/soc/near/d", "/soc/dma-bus/d", true},
                 {"/e", "/soc/dma-bus/e", false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct guest_fdt_device device = {fdt_path_offset(host, cases[i].host), gpa(0x10001000),
                                          0x1000, 0, true};
        input.tree = host;
        input.devices = &device;
        input.device_count = 1;
        build();
        int node = fdt_path_offset(tree, cases[i].guest);
        assert_true(node >= 0);
        assert_int_equal(fdt_getprop(tree, node, "dma-noncoherent", NULL) != NULL,
                         cases[i].noncoherent);
    }
}

/* As many as there is use for: a kernel sets up each. */
static void test_sources_up_to_the_last(void **state)
{
    struct guest_fdt_device device = {0, gpa(0x10001000), 0x1000, 70, false};
    static _Alignas(8) uint8_t host[256];

    input.pci = (struct guest_fdt_pci){.window = gpa(0x40000000), .window_size = 0x40000000};
    build();
    EXPECT_CELLS("/soc/plic@c000000", "riscv,ndev", 35); /* its wires are 32 to 35 */
    input.shared_count = 2;
    build();
    EXPECT_CELLS("/soc/plic@c000000", "riscv,ndev", 41);
    assert_int_equal(fdt_create_empty_tree(host, sizeof(host)), 0);
    input.tree = host;
    input.devices = &device;
    input.device_count = 1;
    build();
    EXPECT_CELLS("/soc/plic@c000000", "riscv,ndev", 70);
    input.controller = GUEST_HAS_APLIC;
    build();
    EXPECT_CELLS("/soc/interrupt-controller@d000000", "riscv,num-sources", 70);
}

static void refuse(void)
{
    size_t used;

    assert_int_equal(guest_fdt_build(&input, tree, sizeof(tree), &used), ERR_INVALID);
    setup(NULL);
}

static void test_refused_input(void **state)
{
    size_t used;

    input.vcpu_count = 0;
    refuse();
    input.vcpu_count = GUEST_FDT_MAX_VCPUS + 1;
    refuse();
    input.timebase_frequency = 0;
    refuse();
    input.model = NULL;
    refuse();
    input.bootargs = NULL;
    refuse();
    input.isa = NULL;
    refuse();
    input.mmu_type = NULL;
    refuse();
    input.ram_size = 0;
    refuse();
    input.ramdisk = gpa(0x7ffff000);
    refuse();
    input.ramdisk = gpa(0x1bffff000);
    refuse();
    input.ramdisk_size = UINT64_MAX;
    refuse();
    assert_int_equal(guest_fdt_build(&input, tree + 4, sizeof(tree) - 4, &used), ERR_INVALID);
    assert_int_equal(guest_fdt_build(&input, tree, UINT64_C(1) << 32, &used), ERR_INVALID);
}

static void test_pci(void **state)
{
    static const char pci[] = "/soc/pci@30000000";
    build();
    assert_int_equal(fdt_path_offset(tree, pci), -FDT_ERR_NOTFOUND);
    input.pci = (struct guest_fdt_pci){.window = gpa(0x40000000), .window_size = 0x40000000};
    input.ram_host = hpa(0xc0000000);
    build();
    EXPECT_STRING(pci, "compatible", "pci-host-ecam-generic");
    EXPECT_CELLS(pci, "ranges", 0x02000000, 0, 0x40000000, 0, 0x40000000, 0, 0x40000000);
    EXPECT_CELLS(pci, "dma-ranges", 0x02000000, 0, 0xc0000000, 0, 0x80000000, 1, 0x40000000);
    assert_null(fdt_getprop(tree, fdt_path_offset(tree, pci), "msi-parent", NULL));
    input.pci.confined = true;
    build();
    assert_null(fdt_getprop(tree, fdt_path_offset(tree, pci), "dma-ranges", NULL));
    assert_null(fdt_getprop(tree, fdt_path_offset(tree, pci), "msi-parent", NULL));
    input.pci.msi = true;
    input.controller = GUEST_HAS_APLIC;
    input.imsic_identities = 255;
    build();
    expect_phandle(pci, "msi-parent", 0, "/soc/interrupt-controller@28000000");
}

/* What is empty is named only where the tree is to be whole: then as QEMU's tree names it. */
static void test_whole(void **state)
{
    static const char pci[] = "/soc/pci@30000000", last[] = "/soc/virtio_mmio@10008000";

    build();
    assert_int_equal(fdt_path_offset(tree, pci), -FDT_ERR_NOTFOUND);
    assert_int_equal(fdt_path_offset(tree, last), -FDT_ERR_NOTFOUND);
    assert_int_equal(fdt_path_offset(tree, "/flash@20000000"), -FDT_ERR_NOTFOUND);
    assert_int_equal(fdt_path_offset(tree, "/fw-cfg@10100000"), -FDT_ERR_NOTFOUND);
    input.whole = true;
    build();
    EXPECT_CELLS("/flash@20000000", "reg", 0, 0x20000000, 0, 0x2000000, 0, 0x22000000, 0,
                 0x2000000);
    EXPECT_STRING("/flash@20000000", "compatible", "cfi-flash");
    EXPECT_CELLS("/flash@20000000", "bank-width", 4);
    EXPECT_STRING("/fw-cfg@10100000", "compatible", "qemu,fw-cfg-mmio");
    EXPECT_CELLS("/fw-cfg@10100000", "reg", 0, 0x10100000, 0, 0x18);
    EXPECT_STRING(last, "compatible", "virtio,mmio");
    EXPECT_CELLS(last, "interrupts", 8);
    EXPECT_CELLS(pci, "reg", 0, 0x30000000, 0, 0x10000000);
    EXPECT_CELLS(pci, "bus-range", 0, 255);
    EXPECT_CELLS(pci, "ranges", 0x01000000, 0, 0, 0, 0x3000000, 0, 0x10000, 0x02000000, 0,
                 0x40000000, 0, 0x40000000, 0, 0x40000000, 0x03000000, 4, 0, 4, 0, 4, 0);
    expect_none(pci, "dma-ranges");
    expect_none("/chosen", "linux,pci-probe-only");
}

static void test_shared_memory(void **state)
{
    static const char pci[] = "/soc/pci@11000000";
    build();
    assert_int_equal(fdt_path_offset(tree, pci), -FDT_ERR_NOTFOUND);
    input.shared_count = 2;
    build();
    EXPECT_STRING(pci, "compatible", "pci-host-ecam-generic");
    EXPECT_STRING(pci, "device_type", "pci");
    EXPECT_CELLS(pci, "#address-cells", 3);
    EXPECT_CELLS(pci, "#size-cells", 2);
    EXPECT_CELLS(pci, "#interrupt-cells", 1);
    EXPECT_CELLS(pci, "reg", 0, 0x11000000, 0, 0x100000);
    EXPECT_CELLS(pci, "bus-range", 0, 0);
    EXPECT_CELLS(pci, "linux,pci-domain", 1);
    EXPECT_CELLS(pci, "ranges", 0x02000000, 0, 0x11100000, 0, 0x11100000, 0, 0x10000);
    EXPECT_CELLS(pci, "interrupt-map-mask", 0xf800, 0, 0, 7);
    expect_phandle(pci, "interrupt-map", 4, "/soc/plic@c000000");
    expect_phandle(pci, "interrupt-map", 10, "/soc/plic@c000000");
    uint32_t plic = fdt_get_phandle(tree, fdt_path_offset(tree, "/soc/plic@c000000"));
    EXPECT_CELLS(pci, "interrupt-map", 0x0800, 0, 0, 1, plic, 40, 0x1000, 0, 0, 1, plic, 41);
    input.shared_count = 9;
    size_t used;
    assert_int_equal(guest_fdt_build(&input, tree, sizeof(tree), &used), ERR_INVALID);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_root),
        TEST(test_cpus),
        TEST(test_block_sizes_follow_the_extensions),
        TEST(test_chosen),
        TEST(test_plic),
        TEST(test_aplic),
        TEST(test_imsics),
        TEST(test_devices),
        TEST(test_pci),
        TEST(test_whole),
        TEST(test_shared_memory),
        TEST(test_phandles_are_unique),
        TEST(test_largest),
        TEST(test_too_small),
        TEST(test_given_devices),
        TEST(test_devices_that_are_not_coherent),
        TEST(test_sources_up_to_the_last),
        TEST(test_refused_input),
    };
    return cmocka_run_group_tests_name("axvm/guest_fdt", tests, NULL, NULL);
}
