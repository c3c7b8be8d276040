#pragma once
#include <axexit/exit.h>
#include <axhal/csr_bits.h>

#define ECALL_LENGTH 4 /* there is no compressed ecall */

static inline struct exit_machine *machine_of(const struct vcpu *vcpu)
{
    return vcpu->machine;
}

/* guest_trap.c: the verdict that makes the guest take an exception. */
struct verdict inject(enum exception cause, uint64_t tval);
/* guest_trap.c: a virtual-instruction exception. */
struct verdict handle_virtual_instruction(struct vcpu *vcpu, const struct vm_exit *exit);
/* mmio.c: the instruction at the guest's pc; ERR_RANGE: it can't be fetched now. */
enum err fetch_instruction(const struct vcpu *vcpu, uint32_t *instruction);
/* mmio.c: a guest-page fault. */
struct verdict handle_guest_page_fault(struct vcpu *vcpu, const struct vm_exit *exit);
