/*
 * PCI functions of the host that a VM is assigned: their registers in its address space, their
 * wires at its interrupt controller, and its G-stage tables in the IOMMU, if one confines them.
 */
#include "pci_host.h"
#include <axdriver/iommu.h>
#include <axhal/platform.h>
#include <axlog/log.h>
#include <axvmconfig/layout.h>
#include <lib/assert.h>
#include "internal.h"

static enum err map_registers(struct vm *vm, const struct vm_pci_device *device, uint32_t index,
                              struct message *why)
{
    const struct pci_bar *bar = &device->function->bars[index];
    if (bar->size == 0)
        return OK;
    enum err err = addrspace_map_device(&vm->memory, gpa(bar->base.a),
                                        align_up(bar->size, PAGE_SIZE), bar->base);
    return err == OK ? OK
                     : vm_complain(vm->config, why, err,
                                   "pci-devices = \"%s\": its BAR %u at 0x%lx + 0x%lx can't be "
                                   "mapped",
                                   device->name, index, (unsigned long)bar->base.a,
                                   (unsigned long)bar->size);
}

/* The wires of a bus are turned by one from slot to slot (PCI-to-PCI bridge 1.2 §9.1). */
static uint32_t guest_source(const struct pci_function *function)
{
    ASSERT(function->pin >= 1 && function->pin <= 4);
    return GUEST_PCI_IRQ + ((function->id >> 3) + function->pin - 1) % GUEST_PCI_IRQS;
}

/* Translations of this VM, whatever its VMIDs are. */
static uint16_t gscid(const struct vm *vm)
{
    return (uint16_t)(vm->index + 1);
}

bool vm_pci_is_confined(const struct pci_function *function)
{
    return iommu_is_ready() && function->behind_iommu;
}

static enum err confine(struct vm *vm, const struct vm_pci_device *device, struct message *why)
{
    const struct pci_function *function = device->function;
    if (!vm_pci_is_confined(function))
        return OK;
    enum err err = iommu_attach(function->id, addrspace_hgatp(&vm->memory), gscid(vm));
    return err == OK ? OK
                     : vm_complain(vm->config, why, err,
                                   "pci-devices = \"%s\": the IOMMU does not take it, with the "
                                   "VM's %s",
                                   device->name,
                                   vm->config->gstage == VM_GSTAGE_SV48X4 ? "sv48x4" : "sv39x4");
}

static enum err give(struct vm *vm, const struct vm_pci_device *device, struct message *why)
{
    const struct pci_function *function = device->function;
    enum err err = OK;
    for (uint32_t i = 0; err == OK && i < PCI_BARS; i++)
        err = map_registers(vm, device, i, why);
    if (err == OK)
        err = confine(vm, device, why);
    if (err != OK)
        return err;
    vm_own_faults(function->id, vm->config);
    if (pci_reset_name(function) == NULL)
        log_warn("VM %s: PCI %s: has no reset: what a life leaves in its registers the next finds",
                 vm->config->name, device->name);
    if (function->irq.source != 0)
        vm_add_given_irq(vm, &function->irq, guest_source(function), device->name);
    return OK;
}

enum err vm_give_pci(struct vm *vm, struct message *why)
{
    enum err err = vm_add_pci_config(vm, why);
    for (uint32_t i = 0; err == OK && i < vm->config->pci_count; i++)
        err = give(vm, &vm->config->pci[i], why);
    return err;
}

void vm_quiet_pci(struct vm *vm)
{
    for (uint32_t i = 0; i < vm->config->pci_count; i++)
        pci_quiet(vm->config->pci[i].function->id);
    (void)iommu_look_for_faults(true); /* no timer brings what is left */
    for (uint32_t i = 0; i < vm->config->pci_count; i++)
        pci_reset(vm->config->pci[i].function);
}

void vm_take_pci_back(struct vm *vm)
{
    for (uint32_t i = 0; i < vm->config->pci_count; i++) {
        uint32_t id = vm->config->pci[i].function->id;
        if (iommu_detach(id, gscid(vm)) != OK)
            log_error("VM %s: PCI %s: the IOMMU does not say that its accesses are done",
                      vm->config->name, vm->config->pci[i].name);
        (void)iommu_look_for_faults(true);
        vm_own_faults(id, NULL);
    }
}

/*
 * A message goes to the guest's address of a vCPU's interrupt file. The IOMMU translates that as
 * any other, by the VM's tables, where a guest interrupt file's page is: so it arrives with no
 * exit. A file in software has no page there, and without an IOMMU the address would be the host's.
 */
static bool has_messages(const struct vm *vm)
{
    return vm_pci_is_confined(vm->config->pci[0].function) && vm_has_guest_files(vm);
}

struct guest_fdt_pci vm_describe_pci(const struct vm *vm)
{
    const struct pci_config *pci = &hardware_of_machine(platform()->fdt)->pci;
    if (vm->config->pci_count == 0)
        return (struct guest_fdt_pci){0};
    return (struct guest_fdt_pci){.window = gpa(pci->window.a),
                                  .window_size = pci->window_size,
                                  .high_window = gpa(pci->high_window.a),
                                  .high_window_size = pci->high_window_size,
                                  .confined = vm_pci_is_confined(vm->config->pci[0].function),
                                  .msi = has_messages(vm)};
}
