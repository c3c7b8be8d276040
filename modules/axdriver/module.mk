# Drivers of the host's own hardware: console UART, PLIC, APLIC with IMSIC, PCI, IOMMU. Uses libfdt, which
# every app is linked with.
axdriver-deps := lib axhal axsync axlog axalloc axipi
