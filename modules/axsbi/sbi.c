/* The table of the extensions, and the one way into them. */
#include "pmu.h"
#include <lib/bits.h>
#include <lib/exit_path.h>

_Static_assert(SBI_EXT_QUIET == (0x0A000000 | (SBI_GUEST_IMPL_ID & 0xFFFFFF)), "SBI 3.0 §23");

/* SBI 2.0 §5: these extensions return nothing in a1. */
#define LEGACY_LAST 0x0F

const sbi_table_t sbi_extensions = {
    [SBI_SLOT(SBI_EXT_BASE)] = &sbi_base,
    [SBI_SLOT(SBI_EXT_TIME)] = &sbi_time,
    [SBI_SLOT(SBI_EXT_IPI)] = &sbi_ipi,
    [SBI_SLOT(SBI_EXT_RFENCE)] = &sbi_rfence,
    [SBI_SLOT(SBI_EXT_HSM)] = &sbi_hsm,
    [SBI_SLOT(SBI_EXT_SRST)] = &sbi_srst,
    [SBI_SLOT(SBI_EXT_PMU)] = &sbi_pmu,
    [SBI_SLOT(SBI_EXT_DBCN)] = &sbi_dbcn,
    [SBI_SLOT(SBI_EXT_SUSP)] = &sbi_susp,
    [SBI_SLOT(SBI_EXT_STA)] = &sbi_sta,
    [SBI_SLOT(SBI_EXT_FWFT)] = &sbi_fwft,
    [SBI_SLOT(SBI_EXT_QUIET)] = &sbi_quiet,
    [SBI_SLOT(SBI_EXT_LEGACY_SET_TIMER)] = &sbi_legacy_set_timer,
    [SBI_SLOT(SBI_EXT_LEGACY_PUTCHAR)] = &sbi_legacy_putchar,
    [SBI_SLOT(SBI_EXT_LEGACY_GETCHAR)] = &sbi_legacy_getchar,
    [SBI_SLOT(SBI_EXT_LEGACY_CLEAR_IPI)] = &sbi_legacy_clear_ipi,
    [SBI_SLOT(SBI_EXT_LEGACY_SEND_IPI)] = &sbi_legacy_send_ipi,
    [SBI_SLOT(SBI_EXT_LEGACY_FENCE_I)] = &sbi_legacy_fence_i,
    [SBI_SLOT(SBI_EXT_LEGACY_SFENCE_VMA)] = &sbi_legacy_sfence_vma,
    [SBI_SLOT(SBI_EXT_LEGACY_SFENCE_VMA_ASID)] = &sbi_legacy_sfence_vma_asid,
    [SBI_SLOT(SBI_EXT_LEGACY_SHUTDOWN)] = &sbi_legacy_shutdown,
};

static struct sbi_outcome handle_none(const struct sbi_call *call)
{
    (void)call;
    return sbi_refuse(SBI_ERR_NOT_SUPPORTED);
}

const struct sbi_extension sbi_none = {0, handle_none, LEDGER_SBI_OTHER, 1, SBI_ALL_IN_PLACE};

static inline const struct sbi_extension *find(uint64_t id)
{
    const struct sbi_extension *extension = sbi_find(sbi_extensions, id);
    return extension != NULL ? extension : &sbi_none;
}

bool sbi_probe(uint64_t id)
{
    return sbi_find(sbi_extensions, id) != NULL;
}

void sbi_hart_reset(struct sbi_machine *machine, struct vcpu *vcpu)
{
    struct sbi_hart *hart = &machine->harts[vcpu->id];
    fwft_reset(hart, vcpu);
    pmu_reset(hart, vcpu);
    hart->sta = (struct sta){0};
    hart->progress = (struct sbi_progress){0};
    steal_watch(hart, vcpu);
}

void sbi_hart_start(struct sbi_machine *machine, struct vcpu *vcpu)
{
    pmu_hardware_run(&machine->harts[vcpu->id].pmu);
}

static enum ledger_column column_of(const struct sbi_extension *extension, uint64_t function)
{
    unsigned last = extension->columns - 1;
    return extension->column + (function < last ? (unsigned)function : last);
}

EXIT_PATH enum sbi_verdict sbi_perform(const struct sbi_extension *extension,
                                       struct sbi_machine *machine, struct vcpu *vcpu)
{
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
    return sbi_perform(find(vcpu->x[REG_A7]), machine, vcpu);
}
