/*
 * exit -> handler -> verdict. A handler decodes and checks wholly, then performs, and says what
 * becomes of the vCPU; applying the verdict is one place, run.c, and only it advances the pc.
 */
#pragma once
#include <axdevice/bus.h>
#include <axdevice/imsic.h>
#include <axsbi/sbi.h>
#include <axvcpu/vcpu.h>

/* What exits need of the machine; vcpu->machine points to it. */
struct exit_machine {
    struct sbi_machine sbi;
    struct mmio_bus *bus;
    const struct imsic *imsic; /* interrupt files in software; NULL: no vCPU has one */
    /* Stops the whole VM for a reason that is printed; the vCPUs get VCPU_REQ_HALT. */
    void (*stop)(struct exit_machine *machine, const struct vcpu *vcpu, const char *reason);
    /* The guest's userspace makes its first system call (vcpu->awaits_user): each vCPU is to get
     * VCPU_REQ_USER. Several vCPUs may come here. */
    void (*user)(struct exit_machine *machine);
};

enum verdict_kind {
    VERDICT_RESUME, /* after the instruction, which is `length` bytes long */
    VERDICT_RETRY,  /* at the same instruction */
    VERDICT_INJECT, /* the guest takes `cause` with `tval` at this instruction */
    VERDICT_WAIT,   /* after the instruction, once an interrupt is pending */
    VERDICT_STOP,   /* no longer: until another hart starts it (hart_start), or the VM ends */
};

struct verdict {
    enum verdict_kind kind;
    unsigned length;
    uint64_t cause;
    uint64_t tval;
};

/* Own hart, attached: runs the vCPU until another hart asks it to halt (VCPU_REQ_HALT). */
void exit_run_vcpu(struct vcpu *vcpu);
