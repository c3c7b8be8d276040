/*
 * The SBI that guests see. Each extension is one file with one `const struct sbi_extension`; the
 * table in sbi.c names them all, and BASE's probe reads the same table and the VM's mask.
 */
#pragma once
#include <axaddrspace/addrspace.h>
#include <axvcpu/vcpu.h>
#include <lib/sbi.h>
#include <stdint.h>

/* A byte console: what DBCN and the legacy calls talk to. Own locking; any hart. */
struct sbi_console {
    void *context;
    void (*write)(void *context, const char *bytes, size_t count);
    size_t (*read)(void *context, char *bytes, size_t room); /* what is there now, perhaps 0 */
};

/* What the SBI needs of the machine that it serves; the VM (axvm) has one. */
struct sbi_machine {
    struct vcpu *vcpus; /* vcpus[i] is guest hart i */
    uint32_t vcpu_count;/* 1 .. 64 */
    const struct addrspace *memory;
    struct sbi_console console;
    uint64_t mvendorid, marchid, mimpid; /* the host's, as the guest may see them */
    /* Asks for the end or restart of the whole VM; returns at once, the vCPU then gets
     * VCPU_REQ_HALT. */
    void (*reset)(struct sbi_machine *machine, enum sbi_srst_type type,
                  enum sbi_srst_reason reason);
};

/* What the run loop does after a call. */
enum sbi_verdict {
    SBI_RESUME, /* a0 and a1 are set: back to the guest, behind the ecall */
    SBI_WAIT,   /* wait for an interrupt first (suspend); a0, a1 or resume_* are set */
    SBI_HALT,   /* this vCPU does not come back from the call (stop, reset) */
};

/*
 * Handles the ecall that `vcpu` made: arguments in x[a0..a7], result to x[a0], x[a1]. The caller
 * advances sepc. Runs on the vCPU's own hart.
 */
enum sbi_verdict sbi_handle(struct sbi_machine *machine, struct vcpu *vcpu);
