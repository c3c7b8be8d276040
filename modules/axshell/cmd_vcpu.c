/* vcpu: all vCPUs, and where each one is. */
#include <axlog/log.h>
#include <lib/bits.h>
#include <stdio.h>
#include "command.h"

static const char *hsm_name(uint32_t state)
{
    static const char *const names[] = {"started",       "stopped",   "start-pending",
                                        "stop-pending",  "suspended", "suspend-pending",
                                        "resume-pending"};
    return state < ARRAY_SIZE(names) ? names[state] : "?";
}

static const char *place(const struct vm *vm, const struct vcpu *vcpu)
{
    if (vcpu->hart->vcpu != vcpu)
        return "-";
    if (vm_phase(vm) == VM_PHASE_PAUSED)
        return "paused";
    if (!atomic_load(&vcpu->away))
        return "host";
    return atomic_load(&vcpu->hsm_state) == SBI_HSM_STARTED ? "guest" : "waiting";
}

static void print_vcpu(const struct vm *vm, const struct vcpu *vcpu)
{
    char name[48];
    snprintf(name, sizeof name, "%.40s.%u", vm->config->name, vcpu->id);
    print_line("%-18s %4lu  %-15s %12lu  %s", name, (unsigned long)vcpu->hart->id,
               hsm_name(atomic_load(&vcpu->hsm_state)), (unsigned long)vcpu->exits,
               place(vm, vcpu));
}

static bool print_vcpu_row(uint32_t row)
{
    if (row == 0) {
        print_line("VCPU               HART  HSM STATE              EXITS  IN");
        return true;
    }
    for (uint32_t i = 0; i < vm_count; i++) {
        if (row <= vms[i]->config->cpus) {
            print_vcpu(vms[i], &vms[i]->vcpus[row - 1]);
            return true;
        }
        row -= vms[i]->config->cpus;
    }
    return false;
}

static void run(const struct words *words)
{
    if (arg_end("vcpu", words, 1))
        shell_print(print_vcpu_row);
}

const struct command command_vcpu = {
    "vcpu", "", "the vCPUs: hart, HSM state, exits, what each is in", NULL, run, NULL,
};
