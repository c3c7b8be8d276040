/* The PLIC driver against the PLIC that guests see. Contexts 2h+1 of the model drive hart h. */
#include "fake_host.h"
#include "tree_file.h"
#include <axdevice/plic.h>
#include <axdriver/irqchip.h>
#include <lib/addr.h>
#include <lib/sbi.h>
#include <libfdt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define BASE 0x0c000000
#define ENABLE(context) (BASE + 0x2000 + 0x80 * (uint64_t)(context))
#define THRESHOLD(context) (BASE + 0x200000 + 0x1000 * (uint64_t)(context))

#define SSWI UINT64_C(0x2f00000)

static struct plic model;
static uint32_t kicked;  /* number of the register that was written last */
static bool external[3]; /* the pins of harts 2, 5 and 9 */
static uint32_t runs[2];
static uint32_t controller;
static const struct wired_irq
    *completed; /* by another hart, when the next enable bits are written */

static void store(void *context, uint32_t vcpu, bool level)
{
    external[vcpu] = level;
}

static void tell(void *context, uint32_t vcpu) {}

static uint64_t read_model(uint64_t at, unsigned width)
{
    uint64_t value = 0;
    assert_int_equal(model.device.ops->read(&model.device, at - BASE, width, &value), OK);
    return value;
}

static void write_model(uint64_t at, unsigned width, uint64_t value)
{
    if (range_inside(at, 4, SSWI, 0x4000)) {
        assert_int_equal(value, 1);
        kicked = (uint32_t)(at - SSWI) / 4;
        return;
    }
    assert_int_equal(model.device.ops->write(&model.device, at - BASE, width, value), OK);
    const struct wired_irq *irq = completed;
    if (irq == NULL || !range_inside(at, 4, ENABLE(0), THRESHOLD(0) - ENABLE(0)))
        return;
    completed = NULL;
    irqchip_complete(irq);
}

static void line(uint32_t source, bool level)
{
    struct irq_line l = plic_line(&model, source);
    irq_set(&l, level);
}

/* A device's handler: makes its line low. */
static void quiet(void *context)
{
    uint32_t source = *(const uint32_t *)context;
    runs[source == 10 ? 0 : 1]++;
    line(source, false);
}
static uint32_t ten = 10, twenty = 20;

static struct wired_irq irq(uint32_t source)
{
    return (struct wired_irq){controller, source, IRQ_LEVEL_HIGH};
}

/* The machine of plic.dts with its first PLIC only; the boot hart is 5. */
static const void *machine(void)
{
    void *fdt = tree_open("plic");
    tree_set_text(fdt, "/soc/plic@1c000000", "status", "disabled");
    controller = fdt_get_phandle(fdt, tree_node_at(fdt, "/soc/plic@c000000"));
    return fdt;
}

/* The steps below follow one another: a machine has one controller, initialized once. */
static int start(void **state)
{
    const uint64_t harts[] = {5, 2, 9};
    fake_host_start(harts, 3);
    host.read = read_model;
    host.write = write_model;
    return plic_init(&model, gpa(BASE), 3, (struct external_output){store, tell, NULL}) == OK ? 0
                                                                                              : -1;
}

static void before_init(void **state)
{
    struct wired_irq ten_irq = irq(10);
    assert_null(host.send_ipi);
    assert_false(irqchip_handle_external());
    irqchip_hart_init();
    assert_false(host.external_enabled);
    assert_int_equal(irqchip_enable(&ten_irq, 0, quiet, &ten), ERR_NOT_FOUND);
}

static void init(void **state)
{
    const void *fdt = machine();
    assert_int_equal(irqchip_init(fdt), OK);
    assert_non_null(host.external_handler);
    irqchip_hart_init();
    assert_true(host.external_enabled);
}

/* By ACLINT's registers, numbered as interrupts-extended has the harts. */
static void sends_ipis(void **state)
{
    assert_int_equal(host.send_ipi(hart_by_id(9)), SBI_SUCCESS);
    assert_int_equal(kicked, 2);
    assert_int_equal(host.send_ipi(hart_by_id(2)), SBI_SUCCESS);
    assert_int_equal(kicked, 0);
}

static void routes(void **state)
{
    const struct wired_irq bad[] = {{controller + 100, 10, IRQ_LEVEL_HIGH},
                                    {controller, 0, IRQ_LEVEL_HIGH},
                                    {controller, 96, IRQ_LEVEL_HIGH}};
    struct wired_irq ten_irq = irq(10), twenty_irq = irq(20);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(irqchip_enable(&bad[i], 0, quiet, &ten), ERR_NOT_FOUND);
    assert_int_equal(irqchip_enable(&ten_irq, 3, quiet, &ten), ERR_NOT_FOUND);
    assert_int_equal(irqchip_enable(&ten_irq, 0, quiet, &ten), OK);
    assert_int_equal(irqchip_enable(&ten_irq, 1, quiet, &ten), ERR_EXISTS);
    assert_int_equal(irqchip_enable(&twenty_irq, 2, quiet, &twenty), OK);
}

static void takes_no_messages(void **state)
{
    struct irq_message message;
    assert_int_equal(irqchip_enable_message(0, quiet, &ten, &message), ERR_UNSUPPORTED);
}

/* Hart 5 is the second of the tree: context 3, pin 1. */
static void claims_and_completes(void **state)
{
    line(10, true);
    assert_true(external[1] && !external[0] && !external[2]);
    host.external_handler();
    assert_int_equal(runs[0], 1);
    assert_false(external[1]);
    line(10, true); /* it was completed: comes again */
    assert_true(external[1]);
    assert_false(irqchip_handle_external()); /* never an IPI */
    assert_int_equal(runs[0], 2);
}

/* Firmware closes the context of the hart that it starts: hart 9's is 5. */
static void hart_opens_its_context(void **state)
{
    write_model(THRESHOLD(5), 4, 7);
    write_model(ENABLE(5), 4, 0);
    write_model(ENABLE(5) + 4, 4, UINT32_MAX);
    fake_host_run_on(2);
    irqchip_hart_init();
    line(20, true);
    assert_true(external[2] && !external[0] && !external[1]);
    assert_false(irqchip_handle_external());
    assert_int_equal(runs[1], 1);
    assert_int_equal(read_model(ENABLE(5) + 4, 4), 0);
}

static void hart_without_interrupts(void **state)
{
    fake_host_run_on(1);
    irqchip_hart_init();
    line(10, true);
    assert_false(irqchip_handle_external());
    assert_int_equal(runs[0] + runs[1], 3);
    line(10, false);
}

static void note(void *context)
{
    (*(uint32_t *)context)++;
}

/* What a guest completes: it does not come again before, though its line is high. */
static void held_source(void **state)
{
    struct wired_irq held = irq(25);
    uint32_t count = 0;
    fake_host_run_on(0);
    assert_int_equal(irqchip_enable_held(&held, 0, note, &count), OK);
    line(25, true);
    (void)irqchip_handle_external();
    (void)irqchip_handle_external();
    assert_int_equal(count, 1);
    irqchip_complete(&held);
    (void)irqchip_handle_external();
    assert_int_equal(count, 2);
    assert_true(irqchip_is_active(&held));
    (void)irqchip_handle_external(); /* the one that has looked gets it once more */
    assert_int_equal(count, 3);
    line(25, false);
    assert_false(irqchip_is_active(&held));
    line(25, true);
    irqchip_disable(&held);
    (void)irqchip_handle_external();
    assert_int_equal(count, 3);
    assert_false(external[1]);
    assert_int_equal(irqchip_enable(&held, 0, note, &count), OK); /* it was left open */
    line(25, false);
    line(25, true);
    assert_true(external[1]);
    line(25, false);
    irqchip_disable(&held);
}

/* It was not completed: it comes to the next owner of the source, whether its wire is high or not.
 */
static void left_in_service(void **state)
{
    struct wired_irq left = irq(26);
    uint32_t before = 0, behind = 0, twenty_six = 26, own = runs[1];
    assert_int_equal(irqchip_enable_held(&left, 0, note, &before), OK);
    line(26, true);
    (void)irqchip_handle_external();
    irqchip_disable(&left);
    line(26, false);
    assert_int_equal(irqchip_enable_held(&left, 1, note, &behind), OK);
    assert_int_equal(before, 1);
    assert_int_equal(behind, 1);
    line(26, true);
    assert_false(external[0]); /* hart 2's: closed, as it was */
    irqchip_disable(&left);
    assert_int_equal(irqchip_enable(&left, 0, quiet, &twenty_six), OK);
    assert_int_equal(runs[1], own + 1);
    line(26, true);
    assert_true(external[1]); /* that one was completed */
    (void)irqchip_handle_external();
    assert_int_equal(runs[1], own + 2);
    irqchip_disable(&left);
    assert_int_equal(irqchip_enable_held(&left, 0, note, &before), OK);
    assert_int_equal(before, 1); /* nothing was left */
    irqchip_disable(&left);
}

/* A vCPU completes it while the VM's first one, on whose hart it was taken, leaves. */
static void completed_as_it_is_closed(void **state)
{
    struct wired_irq left = irq(27);
    uint32_t count = 0;
    assert_int_equal(irqchip_enable_held(&left, 0, note, &count), OK);
    line(27, true);
    (void)irqchip_handle_external();
    completed = &left;
    irqchip_disable(&left);
    line(27, false);
    assert_int_equal(irqchip_enable_held(&left, 0, note, &count), OK);
    assert_int_equal(count, 1);
    line(27, true);
    (void)irqchip_handle_external();
    assert_int_equal(count, 2);
    line(27, false);
    irqchip_complete(&left);
    irqchip_disable(&left);
}

static void table_is_bounded(void **state)
{
    struct wired_irq more = irq(30), last = irq(61);
    for (; more.source < 60; more.source++)
        assert_int_equal(irqchip_enable(&more, 0, quiet, &ten), OK);
    assert_int_equal(irqchip_enable(&last, 0, quiet, &ten), ERR_NO_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_init),
        cmocka_unit_test(init),
        cmocka_unit_test(sends_ipis),
        cmocka_unit_test(routes),
        cmocka_unit_test(takes_no_messages),
        cmocka_unit_test(claims_and_completes),
        cmocka_unit_test(hart_opens_its_context),
        cmocka_unit_test(hart_without_interrupts),
        cmocka_unit_test(held_source),
        cmocka_unit_test(left_in_service),
        cmocka_unit_test(completed_as_it_is_closed),
        cmocka_unit_test(table_is_bounded),
    };
    return cmocka_run_group_tests_name("axdriver plic", tests, start, NULL);
}
