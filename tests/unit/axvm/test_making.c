/* A VM that is made or freed by its own first hart, in turns of a millisecond, beside others. */
#include <axhal/platform.h>
#include <axhal/time.h>
#include <axipi/mailbox.h>
#include <axvm/console.h>
#include <internal.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { CONSOLE, WORKER, HARTS };

static struct platform machine = {.timebase = 1000000}; /* 1000 ticks are a millisecond */
static struct vm_config config = {.name = "web", .cpus = 1, .harts = {40 + WORKER}};
static struct hart harts[HARTS];
static struct vcpu vcpus[1];
static struct vm vm;
static struct {
    mailbox_fn fn;
    void *argument;
} posted[HARTS];
static enum err refusal[HARTS]; /* what mailbox_post() to it returns; OK: it takes it */
static struct hart_timer *timer;
static enum err check_error, make_error;
static unsigned makes, frees, listed, notified;
static bool making;
static enum err notified_error;
static struct message notified_reason;
static char said[128];

const struct platform *platform(void)
{
    return &machine;
}

enum err mailbox_post(struct hart *hart, mailbox_fn fn, void *argument)
{
    if (refusal[hart->index] == OK) {
        assert_null(posted[hart->index].fn);
        posted[hart->index].fn = fn;
        posted[hart->index].argument = argument;
    }
    return refusal[hart->index];
}

void hart_timer_set(struct hart_timer *which, uint64_t deadline)
{
    timer = which;
    which->deadline = deadline;
}

struct hart *hart_by_id(uint64_t id)
{
    assert_int_equal(id, 40 + WORKER);
    return &harts[WORKER];
}

struct hart *vm_console_hart(void)
{
    return &harts[CONSOLE];
}

const struct vm_config *vm_description(uint32_t index)
{
    assert_int_equal(index, 3);
    return &config;
}

enum err vm_complain(const struct vm_config *of, struct message *why, enum err err,
                     const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(said, sizeof said, format, arguments);
    va_end(arguments);
    return err;
}

enum err vm_check_new(uint32_t index, struct message *why)
{
    return check_error;
}

enum err vm_make(uint32_t index, struct vm **made, struct message *why)
{
    assert_int_equal(index, 3);
    assert_ptr_equal(fake_hart, &harts[WORKER]);
    makes++;
    fake_csr.time += 5000; /* longer than a turn */
    snprintf(why->text, sizeof why->text, "no memory is left");
    if (make_error == OK)
        *made = &vm;
    return make_error;
}

void vm_take_in(struct vm *of)
{
    assert_ptr_equal(of, &vm);
    assert_ptr_equal(fake_hart, &harts[CONSOLE]); /* the list is its */
    assert_true(vm_making_runs());
    listed++;
}

void vm_free(struct vm *of)
{
    assert_ptr_equal(of, &vm);
    assert_true(vm_making_runs());
    frees++;
}

void vm_list_note_making(bool is)
{
    making = is;
}

static void on_made(enum err err, const struct message *why)
{
    assert_ptr_equal(fake_hart, &harts[CONSOLE]);
    assert_false(vm_making_runs()); /* it may ask for the next at once */
    notified++;
    notified_error = err;
    notified_reason = *why;
}

static int start(void **state)
{
    memset(posted, 0, sizeof posted);
    memset(refusal, 0, sizeof refusal);
    for (uint32_t i = 0; i < HARTS; i++)
        harts[i] = (struct hart){.id = 40 + i, .index = i, .online = true};
    vcpus[0] = (struct vcpu){.hart = &harts[WORKER]};
    vm = (struct vm){.config = &config, .vcpus = vcpus};
    fake_hart = &harts[CONSOLE];
    timer = NULL;
    check_error = make_error = OK;
    makes = frees = listed = notified = 0;
    said[0] = '\0';
    return 0;
}

static enum err create(void)
{
    struct message why;
    return vm_create_beside(3, on_made, &why);
}

static void run(unsigned hart)
{
    mailbox_fn fn = posted[hart].fn;
    assert_non_null(fn);
    posted[hart].fn = NULL;
    fake_hart = &harts[hart];
    fn(posted[hart].argument);
    fake_hart = &harts[CONSOLE];
}

static void its_first_hart_makes_it_and_the_consoles_lists_it(void **state)
{
    assert_int_equal(create(), OK);
    assert_true(vm_making_runs() && making);
    assert_int_equal(makes, 0);
    run(WORKER);
    assert_int_equal(makes, 1);
    assert_int_equal(listed, 0);
    run(CONSOLE);
    assert_int_equal(listed, 1);
    assert_int_equal(notified, 1);
    assert_int_equal(notified_error, OK);
    assert_false(making);
}

static void one_is_made_at_a_time(void **state)
{
    assert_int_equal(create(), OK);
    assert_int_equal(create(), ERR_TIMEOUT);
    assert_string_equal(said, "another VM is made or freed: expected one at a time");
    run(WORKER);
    assert_int_equal(create(), ERR_TIMEOUT); /* it is not on the list yet */
    run(CONSOLE);
    assert_int_equal(create(), OK);
    run(WORKER);
    run(CONSOLE);
    assert_int_equal(makes, 2);
}

/* Nothing is made, nothing is left running. */
static void one_that_can_not_be_made_is_refused(void **state)
{
    check_error = ERR_EXISTS;
    assert_int_equal(create(), ERR_EXISTS);
    assert_false(vm_making_runs());
    check_error = OK;
    refusal[WORKER] = ERR_TIMEOUT;
    assert_int_equal(create(), ERR_TIMEOUT);
    assert_string_equal(said, "its hart 41 takes nothing");
    assert_false(vm_making_runs() || making);
    assert_int_equal(notified, 0);
}

static void a_failure_comes_with_its_reason(void **state)
{
    make_error = ERR_NO_MEMORY;
    assert_int_equal(create(), OK);
    run(WORKER);
    run(CONSOLE);
    assert_int_equal(listed, 0);
    assert_int_equal(notified_error, ERR_NO_MEMORY);
    assert_string_equal(notified_reason.text, "no memory is left");
    assert_false(vm_making_runs());
}

/* The console's hart has no room for the message: it comes at a later turn, and no second VM. */
static void a_full_mailbox_is_tried_again(void **state)
{
    for (unsigned fails = 0; fails < 2; fails++) {
        start(state);
        make_error = fails != 0 ? ERR_NO_MEMORY : OK;
        refusal[CONSOLE] = ERR_TIMEOUT;
        assert_int_equal(create(), OK);
        run(WORKER);
        assert_non_null(timer);
        assert_int_equal(timer->deadline, fake_csr.time);
        refusal[CONSOLE] = OK;
        fake_hart = &harts[WORKER];
        timer->fire(timer);
        fake_hart = &harts[CONSOLE];
        assert_int_equal(makes, 1);
        run(CONSOLE);
        assert_int_equal(notified, 1);
        assert_int_equal(notified_error, make_error);
    }
}

static void its_hart_frees_it(void **state)
{
    vm_free_beside(&vm);
    assert_true(vm_making_runs());
    assert_false(making); /* it is none that comes */
    assert_int_equal(frees, 0);
    run(WORKER);
    assert_int_equal(frees, 1);
    assert_false(vm_making_runs());
    assert_null(timer);
}

static void without_its_hart_the_consoles_frees_it(void **state)
{
    refusal[WORKER] = ERR_NOT_FOUND;
    vm_free_beside(&vm);
    assert_int_equal(frees, 1);
    assert_false(vm_making_runs());
}

static unsigned steps_left, step_ticks;

static bool take_step(struct errand *errand)
{
    fake_csr.time += step_ticks;
    return --steps_left > 0;
}

/* A turn ends after a millisecond, and the next one comes when the hart has taken what waits. */
static void an_errand_is_done_in_turns(void **state)
{
    static struct errand errand = {.step = take_step};
    steps_left = 25;
    step_ticks = 100;
    assert_int_equal(errand_post(&harts[WORKER], &errand), OK);
    run(WORKER);
    assert_int_equal(steps_left, 15);
    assert_int_equal(timer->deadline, fake_csr.time);
    fake_hart = &harts[WORKER];
    timer->fire(timer);
    assert_int_equal(steps_left, 5);
    struct hart_timer *second = timer;
    timer = NULL;
    second->fire(second);
    assert_int_equal(steps_left, 0);
    assert_null(timer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(its_first_hart_makes_it_and_the_consoles_lists_it, start),
        cmocka_unit_test_setup(one_is_made_at_a_time, start),
        cmocka_unit_test_setup(one_that_can_not_be_made_is_refused, start),
        cmocka_unit_test_setup(a_failure_comes_with_its_reason, start),
        cmocka_unit_test_setup(a_full_mailbox_is_tried_again, start),
        cmocka_unit_test_setup(its_hart_frees_it, start),
        cmocka_unit_test_setup(without_its_hart_the_consoles_frees_it, start),
        cmocka_unit_test_setup(an_errand_is_done_in_turns, start),
    };
    return cmocka_run_group_tests_name("axvm/making", tests, NULL, NULL);
}
