# Drivers of the host's own hardware: console UART, PLIC, APLIC with IMSIC. Uses libfdt, which
# every app is linked with.
axdriver-deps := lib axhal axsync axlog axipi
axdriver-srcs := tree.c hardware.c uart_search.c host_uart.c console.c irqchip.c \
                 host_device.c irqchip_plic.c irqchip_imsic.c aplic.c clock.c random.c sswi.c finisher.c
