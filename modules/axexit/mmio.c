/*
 * Guest-page faults. All of a VM's RAM is mapped before it starts, so what faults is a device, or
 * nothing: then the guest gets the access fault that its hardware would have raised.
 */
#include <axhal/platform.h>
#include <axvcpu/exit_csrs.h>
#include <lib/assert.h>
#include <lib/bits.h>
#include "internal.h"

/* The instruction at the guest's pc, a parcel at a time: the second may lie in another page. */
enum err fetch_instruction(const struct vcpu *vcpu, uint32_t *instruction)
{
    uint16_t low, high = 0;
    if (!vcpu_fetch16(vcpu, gva(vcpu->sepc), &low))
        return ERR_RANGE;
    if ((low & 3) == 3 && !vcpu_fetch16(vcpu, gva(vcpu->sepc + 2), &high))
        return ERR_RANGE;
    *instruction = (uint32_t)high << 16 | low;
    return OK;
}

/* Of an address bits 47:0: pointer masking leaves these as they are (Zjpm §2.2). */
#define ADDRESS MASK(47, 0)

/*
 * What the hart does not say in htinst is read from the guest's code, which the guest may have
 * changed since the trap, or its page table. So what is found must be what can have trapped: else
 * ERR_RANGE, and the guest executes what is there now. stval lies within the access, and at its
 * start but for the later part of a misaligned one (Priv 1.13 §18.6.3).
 */
static enum err decode_fetched(const struct vcpu *vcpu, const struct vm_exit *exit,
                               struct mmio_op *op)
{
    uint32_t instruction;
    if (fetch_instruction(vcpu, &instruction) != OK || !mmio_may_access(instruction))
        return ERR_RANGE;
    if (mmio_decode_instruction(instruction, op) != OK ||
        (mmio_is_zcmp(instruction) && platform_has_extension(platform(), "zcmp")))
        return ERR_UNSUPPORTED;
    if (op->is_float && (csr_read_vsstatus() & SSTATUS_FS) == 0) /* an illegal one by now */
        return ERR_RANGE;
    uint64_t into = (exit->tval - mmio_address(instruction, vcpu->x)) & ADDRESS;
    if (into >= op->width || op->write != (exit->cause == EXC_STORE_GUEST_PAGE))
        return ERR_RANGE;
    return into == 0 ? OK : ERR_UNSUPPORTED;
}

static enum err decode(const struct vcpu *vcpu, const struct vm_exit *exit, struct mmio_op *op)
{
    if (exit->cause == EXC_FETCH_GUEST_PAGE)
        return ERR_UNSUPPORTED;
    enum err err = mmio_decode_htinst(exit->instruction, op);
    return err == ERR_NOT_FOUND ? decode_fetched(vcpu, exit, op) : err;
}

/* A narrower value is boxed: all bits above it are 1 (Unpriv, D: NaN boxing). FS in sstatus of both
 * levels becomes dirty, as by the load itself (Priv 1.13, vsstatus); the host's by the access. */
static void put_float(const struct mmio_op *op, uint64_t value)
{
    vcpu_float_set(op->reg, op->width == 8 ? value : value | ~UINT64_C(0) << 8 * op->width);
    csr_set_vsstatus(SSTATUS_FS_DIRTY);
}

static void put_loaded(struct vcpu *vcpu, const struct mmio_op *op, uint64_t value)
{
    if (op->is_float)
        put_float(op, value);
    else if (op->reg != REG_ZERO)
        vcpu->x[op->reg] = mmio_extend(value, (unsigned)__builtin_ctz(op->width), op->sign_extend);
}

static enum err perform(struct vcpu *vcpu, struct mmio_device *device, gpa_t at,
                        const struct mmio_op *op)
{
    DEBUG_ASSERT(op->reg < REG_COUNT &&
                 (op->width == 1 || op->width == 2 || op->width == 4 || op->width == 8));
    ledger_name(vcpu->ledger, device->column);
    uint64_t value = op->is_float && op->write ? vcpu_float_get(op->reg) : vcpu->x[op->reg];
    enum err err = device_access(device, at, op->width, op->write, &value);
    if (err == OK && !op->write)
        put_loaded(vcpu, op, value);
    return err;
}

struct verdict handle_guest_page_fault(struct vcpu *vcpu, const struct vm_exit *exit)
{
    vcpu_assert_own(vcpu);
    struct mmio_op op;
    enum err err = decode(vcpu, exit, &op);
    if (err == ERR_RANGE)
        return retry(vcpu);
    struct mmio_device *device = NULL;
    if (err == OK && op.write == (exit->cause == EXC_STORE_GUEST_PAGE))
        device = bus_find(machine_of(vcpu)->bus, exit->address, op.width);
    err = device != NULL ? perform(vcpu, device, exit->address, &op) : ERR_NOT_FOUND;
    if (err == ERR_AGAIN)
        return (struct verdict){.kind = VERDICT_RETRY};
    if (err != OK)
        return inject(mmio_access_fault(exit->cause), exit->tval);
    return (struct verdict){.kind = VERDICT_RESUME, .length = op.length};
}
