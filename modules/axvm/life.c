/* Start, end and restart of a VM. */
#include <axhal/firmware.h>
#include <axhal/panic.h>
#include <axipi/mailbox.h>
#include <axlog/log.h>
#include <string.h>
#include "internal.h"

/* Of all that were made: one that ends while another still waits for its start is not the last. */
static _Atomic uint32_t ended_vms;
static _Atomic bool any_failed;

static void machine_ends(void)
{
    firmware_shutdown(any_failed);
}

static void on_end(struct vm *vm)
{
    enum vm_end end = atomic_load(&vm->end);
    if (end == VM_FAILED)
        log_error("VM %s: %s", vm->config->name, vm->end_reason);
    else
        log_info("VM %s: %s", vm->config->name, vm->end_reason);
    if (end == VM_REBOOT && vm_start(vm) == OK)
        return;
    if (end != VM_SHUTDOWN)
        atomic_store(&any_failed, true);
    if (atomic_fetch_add(&ended_vms, 1) + 1 == vm_count)
        machine_ends();
}

/* Runs on the vCPU's hart, out of its mailbox. The last vCPU that comes back ends the VM. */
static void run_vcpu(void *argument)
{
    struct vcpu *vcpu = argument;
    struct vm *vm = vm_of_machine(vcpu->machine);
    vcpu_attach(vcpu);
    ledger_start(vcpu->ledger);
    exit_run_vcpu(vcpu);
    ledger_stop(vcpu->ledger);
    vcpu_detach(vcpu);
    if (atomic_fetch_sub(&vm->vcpus_running, 1) == 1)
        on_end(vm);
}

void vm_request_end(struct vm *vm, enum vm_end end, const char *reason)
{
    uint32_t none = VM_RUNS;
    if (!atomic_compare_exchange_strong(&vm->end, &none, end))
        return;
    vm->end_reason = reason;
    for (uint32_t i = 0; i < vm->config->cpus; i++)
        vcpu_post(&vm->vcpus[i], VCPU_REQ_HALT);
}

/* Nobody runs this VM: its vCPUs are as after power-on, the first about to start. */
static void reset_vcpus(struct vm *vm)
{
    for (uint32_t i = 0; i < vm->config->cpus; i++) {
        struct vcpu *vcpu = &vm->vcpus[i];
        atomic_store(&vcpu->requests, 0);
        atomic_store(&vcpu->external_level, false);
        atomic_store(&vcpu->hsm_state, SBI_HSM_STOPPED);
        vcpu->resume_pending = false;
    }
    vcpu_start(&vm->vcpus[0], vm->config->kernel.entry, vm->config->placement.fdt.a);
}

enum err vm_start(struct vm *vm)
{
    enum err err = vm_load(vm);
    if (err != OK) {
        log_error("VM %s: its images and device tree can't be placed", vm->config->name);
        return err;
    }
    bus_reset(&vm->bus);
    reset_vcpus(vm);
    atomic_store(&vm->end, VM_RUNS);
    atomic_store(&vm->vcpus_running, vm->config->cpus);
    for (uint32_t i = 0; i < vm->config->cpus; i++) {
        struct hart *hart = vm->vcpus[i].hart;
        if (mailbox_post(hart, run_vcpu, &vm->vcpus[i]) != OK)
            panic("VM %s: hart %lu does not take its vCPU", vm->config->name,
                  (unsigned long)hart->id);
    }
    return OK;
}

void vm_print_context(void)
{
    const struct vcpu *vcpu = this_hart()->vcpu;
    if (vcpu == NULL) {
        print_line("no vCPU was on this hart");
        return;
    }
    const struct vm *vm = vm_of_machine(vcpu->machine);
    print_line("vCPU %u of VM %s was on this hart, guest pc 0x%lx, %lu exits", vcpu->id,
               vm->config->name, (unsigned long)vcpu->sepc, (unsigned long)vcpu->exits);
}
