/*
 * vm create, destroy and cycle over a VM whose other harts are the test: what they are asked for
 * they do when a row waits.
 */
#include <axalloc/frames.h>
#include <axalloc/heap.h>
#include <axhal/platform.h>
#include <axhal/time.h>
#include <axlog/log.h>
#include <axvm/console.h>
#include <command.h>
#include <rounds.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct platform machine = {.timebase = 1000000};
static struct vm_config config = {.name = "web", .cpus = 1};
static struct vm vm;
struct vm *vms[VM_MAX];
uint32_t vm_count = 1;
static char said[512];

static enum vm_phase phase;
static enum { NOTHING, MAKES, FREES } work;
static vm_made_t on_made;
static struct job job;
static bool ends_itself; /* the guest */
static bool in_rounds;
static unsigned made, starts, stops, wipes, frees, waits, told;
static unsigned free_steps;
static unsigned busy; /* wipes that no hart takes */
static enum err create_error, made_error, start_error;
static uint64_t leak; /* pages lost in each round */

const struct platform *platform(void)
{
    return &machine;
}

const struct vm_config *vm_description(uint32_t index)
{
    return &config;
}

void print_line(const char *format, ...)
{
    va_list arguments;
    size_t used = strlen(said);
    va_start(arguments, format);
    vsnprintf(said + used, sizeof said - used, format, arguments);
    va_end(arguments);
}

uint64_t frames_free_bytes(void)
{
    return (1000 - leak * frees) * PAGE_SIZE;
}

size_t heap_free_bytes(void)
{
    return 77;
}

const char *ledger_column_name(enum ledger_column column)
{
    return "";
}

enum ledger_column ledger_column_by_name(const char *name)
{
    return LEDGER_COLUMNS;
}

enum vm_phase vm_phase(const struct vm *of)
{
    assert_ptr_equal(of, &vm);
    return phase;
}

const char *vm_phase_name(const struct vm *of)
{
    return of == NULL ? "not made" : "running";
}

void vm_refuse(const char *verb, const struct vm *of, const char *expected)
{
    print_line("refused: vm %s: expected one that %s", verb, expected);
}

enum err vm_create_beside(uint32_t index, vm_made_t done, struct message *why)
{
    assert_int_equal(work, NOTHING);
    assert_null(vms[0]);
    snprintf(why->text, sizeof why->text, "no memory is left");
    if (create_error != OK)
        return create_error;
    work = MAKES;
    on_made = done;
    return OK;
}

bool vm_making_runs(void)
{
    return work != NOTHING;
}

enum err vm_start(struct vm *of)
{
    assert_int_equal(phase, VM_PHASE_CREATED);
    of->end_reason = "its first hart takes nothing";
    starts++;
    if (start_error == OK)
        phase = VM_PHASE_RUNNING;
    return start_error;
}

void vm_request_end(struct vm *of, enum vm_end end, const char *reason)
{
    assert_int_equal(phase, VM_PHASE_RUNNING);
    assert_int_equal(end, VM_SHUTDOWN);
    stops++;
    phase = VM_PHASE_ENDING;
}

enum err vm_wipe(struct vm *of)
{
    assert_int_equal(phase, VM_PHASE_ENDED);
    if (busy > 0) {
        busy--;
        return ERR_TIMEOUT;
    }
    wipes++;
    phase = VM_PHASE_WIPING;
    return OK;
}

enum err vm_destroy(struct vm *of)
{
    assert_int_equal(phase, VM_PHASE_CREATED);
    vms[0] = NULL;
    work = FREES;
    free_steps = 2;
    return OK;
}

void vm_run_rounds(bool wanted)
{
    in_rounds = wanted;
}

void vm_tell_if_all_ended(void)
{
    told++;
}

struct vm *vm_console_focus(void)
{
    return &vm;
}

void vm_console_set_focus(struct vm *to) {}

static void finish_making(void)
{
    static const struct message why = {.text = "an image is missing"};
    work = NOTHING;
    made++;
    phase = VM_PHASE_CREATED;
    vms[0] = made_error == OK ? &vm : NULL;
    on_made(made_error, &why);
}

/* The other harts do a step. */
void job_wait(void)
{
    waits++;
    fake_csr.time += 1000;
    if (work == MAKES) {
        finish_making();
    } else if (work == FREES) {
        bool ends = --free_steps == 0;
        work = ends ? NOTHING : FREES;
        frees += ends;
    } else if (phase == VM_PHASE_WIPING) {
        phase = VM_PHASE_CREATED;
    } else if (phase == VM_PHASE_ENDING || (phase == VM_PHASE_RUNNING && ends_itself)) {
        phase = VM_PHASE_ENDED;
    }
}

void shell_start(const struct job *wanted)
{
    job = *wanted;
}

void shell_print(job_row_t row)
{
    job = (struct job){.row = row};
}

static int start(void **state)
{
    vm = (struct vm){.config = &config};
    vms[0] = NULL;
    phase = VM_PHASE_CREATED;
    work = NOTHING;
    job = (struct job){0};
    ends_itself = true;
    in_rounds = false;
    made = starts = stops = wipes = frees = waits = told = busy = 0;
    create_error = made_error = start_error = OK;
    leak = 0;
    said[0] = '\0';
    fake_csr.time = 0;
    return 0;
}

/* Up to `most` rows; the number of those that came. */
static unsigned run_rows(unsigned most)
{
    unsigned rows = 0;
    while (rows < most && job.row(rows))
        rows++;
    return rows;
}

static void cycle(const char *count)
{
    struct words words = {.count = 4, .word = {"vm", "cycle", "web", count}};
    rounds_cycle(&words);
}

/* Each round makes the VM, starts it, waits for its end, wipes and frees it; what was lost is
 * shown. */
static void each_round_is_a_whole_life(void **state)
{
    leak = 1;
    cycle("3");
    assert_true(in_rounds);
    assert_true(run_rows(1000) < 100);
    assert_int_equal(made, 3);
    assert_int_equal(starts, 3);
    assert_int_equal(wipes, 3);
    assert_int_equal(frees, 3);
    assert_int_equal(stops, 0);
    assert_false(in_rounds);
    assert_string_equal(said, "vm cycle: 3 rounds of VM web; free before: 1000 pages, 77 bytes of "
                              "pages in use; after: 997 pages, 77 bytes");
}

/* After a second; not before. */
static void a_guest_that_runs_on_is_stopped(void **state)
{
    ends_itself = false;
    cycle("1");
    run_rows(100);
    assert_int_equal(stops, 0);
    run_rows(2000);
    assert_int_equal(stops, 1);
    assert_int_equal(frees, 1);
    assert_in_range(fake_csr.time, 1000000, 1100000);
}

static void a_hart_that_takes_no_work_is_asked_again(void **state)
{
    busy = 5;
    cycle("1");
    run_rows(1000);
    assert_int_equal(wipes, 1);
    assert_int_equal(frees, 1);
}

static void check_failed(const char *message)
{
    assert_true(run_rows(1000) < 100);
    assert_string_equal(said, message);
    assert_false(in_rounds);
}

static void a_round_that_fails_is_the_last(void **state)
{
    create_error = ERR_NO_MEMORY;
    cycle("2");
    check_failed("vm cycle: round 1: no memory is left");
    start(state);
    made_error = ERR_NOT_FOUND;
    cycle("2");
    check_failed("vm cycle: round 1: an image is missing");
    assert_int_equal(starts, 0);
    start(state);
    start_error = ERR_TIMEOUT;
    cycle("2");
    check_failed("vm cycle: round 1: its first hart takes nothing");
}

static void rounds_can_be_cancelled(void **state)
{
    ends_itself = false;
    cycle("2");
    run_rows(10);
    work = FREES; /* another VM, by another command */
    job.cancelled();
    assert_string_equal(said, "vm cycle: ended after 0 of 2 rounds: VM web is running");
    assert_false(in_rounds);
    assert_int_equal(told, 1);
    start(state);
    cycle("2");
    run_rows(1);
    job.cancelled();
    assert_string_equal(said, "vm cycle: ended after 0 of 2 rounds: VM web is being made or freed");
}

static void what_is_wrong_starts_nothing(void **state)
{
    cycle("0");
    assert_string_equal(said, "vm cycle: COUNT = 0: expected a number from 1 to 1000000");
    said[0] = '\0';
    vms[0] = &vm;
    cycle("1");
    assert_string_equal(said, "refused: vm cycle: expected one that is not made");
    said[0] = '\0';
    phase = VM_PHASE_RUNNING;
    rounds_destroy(&vm);
    assert_string_equal(said, "refused: vm destroy: expected one that is created or has ended");
    said[0] = '\0';
    struct words words = {.count = 3, .word = {"vm", "create", "web"}};
    rounds_create(&words);
    assert_string_equal(said, "refused: vm create: expected one that is not made");
    assert_null(job.row);
    assert_false(in_rounds);
}

/* Wiped, destroyed, and freed by its own hart, which the row waits for. */
static void an_ended_vm_is_destroyed(void **state)
{
    vms[0] = &vm;
    phase = VM_PHASE_ENDED;
    rounds_destroy(&vm);
    assert_true(run_rows(1000) < 100);
    assert_int_equal(wipes, 1);
    assert_int_equal(frees, 1);
    assert_null(vms[0]);
    assert_int_equal(told, 1);
    assert_string_equal(said, "");
}

static void a_vm_is_created_or_the_reason_said(void **state)
{
    struct words words = {.count = 3, .word = {"vm", "create", "web"}};
    rounds_create(&words);
    run_rows(1000);
    assert_ptr_equal(vms[0], &vm);
    assert_string_equal(said, "");
    start(state);
    made_error = ERR_NOT_FOUND;
    rounds_create(&words);
    run_rows(1000);
    assert_string_equal(said, "vm create: an image is missing");
    start(state);
    create_error = ERR_NO_MEMORY;
    rounds_create(&words);
    assert_string_equal(said, "vm create: no memory is left");
    assert_null(job.row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_round_is_a_whole_life, start),
        cmocka_unit_test_setup(a_guest_that_runs_on_is_stopped, start),
        cmocka_unit_test_setup(a_hart_that_takes_no_work_is_asked_again, start),
        cmocka_unit_test_setup(a_round_that_fails_is_the_last, start),
        cmocka_unit_test_setup(rounds_can_be_cancelled, start),
        cmocka_unit_test_setup(what_is_wrong_starts_nothing, start),
        cmocka_unit_test_setup(an_ended_vm_is_destroyed, start),
        cmocka_unit_test_setup(a_vm_is_created_or_the_reason_said, start),
    };
    return cmocka_run_group_tests_name("axshell/rounds", tests, NULL, NULL);
}
