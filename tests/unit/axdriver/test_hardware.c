/* What is found in device trees, as they are and with mistakes in them. */
#include "tree_file.h"
#include <axdriver/hardware.h>
#include <axhal/csr_bits.h>
#include <libfdt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CONSOLE "/soc/serial@10000000"
#define PLIC1 "/soc/plic@1c000000"
#define APLIC_S "/soc/interrupt-controller@d000000"
#define IMSIC_S "/soc/interrupt-controller@28000000"

static struct hardware probe(const void *fdt)
{
    struct hardware hw;
    assert_int_equal(hardware_probe(&hw, fdt), OK);
    return hw;
}

static uint32_t target(const struct hardware *hw, const struct irq_targets *targets, uint64_t id)
{
    uint32_t index;
    assert_int_equal(hardware_target(hw, targets, IRQ_SEI, id, &index), OK);
    return index;
}

static void console_uart(void **state)
{
    void *fdt = tree_open("plic");
    struct hardware hw = probe(fdt);
    assert_true(hw.has_uart);
    assert_int_equal(hw.uart.base.a, 0x10000100);
    assert_int_equal(hw.uart.size, 0xf00);
    assert_int_equal(hw.uart.reg_shift, 2);
    assert_int_equal(hw.uart.io_width, 4);
    assert_int_equal(hw.uart.irq.controller, fdt_get_phandle(fdt, tree_node_at(fdt, PLIC1)));
    assert_int_equal(hw.uart.irq.source, 10);
    assert_int_equal(hw.uart.irq.trigger, IRQ_LEVEL_HIGH);
}

static void software_interrupts(void **state)
{
    void *fdt = tree_open("plic");
    struct hardware hw = probe(fdt);
    uint32_t index;
    assert_int_equal(hw.sswi.base.a, 0x2f00000);
    assert_int_equal(hw.sswi.size, 0x4000);
    assert_int_equal(hardware_target(&hw, &hw.sswi.targets, IRQ_SSI, 9, &index), OK);
    assert_int_equal(index, 2);
    assert_int_equal(hardware_target(&hw, &hw.sswi.targets, IRQ_SSI, 10, &index), ERR_NOT_FOUND);
    tree_set_text(fdt, "/soc/sswi@2f00000", "status", "disabled");
    assert_int_equal(probe(fdt).sswi.size, 0);
}

static void first_uart_without_stdout_path(void **state)
{
    void *fdt = tree_open("plic");
    tree_remove(fdt, "/chosen", "stdout-path");
    struct hardware hw = probe(fdt);
    assert_true(hw.has_uart);
    assert_int_equal(hw.uart.base.a, 0x20000000);
    assert_int_equal(hw.uart.reg_shift, 0);
    assert_int_equal(hw.uart.io_width, 1);
    assert_int_equal(hw.uart.irq.source, 3);
    assert_int_equal(hw.plic.base.a, 0x0c000000); /* the one that this UART is wired to */
    tree_set_text(fdt, "/soc/serial@20000000", "status", "disabled");
    hw = probe(fdt);
    assert_int_equal(hw.uart.base.a, 0x10000100);
}

/* Another device that stdout-path names is not replaced by some UART. */
static void console_that_is_not_ours(void **state)
{
    void *fdt = tree_open("plic");
    tree_set_text(fdt, "/chosen", "stdout-path", "/soc/plic@c000000");
    assert_false(probe(fdt).has_uart);
    assert_string_equal(probe(fdt).unknown_console, "sifive,plic-1.0.0");
    tree_set_text(fdt, "/chosen", "stdout-path", "/soc/nothing");
    assert_null(probe(fdt).unknown_console);
}

/* T-Head's and Andes' have the same registers, and a second cell for an interrupt. */
static void plics_of_other_makers(void **state)
{
    void *fdt = tree_open("plic");
    tree_set_text(fdt, PLIC1, "compatible", "thead,c900-plic");
    assert_int_equal(probe(fdt).plic.base.a, 0x1c000000);
    assert_int_equal(probe(fdt).plic.interrupt_cells, 1);
    tree_set_text(fdt, PLIC1, "compatible", "andestech,nceplic100");
    tree_set_cell(fdt, PLIC1, "#interrupt-cells", 2);
    struct hardware hw = probe(fdt);
    assert_int_equal(hw.plic.base.a, 0x1c000000);
    assert_int_equal(hardware_interrupt_cells(&hw), 2);
}

static void forms_of_stdout_path(void **state)
{
    static const struct {
        const char *path;
        bool found;
    } cases[] = {
        {"/soc/serial@10000000", true},
        {"/soc/serial@10000000:115200", true},
        {"/soc/serial@1000000", false},
        {"/soc/serial@10000000/x", false},
        {"/soc", false},
        {"/", false},
        {"", false},
        {":115200", false},
        {"console", true},
        {"consol", false},
        {"soc/serial@10000000", false},
        {"/a/path/that/is/longer/than/any/that/was/seen/in/a/device/tree/and/longer/than/the/room/"
         "that/there/is/for/one/in/the/driver/of/the/console",
         false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        void *fdt = tree_open("plic");
        tree_set_text(fdt, "/chosen", "stdout-path", cases[i].path);
        assert_int_equal(probe(fdt).has_uart, cases[i].found);
    }
    void *fdt = tree_open("plic");
    tree_set_text(fdt, "/chosen", "stdout-path", "/soc/serial"); /* any unit address: the first */
    assert_int_equal(probe(fdt).uart.base.a, 0x20000000);
    tree_set_text(fdt, "/chosen", "stdout-path", "console");
    assert_int_equal(fdt_del_node(fdt, tree_node_at(fdt, "/aliases")), 0);
    assert_false(probe(fdt).has_uart);
}

static void other_addresses(void **state)
{
    void *fdt = tree_open("plic");
    struct hardware hw = probe(fdt);
    assert_int_equal(hw.rtc.a, 0x101000);
    tree_set_text(fdt, "/soc/rtc@101000", "status", "disabled");
    hw = probe(fdt);
    assert_int_equal(hw.rtc.a, 0);
}

static void uarts_that_cannot_be_driven(void **state)
{
    static const struct {
        const char *name;
        uint32_t value;
    } cases[] = {
        {"reg-io-width", 2}, {"reg-shift", 5},         {"reg-offset", 0xff0},
        {"reg", 0},          {"reg-offset", 0xf00000}, {"reg-io-width", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        void *fdt = tree_open("plic");
        tree_set_cell(fdt, CONSOLE, cases[i].name, cases[i].value);
        assert_false(probe(fdt).has_uart);
    }
    void *fdt = tree_open("plic");
    tree_remove(fdt, CONSOLE, "reg");
    assert_false(probe(fdt).has_uart);
    fdt = tree_open("plic");
    tree_set_cell(fdt, "/soc", "#address-cells", 3);
    assert_false(probe(fdt).has_uart);
    fdt = tree_open("plic");
    tree_remove(fdt, CONSOLE, "interrupts");
    struct hardware hw = probe(fdt);
    assert_true(hw.has_uart); /* it can still send */
    assert_int_equal(hw.uart.irq.source, 0);
}

/* Behind a bus that translates, or none at all, or a disabled one, an address is not a hart's. */
static void buses(void **state)
{
    void *fdt = tree_open("plic");
    const fdt32_t ranges[6] = {0};
    assert_int_equal(fdt_setprop(fdt, tree_node_at(fdt, "/soc"), "ranges", ranges, sizeof ranges),
                     0);
    struct hardware hw = probe(fdt);
    assert_false(hw.has_uart);
    assert_int_equal(hw.irqchip, IRQCHIP_NONE);
    fdt = tree_open("plic");
    tree_remove(fdt, "/soc", "ranges");
    assert_int_equal(probe(fdt).irqchip, IRQCHIP_NONE);
    fdt = tree_open("plic");
    tree_set_text(fdt, "/soc", "status", "disabled");
    assert_int_equal(probe(fdt).irqchip, IRQCHIP_NONE);
}

static void plic_of_the_console(void **state)
{
    struct hardware hw = probe(tree_open("plic"));
    uint32_t index;
    assert_int_equal(hw.irqchip, IRQCHIP_PLIC);
    assert_int_equal(hw.plic.base.a, 0x1c000000);
    assert_int_equal(hw.plic.size, 0x600000);
    assert_int_equal(hw.plic.sources, 53);
    assert_int_equal(hw.plic.targets.count, 4);
    assert_int_equal(target(&hw, &hw.plic.targets, 9), 1);
    assert_int_equal(target(&hw, &hw.plic.targets, 5), 2);
    assert_int_equal(target(&hw, &hw.plic.targets, 10), 3);
    assert_int_equal(hardware_target(&hw, &hw.plic.targets, IRQ_SEI, 2, &index), ERR_NOT_FOUND);
    assert_int_equal(hardware_target(&hw, &hw.plic.targets, IRQ_SEI, 77, &index), ERR_NOT_FOUND);
}

static void plic_with_masked_machine_contexts(void **state)
{
    void *fdt = tree_open("plic");
    tree_set_text(fdt, PLIC1, "status", "disabled");
    struct hardware hw = probe(fdt);
    assert_int_equal(hw.plic.base.a, 0x0c000000);
    assert_int_equal(target(&hw, &hw.plic.targets, 2), 1);
    assert_int_equal(target(&hw, &hw.plic.targets, 5), 3);
    assert_int_equal(target(&hw, &hw.plic.targets, 9), 5);
}

static void plic_for_machine_mode_only(void **state)
{
    void *fdt = tree_open("plic");
    const fdt32_t m_only[2] = {cpu_to_fdt32(1), cpu_to_fdt32(11)};
    const char *const plics[] = {PLIC1, "/soc/plic@c000000"};
    for (int i = 0; i < 2; i++)
        assert_int_equal(fdt_setprop(fdt, tree_node_at(fdt, plics[i]), "interrupts-extended",
                                     m_only, sizeof m_only),
                         0);
    assert_int_equal(probe(fdt).irqchip, IRQCHIP_NONE);
    for (int i = 0; i < 2; i++)
        tree_remove(fdt, plics[i], "interrupts-extended");
    assert_int_equal(probe(fdt).irqchip, IRQCHIP_NONE);
}

static void aplic_and_imsic(void **state)
{
    void *fdt = tree_open("aia");
    struct hardware hw = probe(fdt);
    assert_int_equal(hw.irqchip, IRQCHIP_IMSIC);
    assert_int_equal(hw.aplic.base.a, 0x0d000000); /* the console's, though not the first */
    assert_int_equal(hw.aplic.size, 0x8000);
    assert_int_equal(hw.aplic.sources, 96);
    assert_int_equal(hw.uart.irq.controller, hw.aplic.phandle);
    assert_int_equal(hw.uart.irq.source, 10);
    assert_int_equal(hw.uart.irq.trigger, IRQ_LEVEL_HIGH);
    assert_int_equal(hw.imsic.ids, 255);
    assert_int_equal(hw.imsic.guest_ids, 255); /* as many, where the tree does not say */
    assert_int_equal(hw.imsic.guest_index_bits, 2);
    assert_int_equal(hw.imsic.hart_index_bits, 1);
    assert_int_equal(hw.imsic.group_index_bits, 1);
    assert_int_equal(hw.imsic.group_index_shift, 24);
    tree_set_cell(fdt, IMSIC_S, "riscv,num-guest-ids", 63);
    assert_int_equal(probe(fdt).imsic.ids, 255);
    assert_int_equal(probe(fdt).imsic.guest_ids, 63);
}

static void interrupt_files(void **state)
{
    struct hardware hw = probe(tree_open("aia"));
    const uint64_t expected[] = {0x28000000, 0x28004000, 0x29000000, 0x29004000};
    hpa_t file;
    for (uint64_t hart = 0; hart < 4; hart++) {
        assert_int_equal(imsic_file(&hw.imsic, target(&hw, &hw.imsic.targets, hart), &file), OK);
        assert_int_equal(file.a, expected[hart]);
    }
    assert_int_equal(imsic_file(&hw.imsic, 4, &file), ERR_RANGE);
    assert_int_equal(imsic_file(&hw.imsic, UINT32_MAX, &file), ERR_RANGE);
    hw.imsic.regs[1].size = 0x800; /* less than a page */
    assert_int_equal(imsic_file(&hw.imsic, 2, &file), ERR_RANGE);
}

static void imsic_defaults(void **state)
{
    static const char *const optional[] = {"riscv,guest-index-bits", "riscv,hart-index-bits",
                                           "riscv,group-index-bits", "riscv,group-index-shift"};
    void *fdt = tree_open("aia");
    for (size_t i = 0; i < 4; i++)
        tree_remove(fdt, IMSIC_S, optional[i]);
    struct hardware hw = probe(fdt);
    assert_int_equal(hw.imsic.guest_index_bits, 0);
    assert_int_equal(hw.imsic.hart_index_bits, 2); /* four harts */
    assert_int_equal(hw.imsic.group_index_bits, 0);
    assert_int_equal(hw.imsic.group_index_shift, 24);
}

static void incomplete_aia(void **state)
{
    void *fdt = tree_open("aia");
    tree_set_text(fdt, IMSIC_S, "status", "disabled");
    assert_int_equal(probe(fdt).irqchip, IRQCHIP_NONE);
    fdt = tree_open("aia");
    tree_remove(fdt, APLIC_S, "msi-parent"); /* direct delivery; the other one can do MSIs */
    assert_int_equal(probe(fdt).aplic.base.a, 0x0d008000);
    fdt = tree_open("aia");
    tree_set_cell(fdt, IMSIC_S, "riscv,guest-index-bits", 7);
    assert_int_equal(probe(fdt).irqchip, IRQCHIP_NONE);
}

static void not_a_tree(void **state)
{
    struct hardware hw;
    uint64_t zeros[16] = {0};
    assert_int_equal(hardware_probe(&hw, zeros), ERR_FORMAT);
    void *fdt = tree_open("plic");
    fdt_set_version(fdt, 16);
    assert_int_equal(hardware_probe(&hw, fdt), ERR_FORMAT);
}

/* Each word of the structure block in turn is something else; nothing beyond the tree is read,
 * which the sanitizers see. */
static void broken_trees(void **state)
{
    static const uint32_t words[] = {0, 1, 2, 3, 4, 9, 0x7fffffff, 0xfffffffc, 0xffffffff};
    void *source = tree_open("aia");
    assert_int_equal(fdt_pack(source), 0);
    size_t size = fdt_totalsize(source), refused = 0;
    for (size_t at = 0; at < fdt_size_dt_struct(source); at += 4) {
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
            struct hardware hw;
            char *fdt = malloc(size);
            memcpy(fdt, source, size);
            fdt32_st(fdt + fdt_off_dt_struct(fdt) + at, words[i]);
            enum err err = hardware_probe(&hw, fdt);
            assert_true(err == OK || err == ERR_FORMAT);
            refused += err == ERR_FORMAT;
            free(fdt);
        }
    }
    assert_true(refused > fdt_size_dt_struct(source) / 4); /* tokens, sizes, name offsets */
}

/* The block ends in the middle of something, or without its end. */
static void truncated_trees(void **state)
{
    void *source = tree_open("plic");
    assert_int_equal(fdt_pack(source), 0);
    uint32_t size = fdt_size_dt_struct(source);
    for (uint32_t cut = 4; cut <= size; cut += 4) {
        struct hardware hw;
        fdt_set_size_dt_struct(source, size - cut);
        assert_int_equal(hardware_probe(&hw, source), ERR_FORMAT);
    }
    fdt_set_size_dt_struct(source, size);
    fdt_set_size_dt_strings(source, fdt_size_dt_strings(source) - 1); /* the last has no end */
    struct hardware hw;
    assert_int_equal(hardware_probe(&hw, source), ERR_FORMAT);
}

static void deep_tree(void **state)
{
    void *fdt = tree_open("plic");
    int node = tree_node_at(fdt, "/soc");
    for (int depth = 0; depth < 20; depth++)
        node = fdt_add_subnode(fdt, node, "bus");
    assert_true(node > 0);
    assert_true(probe(fdt).has_uart);
}

static void pci_and_iommu(void **state)
{
    void *fdt = tree_open("pci");
    struct hardware hw = probe(fdt);
    assert_int_equal(hw.iommu.kind, IOMMU_PLATFORM);
    assert_int_equal(hw.iommu.base.a, 0x3010000);
    assert_int_equal(hw.iommu.irq.source, 36); /* the first wire */
    assert_int_equal(hw.pci.ecam.a, 0x30000000);
    assert_int_equal(hw.pci.window.a, 0x40000000); /* the one that is the same on both sides */
    assert_int_equal(hw.pci.window_size, 0x10000000);
    for (uint32_t id = 0; id < 256; id++)
        assert_true(hardware_is_behind_iommu(&hw, id));
    struct wired_irq irq = hardware_pci_irq(&hw, 0x18, 1);
    assert_int_equal(irq.source, 35);
    assert_int_equal(irq.controller, hw.plic.phandle);
    assert_int_equal(hardware_pci_irq(&hw, 0x38, 2).source, 32); /* slot 7 is as slot 3 */
    assert_int_equal(hardware_pci_irq(&hw, 0x07, 1).source, 32); /* whatever the function */
    assert_int_equal(hardware_pci_irq(&hw, 0x18, 3).source, 0);
    assert_int_equal(hardware_pci_irq(&hw, 0x08, 1).source, 0);
    tree_set_text(fdt, "/soc/iommu@3010000", "status", "disabled");
    hw = probe(fdt);
    assert_int_equal(hw.iommu.kind, IOMMU_NONE);
    assert_false(hardware_is_behind_iommu(&hw, 0x18));
}

#define PCI "/soc/pci@30000000"
#define PCI_IOMMU PCI "/iommu@10"

/* The one of the map, though another comes first in the tree. It does not stand before itself. */
static void iommu_that_is_a_function(void **state)
{
    const void *fdt = tree_open("pci_iommu");
    struct hardware hw = probe(fdt);
    assert_int_equal(hw.iommu.kind, IOMMU_PCI);
    assert_int_equal(hw.iommu.function, 0x10);
    assert_int_equal(hw.iommu.phandle, fdt_get_phandle(fdt, tree_node_at(fdt, PCI_IOMMU)));
    assert_int_equal(hw.iommu.irq.source, 0);
    for (uint32_t id = 0; id < 256; id++)
        assert_int_equal(hardware_is_behind_iommu(&hw, id), id != 0x10);
}

/* Only the platform's is left, which the map does not name; that of the other bridge is not ours.
 */
static void expect_unconfined(const void *fdt)
{
    struct hardware hw = probe(fdt);
    assert_int_equal(hw.iommu.kind, IOMMU_PLATFORM);
    assert_int_equal(hw.iommu.phandle, 7);
    for (uint32_t id = 0; id < 256; id++)
        assert_false(hardware_is_behind_iommu(&hw, id));
}

static void iommu_function_that_is_not_there(void **state)
{
    void *fdt = tree_open("pci_iommu");
    tree_set_text(fdt, PCI_IOMMU, "status", "disabled");
    expect_unconfined(fdt);
    fdt = tree_open("pci_iommu");
    tree_set_text(fdt, PCI_IOMMU, "compatible", "riscv,another");
    expect_unconfined(fdt);
    fdt = tree_open("pci_iommu");
    tree_set_cell(fdt, PCI_IOMMU, "reg", 0x11000); /* on bus 1 */
    expect_unconfined(fdt);
    fdt = tree_open("pci_iommu");
    tree_remove(fdt, PCI_IOMMU, "reg");
    expect_unconfined(fdt);
}

/* A function that the IOMMU knows by another id than we do; entries that are cut off. */
static void maps_of_another_kind(void **state)
{
    void *fdt = tree_open("pci_iommu");
    uint32_t phandle = fdt_get_phandle(fdt, tree_node_at(fdt, PCI_IOMMU));
    const fdt32_t map[] = {cpu_to_fdt32(0x18), cpu_to_fdt32(phandle), cpu_to_fdt32(0x118),
                           cpu_to_fdt32(8),    cpu_to_fdt32(0x20),    cpu_to_fdt32(phandle),
                           cpu_to_fdt32(0x20), cpu_to_fdt32(8),       cpu_to_fdt32(0x40),
                           cpu_to_fdt32(7),    cpu_to_fdt32(0x40),    cpu_to_fdt32(8),
                           cpu_to_fdt32(0x80), cpu_to_fdt32(phandle), cpu_to_fdt32(0x80)};
    assert_int_equal(fdt_setprop(fdt, tree_node_at(fdt, PCI), "iommu-map", map, sizeof map), 0);
    struct hardware hw = probe(fdt);
    assert_int_equal(hw.iommu.kind, IOMMU_PLATFORM); /* the first that the map names */
    for (uint32_t id = 0; id < 256; id++)
        assert_int_equal(hardware_is_behind_iommu(&hw, id), id >= 0x40 && id < 0x48);
    tree_set_text(fdt, "/soc/iommu@3010000", "status", "disabled");
    hw = probe(fdt);
    assert_int_equal(hw.iommu.kind, IOMMU_PCI);
    for (uint32_t id = 0; id < 256; id++)
        assert_int_equal(hardware_is_behind_iommu(&hw, id), id >= 0x20 && id < 0x28);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(console_uart),
        cmocka_unit_test(software_interrupts),
        cmocka_unit_test(first_uart_without_stdout_path),
        cmocka_unit_test(console_that_is_not_ours),
        cmocka_unit_test(plics_of_other_makers),
        cmocka_unit_test(forms_of_stdout_path),
        cmocka_unit_test(other_addresses),
        cmocka_unit_test(uarts_that_cannot_be_driven),
        cmocka_unit_test(buses),
        cmocka_unit_test(plic_of_the_console),
        cmocka_unit_test(plic_with_masked_machine_contexts),
        cmocka_unit_test(plic_for_machine_mode_only),
        cmocka_unit_test(aplic_and_imsic),
        cmocka_unit_test(interrupt_files),
        cmocka_unit_test(imsic_defaults),
        cmocka_unit_test(incomplete_aia),
        cmocka_unit_test(not_a_tree),
        cmocka_unit_test(broken_trees),
        cmocka_unit_test(truncated_trees),
        cmocka_unit_test(deep_tree),
        cmocka_unit_test(pci_and_iommu),
        cmocka_unit_test(iommu_that_is_a_function),
        cmocka_unit_test(iommu_function_that_is_not_there),
        cmocka_unit_test(maps_of_another_kind),
    };
    return cmocka_run_group_tests_name("axdriver hardware", tests, NULL, NULL);
}
