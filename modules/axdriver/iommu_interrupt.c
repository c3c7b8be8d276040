/*
 * The IOMMU's interrupt: by wire, or else by the first message of its table. Where it is a PCI
 * function that is the table of its MSI-X, so that both find the message there (RISC-V IOMMU 1.0,
 * Hardware guidelines, Integrating an IOMMU as a PCIe device).
 *
 * QEMU's riscv-iommu-pci has neither an interrupt pin nor MSI, and MSI-X only on a machine whose
 * interrupt controller takes messages. So on a host with a PLIC it does not interrupt at all, and
 * its faults must be looked for.
 */
#include <axdriver/irqchip.h>
#include <axdriver/pci.h>
#include <axhal/io.h>
#include <stddef.h>
#include "iommu_parts.h"

/* An entry of msi_cfg_tbl: §5.28. */
enum { ENTRY_ADDRESS = 0, ENTRY_ADDRESS_HIGH = 4, ENTRY_DATA = 8, ENTRY_CONTROL = 12 };

static unsigned generation(const struct iommu *iommu)
{
    return (unsigned)FIELD_GET(IOMMU_CAP_IGS, iommu->capabilities);
}

bool iommu_has_wire(const struct iommu *iommu)
{
    return iommu->config.irq.source != 0 && generation(iommu) != IGS_MSI;
}

/* The control word is last: it holds the mask, which is set after a reset. */
static void write_entry(const struct iommu *iommu, const struct irq_message *message)
{
    uintptr_t entry = iommu->base + IOMMU_MSI_CFG_TBL;
    io_write32(entry + ENTRY_ADDRESS, (uint32_t)message->address.a);
    io_write32(entry + ENTRY_ADDRESS_HIGH, (uint32_t)(message->address.a >> 32));
    io_write32(entry + ENTRY_DATA, message->data);
    io_write32(entry + ENTRY_CONTROL, 0);
}

static enum err enable_message(const struct iommu *iommu, uint32_t hart_index,
                               void (*handler)(void *context))
{
    struct irq_message message;
    enum err err = generation(iommu) != IGS_WSI ? OK : ERR_UNSUPPORTED;
    if (err == OK && iommu->config.kind == IOMMU_PCI)
        err = pci_msix_on(iommu->config.function);
    if (err == OK)
        err = irqchip_enable_message(hart_index, handler, NULL, &message);
    if (err == OK)
        write_entry(iommu, &message);
    return err;
}

enum err iommu_enable_interrupt(const struct iommu *iommu, uint32_t hart_index,
                                void (*handler)(void *context))
{
    if (iommu_has_wire(iommu))
        return irqchip_enable(&iommu->config.irq, hart_index, handler, NULL);
    return enable_message(iommu, hart_index, handler);
}
