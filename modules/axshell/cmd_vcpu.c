/* vcpu: all vCPUs, and where each one is. */
#include <axlog/log.h>
#include <axtrace/ledger_book.h>
#include <lib/bits.h>
#include "command.h"
#include "which.h"

static const char *hsm_name(uint32_t state)
{
    static const char *const names[] = {"started",       "stopped",   "start-pending",
                                        "stop-pending",  "suspended", "suspend-pending",
                                        "resume-pending"};
    return state < ARRAY_SIZE(names) ? names[state] : "?";
}

static bool is_on_hart(const struct vcpu *vcpu)
{
    return hart_vcpu(vcpu->hart) == vcpu;
}

/* Off its hart it executes nothing, whatever it was when its VM ended. */
static uint32_t hsm_state(const struct vcpu *vcpu)
{
    return is_on_hart(vcpu) ? atomic_load(&vcpu->hsm_state) : SBI_HSM_STOPPED;
}

/* A pause begins when the vCPU's own hart has heard of it, after its VM is said to be paused. */
static const char *place(const struct vcpu *vcpu)
{
    if (!is_on_hart(vcpu))
        return "-";
    if (vcpu_is_paused(vcpu))
        return "paused";
    return ledger_column_name((enum ledger_column)read_once(&vcpu->ledger->column));
}

static void print_vcpu(const struct vcpu *vcpu)
{
    char name[WHICH_NAME];
    print_line("%-18s %4lu  %-15s %12lu  %s", vcpu_name(vcpu, name), (unsigned long)vcpu->hart->id,
               hsm_name(hsm_state(vcpu)), (unsigned long)read_once(&vcpu->exits), place(vcpu));
}

static bool print_vcpu_row(uint32_t row)
{
    static const struct which all;
    if (row == 0) {
        print_line("VCPU               HART  HSM STATE              EXITS  IN");
        return true;
    }
    const struct vcpu *vcpu = which_vcpu(&all, row - 1);
    if (vcpu != NULL)
        print_vcpu(vcpu);
    return vcpu != NULL;
}

static void run(const struct words *words)
{
    if (arg_end("vcpu", words, 1))
        shell_print(print_vcpu_row);
}

const struct command command_vcpu = {
    "vcpu", "", "the vCPUs: hart, state, exits, where each is", NULL, run, NULL,
};
