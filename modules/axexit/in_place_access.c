/*
 * Accesses to devices, and what is refused, which end with the guest's callee-saved registers in
 * place: see in_place.c. The exit's CSRs stay as they were, so what they tell is read from them
 * again instead of being kept, and the exit is noted only where that is of use: at an unusual end.
 */
#include <lib/bits.h>
#include "in_place.h"

/* Callee-saved, and gp: the guest's are where they are, and not in vcpu->x. */
#define IN_REGISTERS (BIT(REG_GP) | BIT(REG_S0) | BIT(REG_S1) | MASK(REG_S11, REG_S2))

/* Its pc is the guest's sepc by now. */
static RARE enum exit_left end_refused(struct vcpu *vcpu)
{
    note_exit(vcpu, csr_read_vsepc(), csr_read_scause(), vcpu_fault_address().a, csr_read_htinst(),
              0);
    return end_unusual(vcpu);
}

static RARE enum exit_left refuse(struct vcpu *vcpu, enum exception exception)
{
    ledger_name(vcpu->ledger, LEDGER_INJECT);
    vcpu_inject_in_place(vcpu, exception, csr_read_stval());
    return end_usual(vcpu) ? EXIT_DONE : end_refused(vcpu);
}

static RARE enum exit_left end_access(struct vcpu *vcpu)
{
    const uint64_t htinst = csr_read_htinst();
    note_exit(vcpu, csr_read_sepc() - htinst_length(htinst), csr_read_scause(),
              vcpu_fault_address().a, htinst, 0);
    return end_unusual(vcpu);
}

/* The device has not taken it; ERR_AGAIN: the guest repeats the instruction. */
static RARE enum exit_left end_not_taken(struct vcpu *vcpu, enum err err)
{
    if (err != ERR_AGAIN)
        return refuse(vcpu, mmio_access_fault(csr_read_scause()));
    note_exit(vcpu, csr_read_sepc(), csr_read_scause(), vcpu_fault_address().a, csr_read_htinst(),
              0);
    return end_unusual(vcpu);
}

static inline bool is_in_register(unsigned reg)
{
    return (IN_REGISTERS >> reg & 1) != 0;
}

/* Each access comes here: a call would cost it four instructions. */
static inline __attribute__((always_inline)) enum exit_left step_over_access(struct vcpu *vcpu,
                                                                             uint64_t htinst)
{
    csr_write_sepc(csr_read_sepc() + htinst_length(htinst));
    return end_usual(vcpu) ? EXIT_DONE : end_access(vcpu);
}

static inline __attribute__((always_inline)) void put_loaded(struct vcpu *vcpu, uint64_t htinst,
                                                             uint64_t value)
{
    if (htinst_rd(htinst) != REG_ZERO)
        vcpu->x[htinst_rd(htinst)] =
            mmio_extend(value, (unsigned)htinst_log_width(htinst), htinst_sign_extends(htinst));
}

/* For a device by its way for all accesses: this one may be several for it. */
static RARE enum exit_left access_in_full(struct vcpu *vcpu, struct mmio_device *device)
{
    const uint64_t htinst = csr_read_htinst();
    const bool write = htinst_is_store(htinst);
    uint64_t value = vcpu->x[htinst_rs2(htinst)];
    vcpu->last_device = device;
    ledger_name(vcpu->ledger, device->column);
    enum err err =
        device_access(device, vcpu_fault_address(), 1U << htinst_log_width(htinst), write, &value);
    if (err != OK)
        return end_not_taken(vcpu, err);
    if (!write)
        put_loaded(vcpu, htinst, value);
    return step_over_access(vcpu, htinst);
}

static RARE enum exit_left refuse_in_hole(struct vcpu *vcpu)
{
    const struct mmio_gap gap = bus_gap(machine_of(vcpu)->bus, vcpu_fault_address());
    vcpu->hole_base = gap.base;
    vcpu->hole_size = gap.size;
    return refuse(vcpu, mmio_access_fault(csr_read_scause()));
}

/* It is not for the device that the last one was for, or is not simple. */
static RARE enum exit_left access_elsewhere(struct vcpu *vcpu, gpa_t at, uint64_t log_width)
{
    if (at.a - vcpu->hole_base < vcpu->hole_size)
        return refuse(vcpu, mmio_access_fault(csr_read_scause()));
    struct mmio_device *device = bus_find(machine_of(vcpu)->bus, at, 1U << log_width);
    return device == NULL ? refuse_in_hole(vcpu) : access_in_full(vcpu, device);
}

/* The device that the last access was for, if this one is for it and is one access; or NULL. */
static inline struct mmio_device *same_device(const struct vcpu *vcpu, gpa_t at, uint64_t log_width)
{
    struct mmio_device *device = vcpu->last_device;
    bool same = access_is_simple(at, log_width) && device != NULL && device_has_byte(device, at);
    return same ? device : NULL;
}

STAGE enum exit_left serve_load(struct vcpu *vcpu)
{
    uint64_t value, htinst = csr_read_htinst(), log_width = htinst_log_width(htinst);
    if (!htinst_is_load(htinst) || is_in_register(htinst_rd(htinst)))
        return EXIT_OPEN;
    observe(vcpu);
    const gpa_t at = vcpu_fault_address();
    struct mmio_device *device = same_device(vcpu, at, log_width);
    if (device == NULL)
        return access_elsewhere(vcpu, at, log_width);
    ledger_name(vcpu->ledger, device->column);
    if (device->ops->read(device, at.a - device->base.a, 1U << log_width, &value) != OK)
        return refuse(vcpu, EXC_LOAD_ACCESS);
    htinst = csr_read_htinst();
    put_loaded(vcpu, htinst, value);
    return step_over_access(vcpu, htinst);
}

STAGE enum exit_left serve_store(struct vcpu *vcpu)
{
    const uint64_t htinst = csr_read_htinst(), log_width = htinst_log_width(htinst);
    if (!htinst_is_store(htinst) || is_in_register(htinst_rs2(htinst)))
        return EXIT_OPEN;
    observe(vcpu);
    const gpa_t at = vcpu_fault_address();
    struct mmio_device *device = same_device(vcpu, at, log_width);
    if (device == NULL)
        return access_elsewhere(vcpu, at, log_width);
    ledger_name(vcpu->ledger, device->column);
    const uint64_t value = mmio_extend(vcpu->x[htinst_rs2(htinst)], (unsigned)log_width, false);
    enum err err = device->ops->write(device, at.a - device->base.a, 1U << log_width, value);
    if (err != OK)
        return end_not_taken(vcpu, err);
    return step_over_access(vcpu, csr_read_htinst());
}

RARE enum exit_left serve_virtual_instruction(struct vcpu *vcpu)
{
    if (!is_illegal_for_sure(vcpu, csr_read_stval()))
        return EXIT_OPEN;
    observe(vcpu);
    return refuse(vcpu, EXC_ILLEGAL);
}
