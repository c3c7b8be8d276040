/*
 * PCI functions that VMs are assigned: each once, none that could reach another's memory, and none
 * whose interrupt another VM's function can hold up.
 */
#include "devices.h"
#include <stdio.h>
#include <string.h>

struct check {
    const struct vm_set *set;
    const struct host_limits *limits;
    struct vm_config *vm;
    struct message *why;
};

static enum err complain_function(const struct check *c, const char *name, const char *reason,
                                  const char *more)
{
    return complain(c->why, c->set->source, c->vm->name, "pci-devices = \"%.32s\": %s%s", name,
                    reason, more);
}

static void write_name(uint32_t id, char name[8])
{
    snprintf(name, 8, "00:%02x.%u", (id >> 3) & 0x1f, id & 7);
}

static bool is_name(const char *name)
{
    char known[8];
    for (uint32_t id = 0; id <= UINT8_MAX; id++) { /* all of a bus */
        write_name(id, known);
        if (strcmp(name, known) == 0)
            return true;
    }
    return false;
}

static enum err check_name(const struct check *c, const char *name)
{
    if (is_name(name))
        return OK;
    return complain_function(c, name,
                             "expected the form of \"00:03.0\": bus 00, device 00 to 1f, "
                             "function 0 to 7",
                             "");
}

static enum err complain_not_there(const struct check *c, const char *name)
{
    char known[8];
    if (check_name(c, name) != OK)
        return ERR_INVALID;
    enum err err = complain_function(c, name, "this machine has no such function; it has:", "");
    for (uint32_t i = 0; i < c->limits->function_count; i++) {
        write_name(c->limits->functions[i].id, known);
        message_add(c->why, " %s", known);
    }
    if (c->limits->function_count == 0)
        message_add(c->why, " none");
    return err;
}

/* The names are compared as text, so there is one way to write each. */
static const struct pci_function *find(const struct host_limits *limits, const char *name)
{
    char known[8];
    for (uint32_t i = 0; i < limits->function_count; i++) {
        write_name(limits->functions[i].id, known);
        if (strcmp(name, known) == 0)
            return &limits->functions[i];
    }
    return NULL;
}

static bool has_function(const struct vm_config *vm, uint32_t count, uint32_t id)
{
    for (uint32_t i = 0; i < count; i++)
        if (vm->pci[i].function->id == id)
            return true;
    return false;
}

/* The one of this VM that has the same wire; NULL: none has. */
static const struct vm_pci_device *find_wire(const struct vm_config *vm, uint32_t source)
{
    for (uint32_t i = 0; source != 0 && i < vm->pci_count; i++)
        if (vm->pci[i].function->irq.source == source)
            return &vm->pci[i];
    return NULL;
}

/* A wire is closed until the guest has completed it: its other functions would wait for that. */
static enum err check_owner(const struct check *c, const struct vm_config *other,
                            const struct vm_pci_device *device)
{
    const struct pci_function *function = device->function;
    const struct vm_pci_device *shares = find_wire(other, function->irq.source);
    if (has_function(other, other->pci_count, function->id))
        return complain_function(c, device->name,
                                 "expected another function: it is already assigned, to /",
                                 other->name);
    if (shares == NULL)
        return OK;
    enum err err =
        complain_function(c, device->name, "has its interrupt on one wire with ", shares->name);
    message_add(c->why, " of /%s: expected one in another slot", other->name);
    return err;
}

static enum err check_owners(const struct check *c, uint32_t index)
{
    const struct vm_pci_device *device = &c->vm->pci[index];
    enum err err = OK;
    if (has_function(c->vm, index, device->function->id))
        return complain_function(c, device->name, "is named twice: expected each function once",
                                 "");
    for (const struct vm_config *other = c->set->vms; other < c->vm && err == OK; other++)
        err = check_owner(c, other, device);
    return err;
}

static bool is_confined(const struct check *c, const struct vm_pci_device *device)
{
    return c->limits->iommu && device->function->behind_iommu;
}

/* A function that the IOMMU confines uses the guest's addresses, another one the host's: a bridge
 * has one translation for all that are on it. */
static enum err check_confinement(const struct check *c, const struct vm_pci_device *device)
{
    bool confined = is_confined(c, device);
    if (!confined && !c->vm->unsafe_dma)
        return complain_function(c, device->name,
                                 "can access all memory, since no IOMMU stands before it: expected "
                                 "a machine with one, or unsafe-dma; in this VM",
                                 "");
    if (confined != is_confined(c, &c->vm->pci[0]))
        return complain_function(c, device->name,
                                 "expected all functions of a VM behind the IOMMU, or none: it "
                                 "is not as ",
                                 c->vm->pci[0].name);
    return OK;
}

/* It works as a whole or not at all: a driver would find some of its registers nowhere. */
static enum err check_registers(const struct check *c, const struct vm_pci_device *device)
{
    const struct pci_function *function = device->function;
    const struct pci_config *pci = &c->limits->hardware->pci;
    if (function->lacking == 0)
        return OK;
    return complain(c->why, c->set->source, c->vm->name,
                    "pci-devices = \"%.32s\": its BAR %u of %lu MiB has no room: the bridge has "
                    "%lu MiB of 32-bit addresses, and %lu MiB of 64-bit ones, for the registers of "
                    "all functions",
                    device->name, function->lacking_bar,
                    (unsigned long)(align_up(function->lacking, UINT64_C(1) << 20) >> 20),
                    (unsigned long)(pci->window_size >> 20),
                    (unsigned long)(pci->high_window_size >> 20));
}

static enum err check_function(const struct check *c, uint32_t index)
{
    struct vm_pci_device *device = &c->vm->pci[index];
    if (c->limits->functions_unknown)
        return check_name(c, device->name);
    device->function = find(c->limits, device->name);
    if (device->function == NULL)
        return complain_not_there(c, device->name);
    if (device->function->is_iommu)
        return complain_function(c, device->name,
                                 "is an IOMMU, the host's own: expected a function that it does "
                                 "not use",
                                 "");
    enum err err = check_registers(c, device);
    if (err == OK)
        err = check_confinement(c, device);
    return err == OK ? check_owners(c, index) : err;
}

/* Kernels look for function 0 of a device first, and for no other if that is not there. */
static enum err check_first_functions(const struct check *c)
{
    char first[8];
    for (uint32_t i = 0; i < c->vm->pci_count; i++) {
        uint32_t id = c->vm->pci[i].function->id;
        write_name(id & ~UINT32_C(7), first);
        if (!has_function(c->vm, c->vm->pci_count, id & ~UINT32_C(7)))
            return complain_function(c, c->vm->pci[i].name, "expected this VM to have also ",
                                     first);
    }
    return OK;
}

enum err pci_devices_check(const struct vm_set *set, const struct host_limits *limits,
                           struct vm_config *vm, struct message *why)
{
    struct check c = {set, limits, vm, why};
    enum err err = OK;
    for (uint32_t i = 0; err == OK && i < vm->pci_count; i++)
        err = check_function(&c, i);
    return err == OK && !limits->functions_unknown ? check_first_functions(&c) : err;
}
