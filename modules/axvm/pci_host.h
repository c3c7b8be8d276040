/* pci_host.c, pci_config.c: the PCI functions that a VM is assigned, private to axvm. */
#pragma once
#include <axvm/vm.h>

/* Puts them on a host bridge of the VM's own, in its address space and at its interrupts, and lets
 * their accesses to memory reach its RAM only. OK also if there are none. */
enum err vm_give_pci(struct vm *vm, struct message *why);
/* Hart of the VM, no vCPU runs: they do nothing from here on, and are reset if they can be. */
void vm_quiet_pci(struct vm *vm);
/* The IOMMU stands before it and works: it sees the guest's addresses alone. */
bool vm_pci_is_confined(const struct pci_function *function);
/* The VM's memory is about to be freed: no function reaches it from here on. */
void vm_take_pci_back(struct vm *vm);

/* pci_view.c: the configuration space after the header, as a guest has it: the capabilities that
 * are safe, and of them what it may write. `at` is of a register of 32 bits. */
uint32_t pci_view_read(const struct pci_function *function, uint32_t at);
void pci_view_write(const struct pci_function *function, uint32_t at, unsigned width,
                    uint32_t value);
/* pci_view.c: where the first capability that the guest sees lies; 0: it sees none. */
uint32_t pci_view_first(const struct pci_function *function);

/* pci_config.c: the configuration space, on the VM's bus. */
enum err vm_add_pci_config(struct vm *vm, struct message *why);

/* dma_watch.c: sets the VM that the faults of a function belong to; NULL: none. Called before there
 * can be any, and after the last. */
void vm_own_faults(uint32_t id, const struct vm_config *owner);
