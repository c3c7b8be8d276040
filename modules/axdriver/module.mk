# Drivers of the host's own hardware: console UART, PLIC, APLIC with IMSIC, PCI, IOMMU. Uses libfdt, which
# every app is linked with.
axdriver-deps := lib axhal axsync axlog axalloc axipi
axdriver-srcs := hardware.c tree_irq.c uart_search.c host_uart.c uart_drivers.c ns16550.c sifive_uart.c firmware_console.c console.c irqchip.c host_device.c irqchip_plic.c \
                 irqchip_imsic.c guest_file.c guest_wire.c host_aplic.c iommu.c iommu_directory.c iommu_faults.c \
                 iommu_interrupt.c iommu_queue.c pci.c pci_capability.c pci_msi.c pci_reset.c pci_search.c clock.c random.c sswi.c
