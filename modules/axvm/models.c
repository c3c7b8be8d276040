/*
 * Devices in software of which a row of the layout and a model of axdevice say all. A model has no
 * timer of its own: the hart of the vCPU that accessed one wakes for the earliest of their
 * deadlines. Where another vCPU has set one since, it finds nothing due, or its own.
 */
#include <axalloc/heap.h>
#include <axdriver/clock.h>
#include <axsync/spinlock.h>
#include <axvmconfig/layout.h>
#include <lib/assert.h>
#include <string.h>
#include "internal.h"
#include "machine.h"

#define DECLARE(NAME, model, base, size, source, place, name, node, compatible)                    \
    extern const struct device_model model##_model;
GUEST_MODELS(DECLARE)

#define ROW(NAME, model, base, size, source, place, name, node, compatible)                        \
    [GUEST_MODEL_##NAME] = &model##_model,
static const struct device_model *const models[GUEST_MODEL_COUNT] = {GUEST_MODELS(ROW)};

static uint64_t wall_clock(void *context)
{
    (void)context;
    return clock_wall_ns();
}

static void end(void *context, enum device_end how, const char *reason)
{
    static const enum vm_end ends[] = {
        [DEVICE_SHUTDOWN] = VM_SHUTDOWN, [DEVICE_FAIL] = VM_FAILED, [DEVICE_RESET] = VM_REBOOT};
    vm_request_end(context, ends[how], reason);
}

static void arm(struct vm *vm, struct vcpu *vcpu)
{
    uint64_t earliest = DEVICE_NEVER;
    for (size_t i = 0; i < GUEST_MODEL_COUNT; i++) {
        if (vm->models[i] == NULL || models[i]->deadline == NULL)
            continue;
        uint64_t at = models[i]->deadline(vm->models[i]);
        earliest = at < earliest ? at : earliest;
    }
    vcpu_set_device_timer(vcpu, earliest == DEVICE_NEVER ? UINT64_MAX : clock_tick_at(earliest));
}

static void rearm(void *context)
{
    DEBUG_ASSERT(this_hart()->vcpu != NULL);
    spin_debug_assert_none_held();
    arm(context, this_hart()->vcpu);
}

static void on_device_timer(struct vcpu *vcpu)
{
    struct vm *vm = vm_of_machine(vcpu->machine);
    for (size_t i = 0; i < GUEST_MODEL_COUNT; i++)
        if (vm->models[i] != NULL && models[i]->tick != NULL)
            models[i]->tick(vm->models[i]);
    arm(vm, vcpu);
}

static bool is_there(const struct vm *vm, enum guest_model model)
{
    switch (guest_models[model].place) {
    case VM_PLACE_YIELDS:
        return !vm_has_given_at(vm, guest_models[model].base.a);
    case VM_PLACE_OPTIONAL:
        return (vm->config->with & BIT(model)) != 0;
    default:
        return true;
    }
}

static enum err make(struct vm *vm, enum guest_model model, struct message *why)
{
    const struct guest_model_row *row = &guest_models[model];
    struct mmio_device *device = heap_alloc(models[model]->size);
    if (device == NULL)
        return vm_complain(vm->config, why, ERR_NO_MEMORY, "expected %zu bytes for its %s",
                           models[model]->size, row->name);
    vm->models[model] = device;
    models[model]->init(device,
                        &(struct device_site){.base = row->base,
                                              .size = row->size,
                                              .irq = row->source != 0 ? vm_line(vm, row->source)
                                                                      : (struct irq_line){0},
                                              .machine = &vm->model_machine});
    return vm_add_device(vm, device, RANGE_THING, why);
}

enum err vm_make_models(struct vm *vm, struct message *why)
{
    enum err err = OK;
    vm->model_machine = (struct device_machine){wall_clock, rearm, end, vm};
    for (uint32_t i = 0; i < vm->config->cpus; i++)
        vm->vcpus[i].on_device_timer = on_device_timer;
    for (uint32_t i = 0; i < GUEST_MODEL_COUNT && err == OK; i++)
        if (is_there(vm, i))
            err = make(vm, i, why);
    return err;
}

void vm_free_models(struct vm *vm)
{
    for (uint32_t i = 0; i < GUEST_MODEL_COUNT; i++) {
        if (vm->models[i] == NULL)
            continue;
        memset(vm->models[i], 0, models[i]->size); /* what the guest has left in it */
        heap_free(vm->models[i], models[i]->size);
    }
}

uint32_t vm_describe_models(const struct vm *vm)
{
    uint32_t set = 0;
    for (uint32_t i = 0; i < GUEST_MODEL_COUNT; i++)
        set |= vm->models[i] != NULL ? (uint32_t)BIT(i) : 0;
    return set;
}
