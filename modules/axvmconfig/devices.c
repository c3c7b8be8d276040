/* What VMs are assigned of the machine: each device once, and none that could reach another's
 * memory. */
#include "devices.h"
#include <stddef.h>

struct check {
    const struct vm_set *set;
    const struct host_limits *limits;
    struct vm_config *vm;
    struct message *why;
};

static enum err complain_device(const struct check *c, const struct vm_device *device,
                                const char *reason, const char *name)
{
    return complain(c->why, c->set->source, c->vm->name, "devices = \"%.128s\": %s%s", device->path,
                    reason, name);
}

static bool has_device(const struct vm_config *vm, uint32_t count, int node)
{
    for (uint32_t i = 0; i < count; i++)
        if (vm->devices[i].host.node == node)
            return true;
    return false;
}

static enum err check_owner(const struct check *c, uint32_t index)
{
    const struct vm_device *device = &c->vm->devices[index];
    if (has_device(c->vm, index, device->host.node))
        return complain_device(c, device, "is named twice: expected each device once", "");
    for (const struct vm_config *other = c->set->vms; other < c->vm; other++) {
        if (has_device(other, other->device_count, device->host.node))
            return complain_device(
                c, device, "expected another device: it is already assigned, to /", other->name);
    }
    return OK;
}

static enum err check_device(const struct check *c, uint32_t index)
{
    struct vm_device *device = &c->vm->devices[index];
    struct host_device_fault fault;
    if (!host_device_find(c->limits->hardware, c->limits->tree, device->path, &device->host,
                          &fault))
        return complain_device(c, device, fault.reason, fault.other != NULL ? fault.other : "");
    if (device->host.dma && !c->vm->unsafe_dma)
        return complain_device(c, device,
                               "can access all memory, since no IOMMU stands before it: expected "
                               "another device, or unsafe-dma; in this VM",
                               "");
    return check_owner(c, index);
}

enum err devices_check(const struct vm_set *set, const struct host_limits *limits,
                       struct vm_config *vm, struct message *why)
{
    struct check c = {set, limits, vm, why};
    enum err err = OK;
    for (uint32_t i = 0; err == OK && i < vm->device_count; i++)
        err = check_device(&c, i);
    return err;
}
