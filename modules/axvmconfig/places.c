/*
 * What lies where in a VM: its machine, its RAM, the memories that it shares, and what it is
 * assigned of the host, whose addresses are the guest's too. All of that is put into one set of
 * ranges, in this order, and the first one that finds its place taken is named with the one that
 * has it.
 */
#include "devices.h"
#include <lib/bits.h>
#include <lib/ranges.h>

enum source { MACHINE, MEMORY, SHARED, DEVICE, FUNCTION };

struct plan {
    const struct vm_set *set;
    const struct vm_config *vm;
    struct message *why;
    struct ranges ranges;
    uint8_t source[RANGES_MAX]; /* enum source, of the range of the same index */
};

/* Where the one that was there first lies; its name follows. */
static const char *const at_place_of[] = {
    [MACHINE] = "it lies where every VM has its own ",
    [MEMORY] = "it lies where the VM has its memory",
    [SHARED] = "it lies where the VM has the shared memory ",
    [DEVICE] = "it lies where it has ",
    [FUNCTION] = "it lies where it has the registers of ",
};

/* The property that brought the other one, and what would help. */
static const struct {
    const char *property, *expected;
} brought_by[] = {
    [MACHINE] = {"machine", "another place"},         [MEMORY] = {"memory", "less"},
    [SHARED] = {"shared", "a smaller one"},           [DEVICE] = {"devices", "another device"},
    [FUNCTION] = {"pci-devices", "another function"},
};

static enum err complain_clash(const struct plan *plan, enum source source,
                               const struct range *range, const struct range *other)
{
    enum source first = (enum source)plan->source[other - plan->ranges.all];
    return complain(plan->why, plan->set->source, plan->vm->name,
                    "%s = \"%.128s\": expected %s%s: %s%s", brought_by[source].property,
                    range->name, brought_by[source].expected,
                    first == MEMORY ? ", or less memory" : "", at_place_of[first],
                    first == MEMORY ? "" : other->name);
}

static enum err add(struct plan *plan, enum source source, struct range range)
{
    const struct range *other = NULL;
    switch (ranges_add(&plan->ranges, range, &other)) {
    case OK:
        plan->source[plan->ranges.count - 1] = (uint8_t)source;
        return OK;
    case ERR_EXISTS:
        return complain_clash(plan, source, &range, other);
    default:
        return complain(
            plan->why, plan->set->source, plan->vm->name,
            "%s = \"%.128s\": expected a range of addresses that ends below 2^64, and at "
            "most %d of them in a VM",
            brought_by[source].property, range.name, RANGES_MAX);
    }
}

/* Whole pages: they are the least that can be mapped. */
static struct range pages_of(uint64_t base, uint64_t size, const char *name)
{
    uint64_t first = align_down(base, PAGE_SIZE);
    return (struct range){first, align_up(base + size, PAGE_SIZE) - first, RANGE_THING, name};
}

static bool has_device_at(const struct vm_config *vm, const struct vm_taken_range *taken)
{
    for (uint32_t i = 0; i < vm->device_count; i++) {
        const struct host_device *host = &vm->devices[i].host;
        struct range pages = pages_of(host->base.a, host->size, NULL);
        if (range_inside(taken->base.a, taken->size, pages.base, pages.size) ||
            range_inside(pages.base, pages.size, taken->base.a, taken->size))
            return true;
    }
    return false;
}

static bool has(const struct vm_config *vm, const struct vm_taken_range *taken)
{
    switch (taken->place) {
    case VM_PLACE_YIELDS:
        return !has_device_at(vm, taken);
    case VM_PLACE_SHARED:
        return vm->shared_count != 0;
    case VM_PLACE_OPTIONAL:
        return (vm->with & BIT(taken->model)) != 0;
    case VM_PLACE_OWN:
    case VM_PLACE_WINDOW:
        break;
    }
    return true;
}

static enum err add_machine(struct plan *plan, const struct host_limits *limits)
{
    enum err err = OK;
    for (uint32_t i = 0; i < limits->taken_count && err == OK; i++) {
        const struct vm_taken_range *taken = &limits->taken[i];
        enum range_kind kind = taken->place == VM_PLACE_WINDOW ? RANGE_WINDOW : RANGE_THING;
        if (has(plan->vm, taken))
            err = add(plan, MACHINE, (struct range){taken->base.a, taken->size, kind, taken->name});
    }
    return err;
}

static enum err add_memory(struct plan *plan)
{
    enum err err =
        add(plan, MEMORY, (struct range){GUEST_RAM_BASE, plan->vm->memory, RANGE_THING, "memory"});
    for (uint32_t i = 0; i < plan->vm->shared_count && err == OK; i++) {
        const struct shared_use *use = &plan->vm->shared[i];
        err =
            add(plan, SHARED, (struct range){use->at.a, use->memory->size, RANGE_THING, use->name});
    }
    return err;
}

static enum err add_devices(struct plan *plan)
{
    enum err err = OK;
    for (uint32_t i = 0; i < plan->vm->device_count && err == OK; i++) {
        const struct vm_device *device = &plan->vm->devices[i];
        err = add(plan, DEVICE, pages_of(device->host.base.a, device->host.size, device->path));
    }
    return err;
}

static enum err add_function(struct plan *plan, const struct vm_pci_device *device)
{
    enum err err = OK;
    for (uint32_t i = 0; i < PCI_BARS && err == OK; i++) {
        const struct pci_bar *bar = &device->function->bars[i];
        if (bar->size != 0)
            err = add(plan, FUNCTION, pages_of(bar->base.a, bar->size, device->name));
    }
    return err;
}

enum err places_check(const struct vm_set *set, const struct host_limits *limits,
                      const struct vm_config *vm, struct message *why)
{
    static struct plan plan; /* large, and the boot hart alone loads descriptions */
    plan = (struct plan){.set = set, .vm = vm, .why = why};
    enum err err = add_machine(&plan, limits);
    if (err == OK)
        err = add_memory(&plan);
    if (err == OK)
        err = add_devices(&plan);
    for (uint32_t i = 0; i < vm->pci_count && err == OK && !limits->functions_unknown; i++)
        err = add_function(&plan, &vm->pci[i]);
    return err;
}
