/* fault: what went wrong last, in the host, in VMs, and in what guests did. */
#include <axhal/platform.h>
#include <axhal/trap.h>
#include <axlog/log.h>
#include <stdio.h>
#include "command.h"
#include "which.h"

#define LINE_SIZE 240
#define TIME_SIZE 40

static uint32_t found; /* faults of guests that were printed */

static const char *seconds(uint64_t ticks, char *to)
{
    uint64_t timebase = platform()->timebase;
    snprintf(to, TIME_SIZE, "%lu.%06lu s", (unsigned long)(ticks / timebase),
             (unsigned long)(ticks % timebase * 1000000 / timebase));
    return to;
}

/* A fault of the host itself ends the machine: a reader of this sees that there was none. */
static void print_host(void)
{
    char line[LINE_SIZE];
    uint32_t errors = log_last_error(line, sizeof line);
    print_line("host: no fault; %u errors in the log%s%s", errors, errors > 0 ? ", the last: " : "",
               line);
}

static void print_failure(const struct vm *vm)
{
    char time[TIME_SIZE], name[WHICH_NAME];
    const struct vm_failure failure = vm_last_failure(vm), *f = &failure;
    if (f->count == 0)
        return;
    found++;
    if (f->vcpu != NULL)
        print_line("VM %s: failed %u times, last at %s: %s: %s at pc 0x%lx", vm->config->name,
                   f->count, seconds(f->time, time), vcpu_name(f->vcpu, name), f->reason,
                   (unsigned long)f->pc);
    else
        print_line("VM %s: failed %u times, last at %s: %s", vm->config->name, f->count,
                   seconds(f->time, time), f->reason);
}

static void print_trap(const struct vcpu *vcpu)
{
    char time[TIME_SIZE], name[WHICH_NAME];
    struct vcpu_trap trap = vcpu_last_trap(vcpu);
    if (trap.count == 0)
        return;
    found++;
    print_line("%s: %lu traps injected, the last at %s: %s at pc 0x%lx, stval 0x%lx",
               vcpu_name(vcpu, name), (unsigned long)trap.count, seconds(trap.time, time),
               exception_name(trap.cause), (unsigned long)trap.pc, (unsigned long)trap.tval);
}

static bool print_row(uint32_t row)
{
    static const struct which all;
    if (row == 0) {
        found = 0;
        print_host();
        return true;
    }
    if (row <= vm_count) {
        if (vms[row - 1] != NULL)
            print_failure(vms[row - 1]);
        return true;
    }
    const struct vcpu *vcpu = which_vcpu(&all, row - 1 - vm_count);
    if (vcpu != NULL)
        print_trap(vcpu);
    else if (found == 0)
        print_line("guests: none");
    return vcpu != NULL;
}

static void run(const struct words *words)
{
    if (arg_end("fault", words, 1))
        shell_print(print_row);
}

static const struct help_line more[] = {
    {NULL, "Of the host: the errors of its log, since a fault of its own ends the machine."},
    {NULL, "Of VMs: why one ended as failed. Of vCPUs: the last exception that the hypervisor gave "
           "the guest, for what its machine does not have."},
    {NULL, NULL},
};

const struct command command_fault = {
    "fault", "", "the last faults, of host and guests", more, run, NULL,
};
