# Drivers of the host's own hardware: console UART, PLIC, APLIC with IMSIC, PCI, IOMMU. Uses libfdt, which
# every app is linked with.
axdriver-deps := lib axhal axsync axlog axalloc axipi
# Sending a byte calls nothing: a frame would be a third of what it costs.
CFLAGS_modules/axdriver/uart_ns16550.c := -fomit-frame-pointer
