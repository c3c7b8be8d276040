/*
 * The alarm of the guest's RTC. The model has no timer of its own: the hart of the vCPU that wrote
 * to it wakes for the alarm. One that another vCPU has set since finds nothing due, or its own.
 */
#include <axdriver/clock.h>
#include "internal.h"

static void arm(struct vm *vm, struct vcpu *vcpu)
{
    uint64_t at = rtc_deadline(&vm->rtc);
    vcpu_set_device_timer(vcpu, at == RTC_NEVER ? UINT64_MAX : clock_tick_at(at));
}

static enum err write_and_arm(struct mmio_device *device, uint64_t offset, unsigned width,
                              uint64_t value)
{
    struct vm *vm = container_of(device, struct vm, rtc.device);
    enum err err = vm->rtc_ops->write(device, offset, width, value);
    if (err == OK)
        arm(vm, this_hart()->vcpu);
    return err;
}

static void on_device_timer(struct vcpu *vcpu)
{
    struct vm *vm = vm_of_machine(vcpu->machine);
    rtc_tick(&vm->rtc);
    arm(vm, vcpu);
}

void vm_add_alarm(struct vm *vm)
{
    vm->rtc_ops = vm->rtc.device.ops;
    vm->alarm_ops = *vm->rtc_ops;
    vm->alarm_ops.write = write_and_arm;
    vm->rtc.device.ops = &vm->alarm_ops;
    for (uint32_t i = 0; i < vm->config->cpus; i++)
        vm->vcpus[i].on_device_timer = on_device_timer;
}
