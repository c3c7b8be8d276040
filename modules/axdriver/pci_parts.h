/* Between the files of the PCI driver. */
#pragma once
#include <axdriver/pci.h>

/* pci_capability.c: reads the lists of capabilities of a function whose id is known. */
void pci_list_capabilities(struct pci_function *function);
