/* The devices of QEMU's virt machine, at its addresses and with its interrupt numbers. */
#include <axdriver/clock.h>
#include <axvm/layout.h>
#include "internal.h"
#include "pci_host.h"

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

enum err vm_add_device(struct vm *vm, struct mmio_device *device, enum range_kind kind,
                       struct message *why)
{
    enum err err = addrspace_reserve(&vm->memory, device->base, device->size, kind);
    if (err == OK)
        err = bus_add(&vm->bus, device);
    return err == OK ? OK
                     : vm_complain(vm->config, why, err, "its %s at 0x%lx + 0x%lx", device->name,
                                   (unsigned long)device->base.a, (unsigned long)device->size);
}

/* The RTC is left out where the guest is given the host's. */
enum err vm_add_devices(struct vm *vm, struct message *why)
{
    enum err err = vm_make_controller(vm, why);
    if (err != OK)
        return err;
    uart_init(&vm->uart, gpa(GUEST_UART), vm_line(vm, GUEST_UART_IRQ), vm_console_write_byte, vm);
    vm->uart.drained = vm_console_drained;
    rtc_init(&vm->rtc, gpa(GUEST_RTC), vm_line(vm, GUEST_RTC_IRQ), wall_clock, NULL);
    vm_add_alarm(vm);
    testdev_init(&vm->testdev, gpa(GUEST_TESTDEV), on_finish, vm);
    struct mmio_device *others[] = {&vm->rtc.device, &vm->testdev.device};
    err = vm_add_device(vm, &vm->uart.device, RANGE_THING, why);
    if (err == OK)
        err = vm_add_controller(vm, why);
    for (unsigned i = 0; i < ARRAY_SIZE(others) && err == OK; i++)
        if (!vm_has_given_at(vm, others[i]->base.a))
            err = vm_add_device(vm, others[i], RANGE_THING, why);
    if (err == OK)
        err = vm_give_devices(vm, why);
    return err == OK ? vm_give_pci(vm, why) : err;
}
