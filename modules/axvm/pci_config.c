/*
 * The configuration space of the PCI functions that a VM is assigned: the header. A guest can
 * neither move their registers, which lie where its address space has them, nor change what the bus
 * needs. What follows the header is in pci_view.c.
 */
#include <axvmconfig/layout.h>
#include "internal.h"
#include "pci_host.h"

/* Of the command's register, which has the status in its upper half: there is a list of them. */
#define STATUS_CAPABILITIES (UINT32_C(1) << 20)
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

/* After a write of ones its size, else where it lies. */
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

/* With the status in its upper half. */
static uint32_t read_command(const struct pci_function *function)
{
    uint32_t value = pci_read(function->id, PCI_COMMAND, 4);
    return pci_view_first(function) != 0 ? value : value & ~STATUS_CAPABILITIES;
}

static uint32_t read_header(const struct vm_pci_slot *slot, uint32_t at)
{
    if (is_bar(at))
        return read_bar(slot, (at - PCI_BAR0) / 4);
    switch (at) {
    case PCI_COMMAND:
        return read_command(slot->function);
    case PCI_CAPABILITIES:
        return pci_view_first(slot->function);
    case PCI_ROM:
        return 0;
    default:
        return pci_read(slot->function->id, at, 4);
    }
}

/* A reset by the guest has emptied the BARs: before the function answers at their addresses they
 * are what they were. A byte that the guest does not write stays. */
static void write_command(const struct pci_function *function, uint32_t at, unsigned width,
                          uint32_t value)
{
    uint32_t shift = 8 * (at - PCI_COMMAND), written = (uint32_t)MASK(8 * width - 1, 0) << shift;
    uint32_t command = pci_read(function->id, PCI_COMMAND, 2);
    command = ((command & ~written) | (value << shift & written)) & COMMAND_OF_GUEST;
    if ((command & PCI_COMMAND_MEMORY) != 0)
        pci_put_bars(function);
    pci_write(function->id, PCI_COMMAND, 2, command);
}

/* Of the status' bits none is for a guest to clear; the rest of the header is read-only. */
static void write_header(struct vm_pci_slot *slot, uint32_t at, unsigned width, uint32_t value)
{
    if (at == PCI_COMMAND || at == PCI_COMMAND + 1)
        write_command(slot->function, at, width, value);
    else if (is_bar(at) && width == 4)
        write_bar(slot, (at - PCI_BAR0) / 4, value);
}

static uint32_t read_register(const struct vm_pci_slot *slot, uint32_t at)
{
    return at < PCI_HEADER_END ? read_header(slot, at) : pci_view_read(slot->function, at);
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
    else
        *value = read_register(slot, at & ~UINT32_C(3)) >> 8 * (at & 3) & ones;
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
        pci_view_write(slot->function, at, width, (uint32_t)value);
    spin_unlock(&vm->pci_lock);
    return OK;
}

/* A life begins: the functions are awake and off, with their BARs, once their resets are done. */
static void config_reset(struct mmio_device *device)
{
    struct vm *vm = container_of(device, struct vm, pci_config);
    host_bridge_reset(&vm->pci_bridge);
    for (uint32_t i = 0; i < vm->config->pci_count; i++) {
        vm->pci_slots[i].measured = 0;
        pci_make_ready(vm->pci_slots[i].function);
    }
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
