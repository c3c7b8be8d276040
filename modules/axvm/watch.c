/*
 * Says of a VM that is silent that its guest is stuck in its trap vector. The housekeeper looks, as
 * a chore: it asks the VM's harts where their guests are, and reads at the next turn what they
 * found. A look is an exit of each hart of the VM, so it comes only after a silence, and the next
 * one after twice as long if nothing was found. A VM that is to be quiet is not looked at. The
 * timer is off while it would cost the vCPU of the housekeeper's hart its quiet, or its fast
 * timers.
 */
#include <axhal/time.h>
#include <axhal/trap.h>
#include <axipi/mailbox.h>
#include <axlog/log.h>
#include <axvcpu/hart_timer.h>
#include <axvm/chores.h>
#include <axvm/console.h>
#include <lib/assert.h>
#include "internal.h"

#define PERIOD_MS 5000
#define SOON_MS 1000    /* while a hart was asked */
#define SILENCE_MS 5000 /* as two turns see it: up to twice as long */
#define LONGEST_SILENCE_MS 640000

static void fire(struct hart_timer *fired);
static bool look_at_next(struct chore *chore);

static struct hart_timer timer = {.deadline = UINT64_MAX, .fire = fire};
static struct chore looks = {.step = look_at_next};
static uint32_t next; /* VM of the turn */
static bool soon;     /* in this turn a hart was asked */

static bool is_to_be_quiet(struct vm *vm)
{
    enum quiet_phase phase = quiet_read(&vm->quiet).phase;
    return vm->config->quiet || phase == QUIET_PENDING || phase == QUIET_ON;
}

/* Without Sstc a timer of the host's takes the guest's own off its fast path (axvcpu/timer.c). */
static bool may_not_fire_here(void)
{
    const struct vcpu *vcpu = this_hart()->vcpu;
    return vcpu != NULL && (vcpu->without_sstc || is_to_be_quiet(vm_of_machine(vcpu->machine)));
}

void vm_watch_go_on(void)
{
    if (this_hart() != vm_console_hart())
        return;
    if (may_not_fire_here())
        hart_timer_set(&timer, UINT64_MAX);
    else if (timer.deadline == UINT64_MAX)
        hart_timer_set(&timer, time_now() + time_ms_to_ticks(soon ? SOON_MS : PERIOD_MS));
}

void vm_watch_quiet(struct quiet *quiet)
{
    const struct vcpu *vcpu = this_hart()->vcpu;
    if (this_hart() == vm_console_hart() && vcpu != NULL &&
        quiet == &vm_of_machine(vcpu->machine)->quiet)
        hart_timer_set(&timer, UINT64_MAX);
}

static void fire(struct hart_timer *fired)
{
    fired->deadline = UINT64_MAX;
    next = 0;
    soon = false;
    chore_add(&looks);
    chores_run();
    vm_watch_go_on();
}

static void start(void *unused)
{
    (void)unused;
    vm_watch_go_on();
}

static bool start_on(struct hart *hart)
{
    return hart == vm_console_hart() && mailbox_post(hart, start, NULL) == OK;
}

void vm_watch_start(void)
{
    (void)vm_choose_free_hart(start_on); /* on a hart of a VM its vCPU starts it (life.c) */
}

static void report(struct vm *vm, const struct vcpu *vcpu)
{
    const struct vcpu_look *look = &vcpu->look;
    atomic_store(&vm->watch.stuck_life, vm->starts);
    log_warn("VM %s: its guest %s: vCPU %u: %s at 0x%lx, stvec 0x%lx", vm->config->name,
             stuck_by_its_vector(look) ? "only traps into its own vector"
                                       : "does not come out of its trap vector",
             vcpu->id, exception_name(look->cause), (unsigned long)look->trap_pc,
             (unsigned long)look->vector);
}

/* What a hart that was asked has found. True: its guest may be stuck, and is looked at again. */
static bool read_look(struct vm *vm, struct vcpu *vcpu)
{
    struct stuck *stuck = &vm->watch.vcpus[vcpu->id];
    if (!atomic_load(&vcpu->looked)) { /* its vCPU is stopped or sleeps in a call */
        stuck->alike = 0;
        return false;
    }
    if (stuck_look(stuck, &vcpu->look) && !vm_is_stuck(vm))
        report(vm, vcpu);
    return stuck->alike > 0;
}

static void ask(struct vm *vm)
{
    for (uint32_t i = 0; i < vm->config->cpus; i++) {
        struct vcpu *vcpu = &vm->vcpus[i];
        atomic_store(&vcpu->looked, false);
        if (atomic_load(&vcpu->hsm_state) == SBI_HSM_STARTED)
            vcpu_post(vcpu, VCPU_REQ_LOOK);
    }
    vm->watch.asked = soon = true;
}

static bool read_looks(struct vm *vm)
{
    bool suspect = false;
    for (uint32_t i = 0; i < vm->config->cpus; i++)
        suspect |= read_look(vm, &vm->vcpus[i]);
    vm->watch.asked = false;
    return suspect;
}

static void wait_for_silence(struct vm_watch *watch, uint64_t now, uint64_t ms)
{
    watch->silence = ms < LONGEST_SILENCE_MS ? ms : LONGEST_SILENCE_MS;
    watch->due = now + time_ms_to_ticks(watch->silence);
    watch->asked = false;
}

/* False: it has said something, or has begun a life, since the last turn. */
static bool is_silent(struct vm *vm)
{
    struct vm_watch *watch = &vm->watch;
    uint64_t written = output_written(&vm->output);
    bool silent = watch->life == vm->starts && watch->written == written;
    watch->life = vm->starts;
    watch->written = written;
    return silent;
}

static void look_at(struct vm *vm, uint64_t now)
{
    struct vm_watch *watch = &vm->watch;
    if (vm_phase(vm) != VM_PHASE_RUNNING || !is_silent(vm) || is_to_be_quiet(vm))
        wait_for_silence(watch, now, SILENCE_MS);
    else if (now < watch->due || vm_is_stuck(vm))
        return;
    else if (!watch->asked || read_looks(vm))
        ask(vm);
    else
        wait_for_silence(watch, now, 2 * watch->silence);
}

static bool look_at_next(struct chore *chore)
{
    ASSERT(next < vm_count);
    (void)chore;
    if (vms[next] != NULL)
        look_at(vms[next], time_now());
    return ++next < vm_count;
}
