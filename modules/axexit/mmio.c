/*
 * Guest-page faults. All of a VM's RAM is mapped before it starts, so what faults is a device, or
 * nothing: then the guest gets the access fault that its hardware would have given.
 */
#include <axexit/mmio_decode.h>
#include "internal.h"

static struct verdict access_fault(const struct vm_exit *exit)
{
    switch (exit->cause) {
    case EXC_FETCH_GUEST_PAGE:
        return inject(EXC_FETCH_ACCESS, exit->tval);
    case EXC_LOAD_GUEST_PAGE:
        return inject(EXC_LOAD_ACCESS, exit->tval);
    default:
        return inject(EXC_STORE_ACCESS, exit->tval);
    }
}

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

static enum err decode(const struct vcpu *vcpu, const struct vm_exit *exit, struct mmio_op *op)
{
    enum err err = mmio_decode_htinst(exit->instruction, op);
    if (err != ERR_NOT_FOUND)
        return err;
    uint32_t instruction;
    err = fetch_instruction(vcpu, &instruction);
    return err == OK ? mmio_decode_instruction(instruction, op) : err;
}

static enum err perform(struct vcpu *vcpu, gpa_t at, const struct mmio_op *op)
{
    struct mmio_device *device = bus_find(machine_of(vcpu)->bus, at, op->width);
    if (device == NULL)
        return ERR_NOT_FOUND;
    ledger_name(vcpu->ledger, device->column);
    uint64_t value = op->write ? mmio_store_value(op, vcpu->x) : 0;
    enum err err = device_access(device, at, op->width, op->write, &value);
    if (err == OK && !op->write && op->reg != REG_ZERO)
        vcpu->x[op->reg] = mmio_load_result(op, value);
    return err;
}

struct verdict handle_guest_page_fault(struct vcpu *vcpu, const struct vm_exit *exit)
{
    struct mmio_op op;
    if (exit->cause == EXC_FETCH_GUEST_PAGE || decode(vcpu, exit, &op) != OK ||
        op.write != (exit->cause == EXC_STORE_GUEST_PAGE) ||
        perform(vcpu, exit->address, &op) != OK)
        return access_fault(exit);
    return (struct verdict){.kind = VERDICT_RESUME, .length = op.length};
}
