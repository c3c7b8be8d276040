/* pci_host.c, pci_config.c: the PCI functions that a VM is given, private to axvm. */
#pragma once
#include <axvm/vm.h>

/* Puts them behind a host bridge of the VM's own, in its address space and at its interrupts, and
 * lets their accesses to memory reach its RAM only. OK also if there are none. */
enum err vm_give_pci(struct vm *vm, struct message *why);
/* No vCPU runs: they do nothing any more. */
void vm_quiet_pci(struct vm *vm);
/* The VM's memory is about to be freed: nothing of it is reached any more. */
void vm_take_pci_back(struct vm *vm);

/* pci_config.c: the configuration space, on the VM's bus. */
enum err vm_add_pci_config(struct vm *vm, struct message *why);

/* dma_watch.c: whose the faults of a function are; NULL: nobody's. Before it can have any, and
 * behind the last. */
void vm_own_faults(uint32_t id, const struct vm_config *owner);
