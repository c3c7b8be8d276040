/*
 * vm create, destroy and cycle. What other harts have to do for it is waited for in a job, whose
 * every row is a look and a step; Ctrl-C ends the waiting, and leaves the VM as it is then.
 */
#include <axalloc/frames.h>
#include <axalloc/heap.h>
#include <axhal/time.h>
#include <axlog/log.h>
#include <axvm/console.h>
#include "command.h"
#include "rounds.h"

#define MOST_ROUNDS 1000000
#define PATIENCE_MS 1000 /* with a guest that does not end by itself */

static uint32_t number; /* of the VM that is destroyed, or made in rounds */
/* Of vm cycle. */
static uint64_t wanted, done;
static enum { GONE, COMES, LIVES, FAILED } stage; /* of the round */
static uint64_t deadline;                         /* ticks: for the guest's own end */
static struct {
    uint64_t pages, bytes;
} before;

static void on_created(enum err err, const struct message *why)
{
    if (err != OK)
        print_line("vm create: %s", why->text);
}

/* Until the VM's own hart has made it. */
static bool create_row(uint32_t row)
{
    (void)row;
    job_wait();
    return vm_making_runs();
}

void rounds_create(const struct words *words)
{
    struct message why;
    uint32_t which;
    if (!arg_description("vm create", words->word[2], &which) || !arg_end("vm create", words, 3))
        return;
    if (vms[which] != NULL)
        vm_refuse("create", vms[which], "is not made");
    else if (vm_create_beside(which, on_created, &why) != OK)
        print_line("vm create: %s", why.text);
    else
        shell_print(create_row);
}

/* A look at a VM that is to go, or NULL, and the step that it is ready for. True: it is not gone
 * yet. */
static bool step_to_its_end(struct vm *vm)
{
    if (vm == NULL)
        return vm_making_runs();
    enum vm_phase phase = vm_phase(vm);
    if (phase == VM_PHASE_ENDED)
        return vm_wipe(vm) == OK || vm_phase(vm) == VM_PHASE_ENDED;
    if (phase == VM_PHASE_CREATED)
        (void)vm_destroy(vm); /* again when no dump runs */
    return true;
}

static bool destroy_row(uint32_t row)
{
    (void)row;
    if (step_to_its_end(vms[number])) {
        job_wait();
        return true;
    }
    vm_tell_if_all_ended();
    return false;
}

void rounds_destroy(struct vm *vm)
{
    enum vm_phase phase = vm_phase(vm);
    number = vm->index;
    if (phase == VM_PHASE_ENDED || phase == VM_PHASE_CREATED)
        shell_print(destroy_row);
    else
        vm_refuse("destroy", vm, "is created or has ended");
}

static uint64_t free_pages(void)
{
    return frames_free_bytes() / PAGE_SIZE;
}

static void report(void)
{
    print_line("vm cycle: %lu rounds of VM %s; free before: %lu pages, %lu bytes of pages in use; "
               "after: %lu pages, %lu bytes",
               (unsigned long)done, vm_description(number)->name, (unsigned long)before.pages,
               (unsigned long)before.bytes, (unsigned long)free_pages(),
               (unsigned long)heap_free_bytes());
}

/* A VM that starts when none has the keyboard gets it, and a line says so: once for all rounds. */
static enum err start(struct vm *vm)
{
    if (done > 0 && vm_console_focus() == NULL)
        vm_console_set_focus(vm);
    return vm_start(vm);
}

static void end_rounds(void)
{
    vm_run_rounds(false);
}

static void cancel_rounds(void)
{
    const struct vm *vm = vms[number];
    bool changes = vm == NULL && vm_making_runs();
    end_rounds();
    print_line("vm cycle: ended after %lu of %lu rounds: VM %s is %s", (unsigned long)done,
               (unsigned long)wanted, vm_description(number)->name,
               changes ? "being made or freed" : vm_phase_name(vm));
    vm_tell_if_all_ended();
}

static void fail(const char *reason)
{
    end_rounds();
    stage = FAILED;
    print_line("vm cycle: round %lu: %s", (unsigned long)done + 1, reason);
}

static void on_made(enum err err, const struct message *why)
{
    if (err != OK)
        fail(why->text);
}

static bool begin_round(void)
{
    struct message why;
    if (done == wanted) {
        end_rounds();
        report();
        return false;
    }
    stage = COMES;
    if (vm_create_beside(number, on_made, &why) != OK)
        fail(why.text);
    return true;
}

static bool start_round(struct vm *vm)
{
    stage = LIVES;
    deadline = time_now() + time_ms_to_ticks(PATIENCE_MS);
    if (start(vm) != OK)
        fail(vm->end_reason);
    return true;
}

/* A round's life, from its start to the last of its memory. */
static bool watch_round(struct vm *vm)
{
    if (vm != NULL && vm_phase(vm) == VM_PHASE_RUNNING && time_now() >= deadline)
        vm_request_end(vm, VM_SHUTDOWN, "stopped by vm cycle");
    else if (step_to_its_end(vm))
        job_wait();
    else {
        done++;
        stage = GONE;
    }
    return true;
}

static bool cycle_row(uint32_t row)
{
    (void)row;
    struct vm *vm = vms[number];
    if (stage == FAILED)
        return false;
    if (stage == GONE)
        return begin_round();
    if (stage == LIVES)
        return watch_round(vm);
    if (vm != NULL)
        return start_round(vm);
    job_wait();
    return true;
}

void rounds_cycle(const struct words *words)
{
    static const struct job job = {.row = cycle_row, .cancelled = cancel_rounds};
    if (!arg_description("vm cycle", words->word[2], &number) ||
        !arg_number("vm cycle", "COUNT", words->word[3], 1, MOST_ROUNDS, &wanted) ||
        !arg_end("vm cycle", words, 4))
        return;
    if (vms[number] != NULL) {
        vm_refuse("cycle", vms[number], "is not made");
        return;
    }
    done = 0;
    stage = GONE;
    before.pages = free_pages();
    before.bytes = heap_free_bytes();
    vm_run_rounds(true);
    shell_start(&job);
}
