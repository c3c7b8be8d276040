/* The contract of a VM that takes no exits, as its user sees it: docs/quiet.md. */
#include <axhal/time.h>
#include <axlog/log.h>
#include <stdio.h>
#include "internal.h"

#define TENTHS 10
#define SECONDS_SIZE 32

/* "60.0": seconds, rounded down. */
static const char *seconds(uint64_t ticks, char *to)
{
    uint64_t timebase = platform()->timebase;
    snprintf(to, SECONDS_SIZE, "%lu.%lu", (unsigned long)(ticks / timebase),
             (unsigned long)(ticks % timebase * TENTHS / timebase));
    return to;
}

static uint64_t in_time(const struct vm *vm)
{
    return time_now() + vm->config->quiet_after * platform()->timebase;
}

void vm_quiet_start(struct vm *vm)
{
    quiet_forget(&vm->quiet);
    atomic_store(&vm->user_up, 0);
    if (vm->config->quiet_after == 0)
        return;
    if (quiet_begin(&vm->quiet, in_time(vm), QUIET_BY_DESCRIPTION) != OK)
        log_warn("VM %s: quiet: this build keeps no ledger: expected one made with LEDGER=y",
                 vm->config->name);
}

void vm_quiet_user(struct vm *vm)
{
    for (uint32_t i = 0; i < vm->config->cpus; i++)
        vcpu_post(&vm->vcpus[i], VCPU_REQ_USER);
    if (atomic_exchange(&vm->user_up, 1) == 0)
        quiet_postpone(&vm->quiet, in_time(vm));
}

static void print_pending(const struct vm *vm, const struct quiet_summary *quiet)
{
    char time[SECONDS_SIZE];
    seconds(quiet->begun - quiet->ended, time);
    if (quiet->by == QUIET_BY_DESCRIPTION && atomic_load(&vm->user_up) == 0)
        print_line("%s: quiet begins in %s s, or later: %u s after the first system call of its "
                   "userspace",
                   vm->config->name, time, vm->config->quiet_after);
    else
        print_line("%s: quiet begins in %s s", vm->config->name, time);
}

static bool print_summary(struct vm *vm)
{
    static const char *const by[] = {[QUIET_BY_GUEST] = "the guest",
                                     [QUIET_BY_CONSOLE] = "the console",
                                     [QUIET_BY_DESCRIPTION] = "its description"};
    char time[SECONDS_SIZE];
    struct quiet_summary quiet = quiet_read(&vm->quiet);
    const char *name = vm->config->name;
    switch (quiet.phase) {
    case QUIET_NEVER:
        print_line("%s: quiet has not begun", name);
        return false;
    case QUIET_PENDING:
        print_pending(vm, &quiet);
        return false;
    case QUIET_ON:
    case QUIET_ENDED:
        break;
    }
    print_line("%s: quiet, begun by %s%s: %lu exit%s in %s s", name, by[quiet.by],
               quiet.phase == QUIET_ON ? "" : ", has ended", (unsigned long)quiet.exits,
               quiet.exits == 1 ? "" : "s", seconds(quiet.ended - quiet.begun, time));
    return quiet.exits > 0;
}

static void print_violation(const struct vcpu *vcpu, enum ledger_column column,
                            const struct quiet_violation *v)
{
    const struct vm *vm = vm_of_machine(vcpu->machine);
    unsigned long timebase = platform()->timebase, end = v->first.end;
    char text[LEDGER_SAMPLE_TEXT];
    print_line("%s.%u %s: %lu exit%s, %lu ticks, longest %lu; first at %lu.%07lu s, %s",
               vm->config->name, vcpu->id, ledger_column_name(column), (unsigned long)v->count,
               v->count == 1 ? "" : "s", (unsigned long)v->ticks, (unsigned long)v->longest,
               end / timebase, end % timebase, ledger_sample_text(&v->first, text));
}

/* The violations of all vCPUs, in the order of vCPUs and columns; false: there are not so many. */
static bool print_nth_violation(const struct vm *vm, uint32_t n)
{
    struct quiet_violation violation;
    for (uint32_t i = 0; i < vm->config->cpus; i++)
        for (unsigned column = 0; column < LEDGER_COLUMNS; column++) {
            if (!quiet_read_column(vm->vcpus[i].ledger, column, &violation) || n-- > 0)
                continue;
            print_violation(&vm->vcpus[i], column, &violation);
            return true;
        }
    return false;
}

bool vm_quiet_print(struct vm *vm, uint32_t row)
{
    return row == 0 ? print_summary(vm) : print_nth_violation(vm, row - 1);
}

void vm_quiet_report(struct vm *vm)
{
    (void)quiet_end(&vm->quiet); /* none is on: then there is nothing to end */
    if (!vm->config->quiet)
        return;
    for (uint32_t row = 0; vm_quiet_print(vm, row);)
        row++;
}
