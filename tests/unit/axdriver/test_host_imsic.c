/* The APLIC and IMSIC drivers over recorded registers; the CSRs are arch/fake's. */
#include "fake_host.h"
#include "tree_file.h"
#include <axdriver/guest_file.h>
#include <axdriver/guest_wire.h>
#include <axdriver/irqchip.h>
#include <axhal/arch/csr.h>
#include <axhal/csr_bits.h>
#include <lib/sbi.h>
#include <libfdt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define APLIC UINT64_C(0x0d000000)
#define APLIC_PATH "/soc/interrupt-controller@d000000"
/* Registers, in words. */
#define DOMAINCFG 0
#define SOURCECFG(source) (source)
#define SETIP(word) (0x1c00 / 4 + (word))
#define SETIPNUM (0x1cdc / 4)
#define CLRIPNUM (0x1ddc / 4)
#define SETIENUM (0x1edc / 4)
#define IN_CLRIP (0x1d00 / 4)
#define CLRIE (0x1f00 / 4)
#define CLRIENUM (0x1fdc / 4)
#define TARGET(source) (0x3000 / 4 + (source))

static uint32_t registers[0x4000 / 4]; /* of the APLIC: what was written last */
static bool msi_mode_works;            /* else domaincfg.DM stays 0 */
static uint32_t not_delegated;         /* a source whose sourcecfg stays 0 */
static uint64_t message_to, message;   /* the last write elsewhere */
static uint32_t runs;
static const void *fdt;
static uint32_t controller;

static uint64_t read_register(uint64_t at, unsigned width)
{
    assert_int_equal(width, 4);
    assert_true(range_inside(at, 4, APLIC, 0x4000));
    return registers[(at - APLIC) / 4];
}

static void write_register(uint64_t at, unsigned width, uint64_t value)
{
    assert_int_equal(width, 4);
    if (!range_inside(at, 4, APLIC, 0x4000)) {
        message_to = at;
        message = value;
        return;
    }
    uint64_t word = (at - APLIC) / 4;
    if (word == DOMAINCFG)
        value = 0x80000000 | (msi_mode_works ? value : value & ~UINT64_C(4));
    if (not_delegated != 0 && word == SOURCECFG(not_delegated))
        value = 0;
    registers[word] = (uint32_t)value;
}

static void handler(void *context)
{
    assert_int_equal(registers[SETIPNUM], 0); /* not sent again before it is quiet */
    runs++;
}

/* The steps below follow one another: a machine has one controller, initialized once. */
static int start(void **state)
{
    const uint64_t harts[] = {2, 3, 0};
    fake_host_start(harts, 3);
    host.read = read_register;
    host.write = write_register;
    fdt = tree_open("aia");
    controller = fdt_get_phandle(fdt, tree_node_at(fdt, APLIC_PATH));
    return 0;
}

static int forget_mappings(void **state)
{
    host.mapped_count = 0;
    return 0;
}

static void machine_without_msi_mode(void **state)
{
    msi_mode_works = false;
    assert_int_equal(irqchip_init(fdt), ERR_UNSUPPORTED);
    assert_string_equal(host.log, "APLIC at 0xd000000: domaincfg.DM stays 0; expected MSI delivery "
                                  "mode");
    assert_null(host.external_handler);
    assert_null(host.send_ipi);
    msi_mode_works = true;
}

static void no_memory_to_map(void **state)
{
    host.map_result = ERR_NO_MEMORY;
    assert_int_equal(irqchip_init(fdt), ERR_NO_MEMORY);
    assert_string_equal(host.log, "IMSIC of hart 2: no memory to map it");
    host.map_result = OK;
}

static void hart_without_a_file(void **state)
{
    host.harts[1].id = 7;
    assert_int_equal(irqchip_init(fdt), ERR_UNSUPPORTED);
    assert_string_equal(host.log, "IMSIC: the device tree has no supervisor-level interrupt file "
                                  "for hart 7");
    host.harts[1].id = 3;
}

static void init(void **state)
{
    assert_int_equal(irqchip_init(fdt), OK);
    assert_int_equal(registers[DOMAINCFG], 0x80000104); /* IE and DM */
    for (uint32_t word = 0; word <= 3; word++)
        assert_int_equal(registers[CLRIE + word], UINT32_MAX);
    irqchip_hart_init();
    assert_true(host.external_enabled);
    assert_int_equal(fake_csr.siselect, 0x70); /* delivery is opened last */
    assert_int_equal(fake_csr.sireg, 1);
    assert_int_equal(fake_csr.hgeie, 0);                  /* it was only probed */
    assert_int_equal(host.mapped[0].size, 4 * PAGE_SIZE); /* with its guest files */
}

/* Of fake CSRs every bit sticks: as many as riscv,guest-index-bits can number, after hart 2's. */
static void guest_files(void **state)
{
    const struct hart *hart = hart_by_id(2);
    assert_int_equal(guest_file_identities(), 255);
    for (uint32_t number = 1; number <= 3; number++)
        assert_int_equal(guest_file_take(hart), number);
    assert_int_equal(guest_file_take(hart), 0);
    assert_int_equal(guest_file_take(hart_by_id(3)), 0); /* it has not looked for them */
    guest_file_give_back(hart, 2);
    assert_int_equal(guest_file_take(hart), 2);
    hpa_t page = guest_file_page(hart, 2);
    guest_file_send(hart, 2, 77);
    assert_int_equal(message_to, page.a);
    assert_int_equal(message, 77);
    assert_int_equal(host.send_ipi(hart_by_id(2)),
                     SBI_SUCCESS); /* its own file, two pages before */
    assert_int_equal(message_to, page.a - 2 * PAGE_SIZE);
}

static void sources_that_are_not_ours(void **state)
{
    struct wired_irq irq = {controller, 10, IRQ_LEVEL_HIGH};
    not_delegated = 10;
    assert_int_equal(irqchip_enable(&irq, 1, handler, NULL), ERR_NOT_FOUND);
    not_delegated = 0;
    irq.trigger = (enum irq_trigger)3;
    assert_int_equal(irqchip_enable(&irq, 1, handler, NULL), ERR_NOT_FOUND);
    irq = (struct wired_irq){controller, 97, IRQ_LEVEL_HIGH};
    assert_int_equal(irqchip_enable(&irq, 1, handler, NULL), ERR_NOT_FOUND);
    assert_int_equal(registers[SETIENUM], 0);
}

/* To hart 3: number 1 in group 1. The level is sent again if it is still high. */
static void level_triggered(void **state)
{
    struct wired_irq irq = {controller, 10, IRQ_LEVEL_HIGH};
    assert_int_equal(irqchip_enable(&irq, 1, handler, NULL), OK);
    assert_int_equal(registers[SOURCECFG(10)], 6);
    assert_int_equal(registers[TARGET(10)], 3 << 18 | 2);
    assert_int_equal(registers[SETIENUM], 10);
    assert_int_equal(registers[SETIPNUM], 10); /* it may have been high already */
    registers[SETIPNUM] = 0;
    fake_csr.stopei = 2 << 16 | 2;
    host.external_handler(); /* hart 2's: sent for the last owner of the number */
    assert_int_equal(runs, 0);
    assert_int_equal(registers[SETIPNUM], 0);
    fake_host_run_on(1);
    fake_csr.stopei = 2 << 16 | 2;
    host.external_handler();
    assert_int_equal(runs, 1);
    assert_int_equal(registers[SETIPNUM], 10);
    assert_int_equal(fake_csr.stopei, 0);
    registers[SETIPNUM] = 0;
}

/* To hart 0: number 0 in group 0. An edge is never sent again. */
static void edge_triggered(void **state)
{
    struct wired_irq irq = {controller, 11, IRQ_EDGE_RISING};
    assert_int_equal(irqchip_enable(&irq, 2, handler, NULL), OK);
    assert_int_equal(registers[SOURCECFG(11)], 4);
    assert_int_equal(registers[TARGET(11)], 0 << 18 | 3);
    fake_host_run_on(2);
    fake_csr.stopei = 3 << 16 | 3;
    assert_false(irqchip_handle_external());
    assert_int_equal(runs, 2);
    assert_int_equal(registers[SETIPNUM], 0);
}

static void held_source(void **state)
{
    struct wired_irq irq = {controller, 12, IRQ_LEVEL_HIGH};
    assert_int_equal(irqchip_enable_held(&irq, 1, handler, NULL), OK);
    registers[SETIPNUM] = 0;
    fake_host_run_on(1);
    fake_csr.stopei = 4 << 16 | 4;
    assert_false(irqchip_handle_external());
    assert_int_equal(runs, 3);
    assert_false(irqchip_is_active(&irq));
    registers[IN_CLRIP] = 1 << 12;
    assert_true(irqchip_is_active(&irq));
    assert_int_equal(registers[SETIPNUM], 0);
    irqchip_complete(&irq);
    assert_int_equal(registers[SETIPNUM], 12);
    irqchip_disable(&irq);
    assert_false(irqchip_is_active(&irq));
    assert_int_equal(registers[SOURCECFG(12)], 0);
    registers[SETIPNUM] = 0;
    irqchip_complete(&irq); /* it has no owner any longer */
    assert_int_equal(registers[SETIPNUM], 0);
}

/* To hart 3's file; the APLIC has no part in it. */
static void messages_of_devices(void **state)
{
    struct irq_message sent;
    memset(registers, 0, sizeof registers);
    assert_int_equal(irqchip_enable_message(3, handler, NULL, &sent), ERR_NOT_FOUND);
    assert_int_equal(irqchip_enable_message(1, handler, NULL, &sent), OK);
    assert_int_equal(sent.address.a, 0x29004000);
    assert_int_equal(sent.data, 4);
    fake_csr.stopei = 4 << 16 | 4;
    assert_false(irqchip_handle_external());
    assert_int_equal(runs, 4);
    for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++)
        assert_int_equal(registers[i], 0);
}

/* To guest file 3 of hart 3, which is number 1 in group 1. The wire is low while it is active. */
static void wire_to_a_guest_file(void **state)
{
    struct wired_irq wire = {controller, 40, IRQ_LEVEL_LOW};
    struct guest_wire_route to = {
        .mode = 6, .enabled = false, .hart = hart_by_id(3), .file = 3, .identity = 99};
    registers[SETIENUM] = 0;
    guest_wire_route(&wire, &to); /* it is not open */
    assert_int_equal(registers[SOURCECFG(40)], 0);
    assert_int_equal(guest_wire_open(&wire), OK);
    assert_int_equal(guest_wire_open(&wire), ERR_EXISTS);
    assert_int_equal(registers[SOURCECFG(40)], 0);
    guest_wire_route(&wire, &to);
    assert_int_equal(registers[SOURCECFG(40)], 7);
    assert_int_equal(registers[SETIPNUM], 40); /* it may be low already */
    assert_int_equal(registers[CLRIENUM], 40);
    assert_int_equal(registers[SETIENUM], 0);
    to.enabled = true;
    registers[SETIPNUM] = 0;
    guest_wire_route(&wire, &to);
    assert_int_equal(registers[TARGET(40)], 3 << 18 | 3 << 12 | 99);
    assert_int_equal(registers[SETIENUM], 40);
    assert_int_equal(registers[SETIPNUM], 0);
    to.mode = 4;
    guest_wire_route(&wire, &to);
    assert_int_equal(registers[SOURCECFG(40)], 5);
    assert_int_equal(registers[SETIPNUM], 0); /* an edge is not to be made up */
    to.mode = 1;
    guest_wire_route(&wire, &to);
    assert_int_equal(registers[SOURCECFG(40)], 1);
    to.mode = 0;
    guest_wire_route(&wire, &to);
    assert_int_equal(registers[SOURCECFG(40)], 0);
    to.mode = 7;
    guest_wire_route(&wire, &to);
    guest_wire_close(&wire);
    assert_int_equal(registers[SOURCECFG(40)], 0);
    guest_wire_route(&wire, &to);
    assert_int_equal(registers[SOURCECFG(40)], 0);
    registers[SETIPNUM] = 0;
}

static void wire_that_pends(void **state)
{
    struct wired_irq wire = {controller, 40, IRQ_LEVEL_HIGH};
    registers[CLRIPNUM] = 0;
    for (int open = 0; open <= 1; open++) {
        if (open)
            assert_int_equal(guest_wire_open(&wire), OK);
        guest_wire_pend(&wire, true);
        guest_wire_pend(&wire, false);
        assert_int_equal(registers[SETIPNUM], open ? 40 : 0);
        assert_int_equal(registers[CLRIPNUM], open ? 40 : 0);
        registers[SETIP(1)] = 1 << 8;
        registers[IN_CLRIP + 1] = 0;
        assert_int_equal(guest_wire_is_pending(&wire), open);
        assert_false(guest_wire_is_active(&wire));
        registers[SETIP(1)] = 0;
        registers[IN_CLRIP + 1] = 1 << 8;
        assert_int_equal(guest_wire_is_active(&wire), open);
        assert_false(guest_wire_is_pending(&wire));
    }
    guest_wire_close(&wire);
    registers[SETIPNUM] = 0;
}

static void wires_that_are_not_ours(void **state)
{
    struct wired_irq wire = {controller + 1, 40, IRQ_LEVEL_HIGH};
    assert_int_equal(guest_wire_open(&wire), ERR_NOT_FOUND);
    wire = (struct wired_irq){controller, 97, IRQ_LEVEL_HIGH};
    assert_int_equal(guest_wire_open(&wire), ERR_NOT_FOUND);
    wire.source = 0;
    assert_int_equal(guest_wire_open(&wire), ERR_NOT_FOUND);
    wire.source = UINT32_MAX;
    assert_int_equal(guest_wire_open(&wire), ERR_NOT_FOUND);
    guest_wire_close(&wire);
    wire.source = not_delegated = 40;
    assert_int_equal(guest_wire_open(&wire), ERR_NOT_FOUND);
    not_delegated = 0;
    guest_wire_close(&wire);
}

static void messages_that_no_driver_asked_for(void **state)
{
    const uint64_t stray[] = {5, 9, 10, 255, 2047};
    for (size_t i = 0; i < 5; i++) {
        fake_csr.stopei = stray[i] << 16 | stray[i];
        assert_false(irqchip_handle_external());
        assert_int_equal(fake_csr.stopei, 0);
    }
    assert_int_equal(runs, 4);
}

static void ipis(void **state)
{
    fake_csr.stopei = 1 << 16 | 1;
    assert_true(irqchip_handle_external());
    assert_false(irqchip_handle_external());
    assert_int_equal(host.send_ipi(hart_by_id(3)), SBI_SUCCESS);
    assert_int_equal(message_to, 0x29004000);
    assert_int_equal(message, 1);
    assert_int_equal(host.send_ipi(hart_by_id(0)), SBI_SUCCESS);
    assert_int_equal(message_to, 0x28000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(machine_without_msi_mode, forget_mappings),
        cmocka_unit_test_setup(no_memory_to_map, forget_mappings),
        cmocka_unit_test_setup(hart_without_a_file, forget_mappings),
        cmocka_unit_test_setup(init, forget_mappings),
        cmocka_unit_test(guest_files),
        cmocka_unit_test(sources_that_are_not_ours),
        cmocka_unit_test(level_triggered),
        cmocka_unit_test(edge_triggered),
        cmocka_unit_test(held_source),
        cmocka_unit_test(messages_of_devices),
        cmocka_unit_test(wire_to_a_guest_file),
        cmocka_unit_test(wire_that_pends),
        cmocka_unit_test(wires_that_are_not_ours),
        cmocka_unit_test(messages_that_no_driver_asked_for),
        cmocka_unit_test(ipis),
    };
    return cmocka_run_group_tests_name("axdriver imsic", tests, start, NULL);
}
