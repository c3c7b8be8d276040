#include "axsync/fake_panic.h"
#include <axhal/arch/cpu.h>
#include <axhal/arch/csr.h>
#include <axhal/csr_bits.h>
#include <axhal/firmware.h>
#include <axhal/interrupt.h>
#include <axhal/platform.h>
#include <axhal/time.h>
#include <axipi/mailbox.h>
#include <axlog/log.h>
#include <stdio.h>
#include <string.h>

#include "mailbox_close.h"

#define SLOTS 8
#define SECOND 1000 /* ticks */

enum log_level log_level = LOG_LEVEL_TRACE;

static struct hart harts[2];
static char events[256], logged[128];
static uint64_t ipi_to;
static unsigned ipis;
static long ipi_error;
static interrupt_handler_t software_handler;
static bool software_enabled;

void log_line(enum log_level level, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(logged, sizeof logged, format, arguments);
    va_end(arguments);
}

const struct platform *platform(void)
{
    static const struct platform machine = {.timebase = SECOND};
    return &machine;
}

long firmware_send_ipi(const struct hart *hart)
{
    ipi_to = hart->id;
    ipis++;
    return ipi_error;
}

void interrupt_set_handler(unsigned irq, interrupt_handler_t handler)
{
    assert_int_equal(irq, IRQ_SSI);
    software_handler = handler;
}

void interrupt_enable(unsigned irq)
{
    assert_int_equal(irq, IRQ_SSI);
    software_enabled = true;
}

/* Ends mailbox_serve, which has no end, when there is nothing more to come. */
static jmp_buf nothing_more;
void interrupt_wait(void)
{
    longjmp(nothing_more, 1);
}

static void run_on(unsigned index)
{
    fake_hart = &harts[index];
}

static void tick(void)
{
    fake_csr.time++;
}

static void note(void *argument)
{
    strcat(events, argument);
}

static void post_to_self(void *argument)
{
    note("first ");
    assert_int_equal(mailbox_post(fake_hart, note, argument), OK);
}

static int setup(void **state)
{
    fake_csr = (struct fake_csrs){0};
    fake_cpu = (struct fake_cpu){.relax = tick};
    harts[0] = (struct hart){.id = 9, .index = 0, .online = true};
    harts[1] = (struct hart){.id = 4, .index = 1, .online = true};
    for (unsigned i = 0; i < 2; i++) {
        run_on(i);
        events[0] = logged[0] = '\0';
        mailbox_run(); /* what an earlier test left */
    }
    events[0] = logged[0] = '\0';
    ipis = 0;
    ipi_error = SBI_SUCCESS;
    mailbox_set_ipi(firmware_send_ipi);
    mailbox_init();
    run_on(0);
    return 0;
}

static void runs_in_the_order_of_posting(void **state)
{
    static char *const names[] = {"a", "b", "c"};
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(mailbox_post(&harts[1], note, names[i]), OK);
    assert_string_equal(events, "");
    assert_int_equal(ipis, 3);
    assert_int_equal(ipi_to, 4); /* the id, not the index */
    mailbox_run();
    assert_string_equal(events, ""); /* another hart's */
    run_on(1);
    mailbox_run();
    assert_string_equal(events, "abc");
    mailbox_run();
    assert_string_equal(events, "abc");
}

static void keeps_order_over_many_rounds(void **state)
{
    char expected[64] = "";
    for (unsigned round = 0; round < 5; round++) {
        static char *const names[] = {"1", "2", "3", "4", "5"};
        for (unsigned i = 0; i < 5; i++) {
            assert_int_equal(mailbox_post(&harts[0], note, names[i]), OK);
            strcat(expected, names[i]);
        }
        mailbox_run();
    }
    assert_string_equal(events, expected);
}

static void runs_what_a_function_posts(void **state)
{
    assert_int_equal(mailbox_post(&harts[0], post_to_self, "then"), OK);
    mailbox_run();
    assert_string_equal(events, "first then");
}

static void serves_before_it_waits(void **state)
{
    assert_int_equal(mailbox_post(&harts[0], post_to_self, "then"), OK);
    if (setjmp(nothing_more) == 0)
        mailbox_serve();
    assert_string_equal(events, "first then");
}

static void fill(void)
{
    for (unsigned i = 0; i < SLOTS; i++)
        assert_int_equal(mailbox_post(&harts[1], note, "x"), OK);
    assert_int_equal(fake_csr.time, 0);
}

static void waits_with_patience_for_a_full_mailbox(void **state)
{
    fill();
    ipis = 0;
    assert_int_equal(mailbox_post(&harts[1], note, "y"), ERR_TIMEOUT);
    assert_int_equal(fake_csr.time, 5 * SECOND);
    assert_int_equal(ipis, 0);
    run_on(1);
    mailbox_run();
    assert_string_equal(events, "xxxxxxxx");
}

static void drain_at_500(void)
{
    tick();
    if (fake_csr.time != 500)
        return;
    run_on(1);
    mailbox_run();
    run_on(0);
}

static void posts_when_a_full_mailbox_empties(void **state)
{
    fill();
    fake_cpu.relax = drain_at_500;
    assert_int_equal(mailbox_post(&harts[1], note, "y"), OK);
    assert_int_equal(fake_csr.time, 500);
    run_on(1);
    mailbox_run();
    assert_string_equal(events, "xxxxxxxxy");
}

static void refuses_a_hart_that_is_not_online(void **state)
{
    harts[1].online = false;
    assert_int_equal(mailbox_post(&harts[1], note, "x"), ERR_NOT_FOUND);
    assert_int_equal(ipis, 0);
    assert_int_equal(fake_csr.time, 0);
}

static void closes_only_when_it_is_empty(void **state)
{
    assert_int_equal(mailbox_post(&harts[1], note, "x"), OK);
    run_on(1);
    assert_false(mailbox_close());
    assert_true(harts[1].online);
    mailbox_run();
    assert_true(mailbox_close());
    assert_false(harts[1].online);
    run_on(0);
    assert_int_equal(mailbox_post(&harts[1], note, "y"), ERR_NOT_FOUND);
}

static void gives_up_waiting_when_the_mailbox_closes(void **state)
{
    fill();
    harts[1].online = false;
    assert_int_equal(mailbox_post(&harts[1], note, "y"), ERR_NOT_FOUND);
    assert_int_equal(fake_csr.time, 0);
}

static void names_the_hart_that_gets_no_ipi(void **state)
{
    ipi_error = SBI_ERR_INVALID_PARAM;
    hart_kick(&harts[1]);
    assert_string_equal(logged, "hart 4: sending it an IPI: SBI_ERR_INVALID_PARAM");
}

static void says_nothing_of_a_hart_that_went(void **state)
{
    ipi_error = SBI_ERR_INVALID_PARAM;
    harts[1].online = false;
    hart_kick(&harts[1]);
    assert_string_equal(logged, "");
}

static void acknowledges_only_its_interrupt(void **state)
{
    fake_csr.sip = IRQ_BIT(IRQ_SSI) | IRQ_BIT(IRQ_STI) | IRQ_BIT(IRQ_SEI);
    software_handler();
    assert_int_equal(fake_csr.sip, IRQ_BIT(IRQ_STI) | IRQ_BIT(IRQ_SEI));
    mailbox_hart_init();
    assert_true(software_enabled);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(runs_in_the_order_of_posting, setup),
        cmocka_unit_test_setup(keeps_order_over_many_rounds, setup),
        cmocka_unit_test_setup(runs_what_a_function_posts, setup),
        cmocka_unit_test_setup(serves_before_it_waits, setup),
        cmocka_unit_test_setup(waits_with_patience_for_a_full_mailbox, setup),
        cmocka_unit_test_setup(posts_when_a_full_mailbox_empties, setup),
        cmocka_unit_test_setup(refuses_a_hart_that_is_not_online, setup),
        cmocka_unit_test_setup(closes_only_when_it_is_empty, setup),
        cmocka_unit_test_setup(gives_up_waiting_when_the_mailbox_closes, setup),
        cmocka_unit_test_setup(names_the_hart_that_gets_no_ipi, setup),
        cmocka_unit_test_setup(says_nothing_of_a_hart_that_went, setup),
        cmocka_unit_test_setup(acknowledges_only_its_interrupt, setup),
    };
    return cmocka_run_group_tests_name("mailbox", tests, NULL, NULL);
}
