/* The table of the extensions, and the one way into them. */
#include "pmu.h"
#include <lib/assert.h>
#include <lib/bits.h>
#include <lib/exit_path.h>

_Static_assert(SBI_EXT_QUIET == (0x0A000000 | (SBI_GUEST_IMPL_ID & 0xFFFFFF)), "SBI 3.0 §23");

/* SBI 2.0 §5: these extensions return nothing in a1. */
#define LEGACY_LAST 0x0F

#define EXTENSION_ROW(NAME, name, number) [SBI_SLOT(number)] = &sbi_##name,
const sbi_table_t sbi_extensions = {SBI_EXTENSIONS(EXTENSION_ROW)};

static struct sbi_outcome handle_none(const struct sbi_call *call)
{
    (void)call;
    return sbi_refuse(SBI_ERR_NOT_SUPPORTED);
}

const struct sbi_extension sbi_none = {.id = 0,
                                       .handle = handle_none,
                                       .column = LEDGER_SBI_OTHER,
                                       .columns = 1,
                                       .in_place = SBI_ALL_IN_PLACE};

bool sbi_probe(uint64_t id)
{
    return sbi_find(sbi_extensions, id) != NULL;
}

void sbi_hart_reset(struct sbi_machine *machine, struct vcpu *vcpu)
{
    DEBUG_ASSERT(vcpu->id < machine->vcpu_count);
    vcpu_assert_own(vcpu);
    struct sbi_hart *hart = &machine->harts[vcpu->id];
    fwft_reset(hart, vcpu);
    pmu_reset(hart, vcpu);
    hart->sta = (struct sta){0};
    hart->progress = (struct sbi_progress){0};
    steal_watch(hart, vcpu);
}

bool sbi_hart_start(struct sbi_machine *machine, struct vcpu *vcpu, unsigned step)
{
    vcpu_assert_own(vcpu);
    return pmu_hardware_run(&machine->harts[vcpu->id].pmu, step);
}

static enum ledger_column column_of(const struct sbi_extension *extension, uint64_t function)
{
    unsigned last = extension->columns - 1;
    return extension->column + (function < last ? (unsigned)function : last);
}

EXIT_PATH enum sbi_verdict sbi_perform(const struct sbi_extension *extension,
                                       struct sbi_machine *machine, struct vcpu *vcpu)
{
    DEBUG_ASSERT(vcpu == &machine->vcpus[vcpu->id]);
    vcpu_assert_own(vcpu);
    const struct sbi_call call = {machine, vcpu, vcpu->x[REG_A6], &vcpu->x[REG_A0]};
    ledger_name(vcpu->ledger, column_of(extension, call.function));
    const struct sbi_outcome outcome = extension->handle(&call);
    if (outcome.verdict == SBI_AGAIN)
        return SBI_AGAIN;
    vcpu->x[REG_A0] = (uint64_t)outcome.error;
    if (vcpu->x[REG_A7] > LEGACY_LAST)
        vcpu->x[REG_A1] = (uint64_t)outcome.value;
    return outcome.verdict;
}

enum sbi_verdict sbi_handle(struct sbi_machine *machine, struct vcpu *vcpu)
{
    return sbi_perform(sbi_find_or_none(vcpu->x[REG_A7]), machine, vcpu);
}
