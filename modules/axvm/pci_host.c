/*
 * PCI functions of the host that a VM is given: their registers in its address space, their wires
 * at its interrupt controller, and behind the IOMMU, if it stands before them, its G-stage tables.
 */
#include "pci_host.h"
#include <axdriver/iommu.h>
#include <axhal/platform.h>
#include <axlog/log.h>
#include <axvm/layout.h>
#include "internal.h"

static enum err map_registers(struct vm *vm, const struct pci_function *function)
{
    enum err err = OK;
    for (uint32_t i = 0; err == OK && i < PCI_BARS; i++) {
        const struct pci_bar *bar = &function->bars[i];
        if (bar->size != 0)
            err = addrspace_map_device(&vm->memory, gpa(bar->base.a),
                                       align_up(bar->size, PAGE_SIZE), bar->base);
    }
    return err;
}

/* The wires of a bus are turned by one from slot to slot (PCI-to-PCI bridge 1.2 §9.1). */
static uint32_t guest_source(const struct pci_function *function)
{
    return GUEST_PCI_IRQ + ((function->id >> 3) + function->pin - 1) % GUEST_PCI_IRQS;
}

/* Translations of this VM, whatever its VMIDs are. */
static uint16_t gscid(const struct vm *vm)
{
    return (uint16_t)(vm->index + 1);
}

static bool is_confined(const struct pci_function *function)
{
    return iommu_is_ready() && function->behind_iommu;
}

static enum err give(struct vm *vm, const struct vm_pci_device *device)
{
    const struct pci_function *function = device->function;
    enum err err = map_registers(vm, function);
    if (err == OK && is_confined(function))
        err = iommu_attach(function->id, addrspace_hgatp(&vm->memory), gscid(vm));
    if (err != OK) {
        log_error("VM %s: PCI %s can't be given: error %u", vm->config->name, device->name,
                  (unsigned)err);
        return err;
    }
    vm_own_faults(function->id, vm->config);
    if (function->irq.source != 0)
        vm_add_given_irq(vm, &function->irq, guest_source(function), device->name);
    return OK;
}

enum err vm_give_pci(struct vm *vm)
{
    if (vm->config->pci_count == 0)
        return OK;
    enum err err = vm_add_pci_config(vm);
    for (uint32_t i = 0; err == OK && i < vm->config->pci_count; i++)
        err = give(vm, &vm->config->pci[i]);
    return err;
}

void vm_quiet_pci(const struct vm *vm)
{
    for (uint32_t i = 0; i < vm->config->pci_count; i++)
        pci_quiet(vm->config->pci[i].function->id);
    iommu_look_for_faults(); /* where nothing else makes them known in time */
}

void vm_take_pci_back(const struct vm *vm)
{
    vm_quiet_pci(vm);
    for (uint32_t i = 0; i < vm->config->pci_count; i++) {
        uint32_t id = vm->config->pci[i].function->id;
        if (iommu_detach(id, gscid(vm)) != OK)
            log_error("VM %s: PCI %s: the IOMMU does not say that its accesses are done",
                      vm->config->name, vm->config->pci[i].name);
        iommu_look_for_faults();
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
    return is_confined(vm->config->pci[0].function) && vm_has_guest_files(vm);
}

struct guest_fdt_pci vm_describe_pci(const struct vm *vm)
{
    const struct pci_config *pci = &hardware_of_machine(platform()->fdt)->pci;
    if (vm->config->pci_count == 0)
        return (struct guest_fdt_pci){0};
    return (struct guest_fdt_pci){.window = gpa(pci->window.a),
                                  .window_size = pci->window_size,
                                  .confined = is_confined(vm->config->pci[0].function),
                                  .msi = has_messages(vm)};
}
