#pragma once
#include <axexit/exit.h>
#include <axexit/mmio_decode.h>
#include <axvcpu/exit_csrs.h>
#include <axhal/csr_bits.h>

#define ECALL_LENGTH 4 /* there is no compressed ecall */

static inline struct exit_machine *machine_of(const struct vcpu *vcpu)
{
    return vcpu->machine;
}

/* guest_trap.c: the verdict that makes the guest take an exception. */
struct verdict inject(enum exception cause, uint64_t tval);
/* guest_trap.c: the verdict that lets the guest execute what is at its pc now. */
struct verdict retry(struct vcpu *vcpu);
/* guest_trap.c: a virtual-instruction exception. */
struct verdict handle_virtual_instruction(struct vcpu *vcpu, const struct vm_exit *exit);
/* aia.c: performs an instruction of VS-mode on a CSR of the AIA that traps; false, and nothing has
 * changed: the guest's machine has no such CSR. */
bool emulate_aia(struct vcpu *vcpu, uint32_t instruction, struct verdict *verdict);
/* mmio.c: the instruction at the guest's pc; ERR_RANGE: it can't be fetched now. Then the guest
 * retries, and its own hart raises what is due. */
enum err fetch_instruction(const struct vcpu *vcpu, uint32_t *instruction);
/* mmio.c: a guest-page fault. */
struct verdict handle_guest_page_fault(struct vcpu *vcpu, const struct vm_exit *exit);

/* What the guest gets for a guest-page fault where there is nothing. */
static inline enum exception mmio_access_fault(uint64_t cause)
{
    _Static_assert(EXC_LOAD_GUEST_PAGE - EXC_LOAD_ACCESS == EXC_STORE_GUEST_PAGE - EXC_STORE_ACCESS,
                   "the same distance");
    if (cause == EXC_FETCH_GUEST_PAGE)
        return EXC_FETCH_ACCESS;
    return (enum exception)(cause - (EXC_LOAD_GUEST_PAGE - EXC_LOAD_ACCESS));
}

#define INSTRUCTION_WFI 0x10500073
/* Traps with hstatus.VTW too (Zawrs); as a wait that ends at once it is done. */
#define INSTRUCTION_WRS_NTO 0x00d00073

/* guest_trap.c may execute it for this guest. */
static inline bool may_be_emulated(const struct vcpu *vcpu, uint32_t instruction)
{
    const uint32_t csr = instruction >> 20;
    return (vcpu->has_aia && (csr == CSR_sireg || csr == CSR_stopei)) ||
           (vcpu->trap_wfi &&
            (instruction == INSTRUCTION_WFI || instruction == INSTRUCTION_WRS_NTO));
}

/* The virtual instruction, stval, is none that the host executes for the guest; false: that takes a
 * closer look, perhaps at the guest's code, since stval may be 0. */
static inline bool is_illegal_for_sure(const struct vcpu *vcpu, uint64_t tval)
{
    if (!vcpu->trap_wfi && !vcpu->has_aia)
        return true;
    return tval != 0 && !may_be_emulated(vcpu, (uint32_t)tval);
}
