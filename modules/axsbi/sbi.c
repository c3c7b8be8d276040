/* The table of the extensions, and the one way into them. */
#include "extension.h"
#include <lib/bits.h>

_Static_assert(SBI_EXT_QUIET == (0x0A000000 | (SBI_GUEST_IMPL_ID & 0xFFFFFF)), "SBI 3.0 §23");

/* SBI 2.0 §5: these extensions return nothing in a1. */
#define LEGACY_LAST 0x0F

/* Searched in this order: what a busy guest calls comes first. */
static const struct sbi_extension *const extensions[] = {
    &sbi_time,
    &sbi_ipi,
    &sbi_rfence,
    &sbi_hsm,
    &sbi_dbcn,
    &sbi_base,
    &sbi_legacy_putchar,
    &sbi_legacy_getchar,
    &sbi_legacy_set_timer,
    &sbi_srst,
    &sbi_susp,
    &sbi_pmu,
    &sbi_sta,
    &sbi_fwft,
    &sbi_quiet,
    &sbi_legacy_shutdown,
};

static const struct sbi_extension *find(uint64_t id)
{
    for (size_t i = 0; i < ARRAY_SIZE(extensions); i++)
        if (extensions[i]->id == id)
            return extensions[i];
    return NULL;
}

bool sbi_probe(uint64_t id)
{
    return find(id) != NULL;
}

void sbi_hart_reset(struct sbi_machine *machine, struct vcpu *vcpu)
{
    struct sbi_hart *hart = &machine->harts[vcpu->id];
    fwft_reset(hart, vcpu);
    pmu_reset(hart, vcpu);
    hart->sta = (struct sta){0};
    steal_watch(hart, vcpu);
}

static enum ledger_column column_of(const struct sbi_extension *extension, uint64_t function)
{
    if (extension == NULL)
        return LEDGER_SBI_OTHER;
    unsigned last = extension->columns - 1;
    return extension->column + (function < last ? (unsigned)function : last);
}

enum sbi_verdict sbi_handle(struct sbi_machine *machine, struct vcpu *vcpu)
{
    const uint64_t id = vcpu->x[REG_A7];
    const struct sbi_call call = {machine, vcpu, vcpu->x[REG_A6], &vcpu->x[REG_A0]};
    const struct sbi_extension *extension = find(id);
    ledger_name(vcpu->ledger, column_of(extension, call.function));
    /* SBI 2.0 §3: an extension that is not there answers too. */
    const struct sbi_outcome outcome =
        extension ? extension->handle(&call) : sbi_refuse(SBI_ERR_NOT_SUPPORTED);
    vcpu->x[REG_A0] = (uint64_t)outcome.error;
    if (id > LEGACY_LAST)
        vcpu->x[REG_A1] = (uint64_t)outcome.value;
    return outcome.verdict;
}
