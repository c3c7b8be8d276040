/* The devices of QEMU's virt machine, at its addresses and with its interrupt numbers. */
#include <axdriver/clock.h>
#include <axvm/layout.h>
#include "internal.h"
#include "pci_host.h"

/* The PLIC's output: to a vCPU of this hart at once, to another through a request. */
static void on_external(void *context, uint32_t id, bool level)
{
    struct vcpu *vcpu = &((struct vm *)context)->vcpus[id];
    atomic_store(&vcpu->external_level, level);
    if (this_hart()->vcpu == vcpu)
        vcpu_set_external(vcpu, level);
    else
        vcpu_post(vcpu, VCPU_REQ_EXTERNAL);
}

static void on_finish(void *context, enum testdev_action action, uint32_t code)
{
    static const enum vm_end ends[] = {
        [TESTDEV_PASS] = VM_SHUTDOWN, [TESTDEV_FAIL] = VM_FAILED, [TESTDEV_RESET] = VM_REBOOT};
    static const char *const reasons[] = {[TESTDEV_PASS] = "powered off by the guest",
                                          [TESTDEV_FAIL] = "ended by the guest as failed",
                                          [TESTDEV_RESET] = "reset by the guest"};
    (void)code;
    vm_request_end(context, ends[action], reasons[action]);
}

static uint64_t wall_clock(void *context)
{
    (void)context;
    return clock_wall_ns();
}

struct irq_line vm_line(struct vm *vm, uint32_t source)
{
    return plic_line(&vm->plic, source);
}

const struct vm_taken_range vm_taken_ranges[] = {
    {{GUEST_TESTDEV}, PAGE_SIZE, "test device"},
    {{GUEST_PLIC}, PLIC_SIZE, "interrupt controller"},
    {{GUEST_UART}, PAGE_SIZE, "UART"},
};
const uint32_t vm_taken_count = ARRAY_SIZE(vm_taken_ranges);

/* The RTC is left out where the guest is given the host's. */
enum err vm_add_devices(struct vm *vm)
{
    enum err err = plic_init(&vm->plic, gpa(GUEST_PLIC), vm->config->cpus, on_external, vm);
    if (err != OK)
        return err;
    uart_init(&vm->uart, gpa(GUEST_UART), vm_line(vm, GUEST_UART_IRQ), vm_console_write, vm);
    vm->uart.drained = vm_console_drained;
    rtc_init(&vm->rtc, gpa(GUEST_RTC), vm_line(vm, GUEST_RTC_IRQ), wall_clock, NULL);
    vm_add_alarm(vm);
    testdev_init(&vm->testdev, gpa(GUEST_TESTDEV), on_finish, vm);
    struct mmio_device *devices[] = {&vm->uart.device, &vm->plic.device, &vm->rtc.device,
                                     &vm->testdev.device};
    for (unsigned i = 0; i < ARRAY_SIZE(devices) && err == OK; i++)
        if (!vm_has_given_at(vm, devices[i]->base.a))
            err = bus_add(&vm->bus, devices[i]);
    if (err == OK)
        err = vm_give_devices(vm);
    return err == OK ? vm_give_pci(vm) : err;
}
