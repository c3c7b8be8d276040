/* Start, end and restart of a VM. */
#include <axhal/firmware.h>
#include <axhal/time.h>
#include <axipi/mailbox.h>
#include <axlog/console.h>
#include <axlog/log.h>
#include <axsync/spinlock.h>
#include <axtrace/trace.h>
#include <axvm/console.h>
#include <lib/assert.h>
#include "internal.h"
#include "machine.h"

static struct spinlock lock = SPINLOCK("vm life");
/* lock held */
static bool held;
static bool in_rounds; /* a VM that has ended comes again */

void vm_end_machine(enum vm_machine_end how)
{
    console_flush();
    if (how == VM_MACHINE_REBOOT)
        firmware_reboot();
    firmware_shutdown(vm_list_any_failed());
}

void vm_hold_machine(bool wanted)
{
    spin_lock(&lock);
    held = wanted;
    bool all_ended = vm_list_all_ended();
    spin_unlock(&lock);
    if (!wanted && all_ended)
        vm_end_machine(VM_MACHINE_OFF);
}

void vm_run_rounds(bool wanted)
{
    spin_lock(&lock);
    in_rounds = wanted;
    spin_unlock(&lock);
}

/* From one of the phases of the mask (bit i: enum vm_life i) to another; false: it is in none. */
static bool change_life(struct vm *vm, uint64_t from, enum vm_life to)
{
    ASSERT(to <= VM_WIPES && from != 0);
    spin_lock(&lock);
    bool changes = (from >> atomic_load(&vm->life) & 1) != 0;
    if (changes)
        atomic_store(&vm->life, to);
    spin_unlock(&lock);
    return changes;
}

void vm_tell_if_all_ended(void)
{
    if (!vm_list_all_ended())
        return;
    bool none = vm_list_is_empty();
    print_line("hv: %s; when this console closes the machine ends (%s)",
               none ? "no VM is left" : "all VMs have ended",
               none ? "vm create makes one again" : "vm start starts one again");
}

/* Once it is VM_ENDED it may be destroyed: this hart does not look at it after that. */
static void note_end(struct vm *vm)
{
    ASSERT(atomic_load(&vm->vcpus_running) == 0);
    change_life(vm, BIT(VM_LIVES), VM_LEAVES);
    vm_console_leave(vm);
    spin_lock(&lock);
    atomic_store(&vm->life, VM_ENDED);
    bool last = vm_list_all_ended(), stays = held, again = in_rounds;
    spin_unlock(&lock);
    if (last && !stays)
        vm_end_machine(VM_MACHINE_OFF);
    else if (last && !again)
        vm_tell_if_all_ended();
}

static void note(const struct vm *vm, enum trace_vm event)
{
    trace(TRACE_VM, TRACE_NO_VCPU, TRACE_NO_VCPU, event, vm->index);
}

static void keep_failure(struct vm *vm)
{
    const struct vcpu *vcpu = atomic_load(&vm->failed_vcpu);
    spin_lock(&lock);
    vm->failure = (struct vm_failure){.count = vm->failure.count + 1,
                                      .time = time_now(),
                                      .reason = vm->end_reason,
                                      .vcpu = vcpu,
                                      .pc = vcpu != NULL ? vcpu->sepc : 0};
    spin_unlock(&lock);
}

struct vm_failure vm_last_failure(const struct vm *vm)
{
    spin_lock(&lock);
    struct vm_failure copy = vm->failure;
    spin_unlock(&lock);
    return copy;
}

static enum err begin(struct vm *vm);

static void on_end(struct vm *vm)
{
    vm_leave_devices(vm);
    enum vm_end end = atomic_load(&vm->end);
    note(vm, end == VM_REBOOT ? TRACE_VM_RESET : TRACE_VM_ENDED);
    vm_console_flush(vm); /* its last words come before what is said of it */
    vm_report(vm);
    if (end == VM_FAILED) {
        keep_failure(vm);
        log_error("VM %s: %s", vm->config->name, vm->end_reason);
    } else {
        log_info("VM %s: %s", vm->config->name, vm->end_reason);
    }
    if (end != VM_REBOOT || begin(vm) != OK)
        note_end(vm);
}

/* The last vCPU that leaves ends the VM. */
static void leave(struct vm *vm)
{
    ASSERT(atomic_load(&vm->vcpus_running) > 0);
    if (atomic_fetch_sub(&vm->vcpus_running, 1) == 1)
        on_end(vm);
}

static void run_vcpu(void *argument);
static void count_awaited(struct vm *vm);

/* A hart that does not take its vCPU costs this VM its life, and nothing else: those that came
 * halt, the others are counted as if they had. */
static void post_vcpu(struct vm *vm, struct vcpu *vcpu)
{
    enum err err = mailbox_post(vcpu->hart, run_vcpu, vcpu);
    if (err == OK)
        return;
    log_error("VM %s: hart %lu does not take vCPU %u: %s", vm->config->name,
              (unsigned long)vcpu->hart->id, vcpu->id,
              err == ERR_TIMEOUT ? "its mailbox stayed full" : "it is not online");
    vm_request_end(vm, VM_FAILED, "a hart does not take its vCPU");
    if (vcpu->id != 0)
        count_awaited(vm);
    leave(vm);
}

/* The first vCPU comes when the others are on their harts, and starts: until then their interrupt
 * files may hold what was there before, and what it sends would be lost with that. */
static void count_awaited(struct vm *vm)
{
    ASSERT(atomic_load(&vm->vcpus_awaited) > 0);
    if (atomic_fetch_sub(&vm->vcpus_awaited, 1) == 1)
        post_vcpu(vm, &vm->vcpus[0]);
}

static void bring_first(struct vm *vm, const struct vcpu *vcpu)
{
    if (vcpu->id != 0) {
        count_awaited(vm);
        return;
    }
    /* begin() left it STOPPED, and no hart of the guest runs that could start it: it can't fail. */
    (void)vcpu_start(&vm->vcpus[0], vm->config->kernel.entry, vm->config->placement.fdt.a);
}

/* Runs on the vCPU's hart, out of its mailbox. */
static void run_vcpu(void *argument)
{
    struct vcpu *vcpu = argument;
    struct vm *vm = vm_of_machine(vcpu->machine);
    ASSERT(vcpu->hart == this_hart() && atomic_load(&vm->vcpus_running) > 0);
    vcpu_attach(vcpu);
    if (vcpu->id == 0)
        vm_open_given_irqs(vm);
    vm_watch_go_on();
    bring_first(vm, vcpu);
    ledger_start(vcpu->ledger);
    ledger_arm(vcpu->ledger, LEDGER_ARMED_SLOW, (vm->config->without & VM_FAST_PATH) != 0);
    exit_run_vcpu(vcpu);
    ledger_stop(vcpu->ledger);
    if (vcpu->id == 0)
        vm_close_given_irqs(vm);
    vcpu_detach(vcpu);
    leave(vm);
}

/* lock held. No hart runs this VM: its vCPUs are as after power-on. */
static void reset_vcpus(struct vm *vm)
{
    spin_debug_assert_held(&lock);
    for (uint32_t i = 0; i < vm->config->cpus; i++) {
        struct vcpu *vcpu = &vm->vcpus[i];
        atomic_store(&vcpu->requests, 0);
        atomic_store(&vcpu->external_level, false);
        atomic_store(&vcpu->hsm_state, SBI_HSM_STOPPED);
        atomic_store(&vcpu->pause_wanted, false);
        atomic_store(&vcpu->paused, false);
        vcpu->resume_pending = false;
    }
}

/* On a hart of the VM: the copying of the images takes no time from others. */
static enum err begin(struct vm *vm)
{
    ASSERT(atomic_load(&vm->life) == VM_LIVES && atomic_load(&vm->vcpus_running) == 0);
    atomic_store(&vm->end, VM_STARTS);
    enum err err = vm_load(vm, &vm->end_reason);
    if (err != OK) {
        atomic_store(&vm->end, VM_FAILED);
        log_error("VM %s: %s", vm->config->name, vm->end_reason);
        return err;
    }
    bus_reset(&vm->bus);
    vm_quiet_start(vm);
    spin_lock(&lock);
    reset_vcpus(vm);
    atomic_store(&vm->failed_vcpu, NULL);
    atomic_store(&vm->end, VM_RUNS);
    spin_unlock(&lock);
    note(vm, TRACE_VM_STARTED);
    atomic_store(&vm->vcpus_running, vm->config->cpus);
    atomic_store(&vm->vcpus_awaited, vm->config->cpus - 1);
    const uint32_t cpus = vm->config->cpus; /* once the last is posted the VM may be gone */
    for (uint32_t i = 1; i < cpus; i++)
        post_vcpu(vm, &vm->vcpus[i]);
    if (cpus == 1)
        post_vcpu(vm, &vm->vcpus[0]);
    return OK;
}

static void start_here(void *argument)
{
    struct vm *vm = argument;
    vm_console_come(vm);
    if (begin(vm) != OK)
        note_end(vm);
}

enum err vm_start(struct vm *vm)
{
    if (!change_life(vm, BIT(VM_CREATED) | BIT(VM_ENDED), VM_LIVES))
        return ERR_EXISTS;
    atomic_store(&vm->end, VM_STARTS);
    enum err err = mailbox_post(vm->vcpus[0].hart, start_here, vm);
    if (err != OK) {
        vm->end_reason = "its first hart takes nothing";
        atomic_store(&vm->end, VM_FAILED);
        log_error("VM %s: %s", vm->config->name, vm->end_reason);
        note_end(vm);
    }
    return err;
}

static bool wipe_some(struct errand *errand)
{
    struct vm *vm = container_of(errand, struct vm, wiping);
    bool more = vm_wipe_piece(vm);
    if (!more)
        change_life(vm, BIT(VM_WIPES), VM_CREATED);
    return more;
}

enum err vm_wipe(struct vm *vm)
{
    if (!change_life(vm, BIT(VM_ENDED), VM_WIPES))
        return ERR_EXISTS;
    vm_begin_to_wipe(vm);
    vm->wiping.step = wipe_some;
    enum err err = errand_post(vm->vcpus[0].hart, &vm->wiping);
    if (err != OK)
        change_life(vm, BIT(VM_WIPES), VM_ENDED);
    return err;
}

/* All its vCPUs or none: with the lock no reboot comes in between. */
enum err vm_pause(struct vm *vm, bool wanted)
{
    spin_lock(&lock);
    bool runs = vm_phase(vm) == (wanted ? VM_PHASE_RUNNING : VM_PHASE_PAUSED);
    for (uint32_t i = 0; i < vm->config->cpus && runs; i++)
        vcpu_pause(&vm->vcpus[i], wanted);
    spin_unlock(&lock);
    if (!runs)
        return ERR_EXISTS;
    note(vm, wanted ? TRACE_VM_PAUSED : TRACE_VM_RESUMED);
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
