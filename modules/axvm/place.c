#include "internal.h"

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
