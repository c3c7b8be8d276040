/*
 * The configuration space of the PCI functions that a VM is given. It is the functions' own, but
 * for the header: a guest can neither move their registers, which lie where its address space has
 * them, nor change what the bus behind them needs. The capabilities are the guest's: whatever it
 * sets there, the IOMMU confines what the function does.
 */
#include <axvm/layout.h>
#include "internal.h"
#include "pci_host.h"

#define COMMAND_OF_GUEST (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_NO_INTX)

static struct vm_pci_slot *slot_of(struct vm *vm, uint64_t offset)
{
    for (uint32_t i = 0; i < vm->config->pci_count; i++)
        if (vm->pci_slots[i].function->id == offset / PCI_CONFIG_SIZE)
            return &vm->pci_slots[i];
    return NULL;
}

/* Which half of which block a register has; false: it belongs to none. */
static bool find_bar(const struct pci_function *function, uint32_t index, uint32_t *bar,
                     bool *upper)
{
    *upper = index > 0 && function->bars[index - 1].wide;
    *bar = *upper ? index - 1 : index;
    return function->bars[*bar].size != 0;
}

/* Behind a write of ones its size, else where it lies. */
static uint32_t read_bar(const struct vm_pci_slot *slot, uint32_t index)
{
    uint32_t number;
    bool upper;
    if (!find_bar(slot->function, index, &number, &upper))
        return 0;
    const struct pci_bar *bar = &slot->function->bars[number];
    uint64_t value = (slot->measured >> index & 1) != 0 ? -bar->size : bar->base.a;
    value |= bar->wide ? PCI_BAR_WIDE : 0;
    return (uint32_t)(upper ? value >> 32 : value);
}

static void write_bar(struct vm_pci_slot *slot, uint32_t index, uint32_t value)
{
    uint32_t bit = UINT32_C(1) << index;
    slot->measured = value == UINT32_MAX ? slot->measured | bit : slot->measured & ~bit;
}

static bool is_bar(uint32_t at)
{
    return at >= PCI_BAR0 && at < PCI_BAR0 + 4 * PCI_BARS;
}

static uint32_t read_header(const struct vm_pci_slot *slot, uint32_t at)
{
    if (is_bar(at))
        return read_bar(slot, (at - PCI_BAR0) / 4);
    return at == PCI_ROM ? 0 : pci_read(slot->function->id, at, 4);
}

/* Of the status' bits none is for a guest to clear; the rest of the header is read-only. */
static void write_header(struct vm_pci_slot *slot, uint32_t at, unsigned width, uint32_t value)
{
    if (at == PCI_COMMAND && width >= 2)
        pci_write(slot->function->id, at, 2, value & COMMAND_OF_GUEST);
    else if (is_bar(at) && width == 4)
        write_bar(slot, (at - PCI_BAR0) / 4, value);
}

/* The bridge itself is function 0, which no VM is assigned. What is not there answers with ones
 * (PCI 3.0 §6.1). */
static enum err config_read(struct mmio_device *device, uint64_t offset, unsigned width,
                            uint64_t *value)
{
    struct vm *vm = container_of(device, struct vm, pci_config);
    const struct vm_pci_slot *slot = slot_of(vm, offset);
    uint32_t at = (uint32_t)(offset % PCI_CONFIG_SIZE), ones = (uint32_t)MASK(8 * width - 1, 0);
    if (slot == NULL)
        *value = offset < PCI_CONFIG_SIZE ? host_bridge_read(&vm->pci_bridge, at, width) : ones;
    else if (at < PCI_HEADER_END)
        *value = read_header(slot, at & ~UINT32_C(3)) >> 8 * (at & 3) & ones;
    else
        *value = pci_read(slot->function->id, at, width);
    return OK;
}

static enum err config_write(struct mmio_device *device, uint64_t offset, unsigned width,
                             uint64_t value)
{
    struct vm *vm = container_of(device, struct vm, pci_config);
    struct vm_pci_slot *slot = slot_of(vm, offset);
    uint32_t at = (uint32_t)(offset % PCI_CONFIG_SIZE);
    if (slot == NULL) {
        if (offset < PCI_CONFIG_SIZE)
            host_bridge_write(&vm->pci_bridge, at, width, (uint32_t)value);
        return OK;
    }
    spin_lock(&vm->pci_lock);
    if (at < PCI_HEADER_END)
        write_header(slot, at, width, (uint32_t)value);
    else
        pci_write(slot->function->id, at, width, (uint32_t)value);
    spin_unlock(&vm->pci_lock);
    return OK;
}

static void config_reset(struct mmio_device *device)
{
    host_bridge_reset(&container_of(device, struct vm, pci_config)->pci_bridge);
}

enum err vm_add_pci_config(struct vm *vm, struct message *why)
{
    static const struct mmio_ops ops = {
        .read = config_read, .write = config_write, .reset = config_reset, .widest = 4};
    vm->pci_bridge.lock = (struct spinlock)SPINLOCK("pci bridge");
    vm->pci_lock = (struct spinlock)SPINLOCK("pci config");
    for (uint32_t i = 0; i < vm->config->pci_count; i++)
        vm->pci_slots[i].function = vm->config->pci[i].function;
    vm->pci_config =
        (struct mmio_device){"pci", gpa(GUEST_PCI), GUEST_PCI_SIZE, &ops, LEDGER_MMIO_OTHER};
    return vm_add_device(vm, &vm->pci_config, RANGE_THING, why);
}
