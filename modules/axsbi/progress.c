/*
 * Calls that take longer than an exit may: each part ends in SBI_AGAIN, and the guest, which has
 * taken its interrupts in between, makes the call again. Nothing but how far it has come is kept:
 * the arguments, and what they point to, are checked in each part as if it was the first.
 */
#include <lib/assert.h>
#include <string.h>
#include "extension.h"

static bool goes_on(const struct sbi_progress *progress, const struct sbi_call *call)
{
    return progress->unfinished && progress->pc == call->vcpu->sepc &&
           progress->extension == call->vcpu->x[REG_A7] && progress->function == call->function &&
           memcmp(progress->args, call->args, sizeof progress->args) == 0;
}

struct sbi_progress *sbi_progress_of(const struct sbi_call *call)
{
    vcpu_assert_own(call->vcpu);
    struct sbi_progress *progress = &sbi_hart_of(call)->progress;
    if (!goes_on(progress, call)) {
        *progress = (struct sbi_progress){
            .pc = call->vcpu->sepc, .extension = call->vcpu->x[REG_A7], .function = call->function};
        memcpy(progress->args, call->args, sizeof progress->args);
    }
    progress->unfinished = false;
    return progress;
}

struct sbi_outcome sbi_again(struct sbi_progress *progress)
{
    DEBUG_ASSERT(!progress->unfinished);
    progress->unfinished = true;
    return (struct sbi_outcome){SBI_AGAIN, SBI_SUCCESS, 0};
}
