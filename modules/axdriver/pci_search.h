/* Finds the PCI bridge, and the IOMMU before its functions, during a walk over the device tree. */
#pragma once
#include <axdriver/hardware.h>
#include <lib/tree.h>

#define PCI_SEARCH_IOMMUS 8

struct pci_search {
    int bridge; /* libfdt's offset of the node of `pci` */
    struct pci_config pci;
    struct iommu_config iommus[PCI_SEARCH_IOMMUS];
    uint32_t iommu_count;
};

/* For a host bridge: the first is taken. */
void pci_search_add_bridge(struct pci_search *search, const struct tree_node *node);
/* For an IOMMU with registers of its own, and for one that is a function: only on bus 0 of the
 * bridge that was taken. */
void pci_search_add_iommu(struct pci_search *search, const struct tree_node *node);
void pci_search_add_pci_iommu(struct pci_search *search, const struct tree_node *node);
/* After it: the bridge and one IOMMU, that of the bridge's map before others. */
void pci_search_end(const struct pci_search *search, struct hardware *hw);
