/* Private to axsbi: what a call and an extension are, and what the extensions share. */
#pragma once
#include <axsbi/sbi.h>

struct sbi_call {
    struct sbi_machine *machine;
    struct vcpu *vcpu;
    uint64_t function;    /* a6 */
    const uint64_t *args; /* a0 .. a5 */
};

/* What a call leaves: of a legacy extension `error` is all of a0, and `value` is not used. It is
 * returned in two registers. */
struct sbi_outcome {
    enum sbi_verdict verdict;
    int32_t error; /* enum sbi_error */
    long value;
};

#define DECLARE_EXTENSION(NAME, name, number) extern const struct sbi_extension sbi_##name;
SBI_EXTENSIONS(DECLARE_EXTENSION)

/* What the SBI keeps of the caller. */
static inline struct sbi_hart *sbi_hart_of(const struct sbi_call *call)
{
    return &call->machine->harts[call->vcpu->id];
}

static inline struct sbi_outcome sbi_done(uint64_t value)
{
    return (struct sbi_outcome){SBI_RESUME, SBI_SUCCESS, (long)value};
}

static inline struct sbi_outcome sbi_refuse(enum sbi_error error)
{
    return (struct sbi_outcome){SBI_RESUME, error, 0};
}

static inline struct sbi_outcome sbi_halt(void)
{
    return (struct sbi_outcome){SBI_HALT, SBI_SUCCESS, 0};
}

/*
 * The harts that a hart mask and its base name (SBI 3.0 §3.1), as a mask from hart 0. False, and
 * nothing is written, if one of them is not a hart of the machine.
 */
bool sbi_hart_mask(const struct sbi_machine *machine, uint64_t mask, uint64_t base,
                   uint64_t *targets);

/*
 * progress.c. Own hart, of a call that takes the slow path: how far it has come; `done` and `error`
 * are 0 if it begins. A call with other arguments, or from elsewhere, begins. It is over unless it
 * returns sbi_no_room().
 */
struct sbi_progress *sbi_progress_of(const struct sbi_call *call);
/* The guest makes the same call again, after its interrupts. */
struct sbi_outcome sbi_again(struct sbi_progress *progress);

/* True if a hart can begin at guest-physical `at`: RAM, and where an instruction may stand. */
bool sbi_entry_valid(const struct sbi_machine *machine, uint64_t at);
/* Suspends `vcpu`, its registers kept. */
struct sbi_outcome sbi_suspend(struct vcpu *vcpu);
/* Suspends `vcpu`, to begin anew at `at`, which is valid, with a1 = `opaque`. */
struct sbi_outcome sbi_suspend_to(struct vcpu *vcpu, uint64_t at, uint64_t opaque);

/* The guest is to make the call again. */
static inline struct sbi_outcome sbi_no_room(void)
{
    return (struct sbi_outcome){.verdict = SBI_AGAIN};
}

static inline enum err sbi_console_put(const struct sbi_machine *machine, char byte)
{
    return machine->console.put(machine->console.context, byte);
}

/* fwft.c: no feature is locked, and each is as at a hart's start. */
void fwft_reset(struct sbi_hart *hart, struct vcpu *vcpu);
/* pmu.c: no counter is configured, none runs. */
void pmu_reset(struct sbi_hart *hart, struct vcpu *vcpu);
/* sta.c: the ledger keeps an exact sum of what is stolen while the guest looks at it. */
void steal_watch(struct sbi_hart *hart, struct vcpu *vcpu);
