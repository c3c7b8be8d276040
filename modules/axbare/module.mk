# What a bare S-mode program needs to run over any SBI, natively or as a guest, without the rest of
# the system: entry, traps, the device tree, console, end. Such an app sets
# app-lds := modules/axbare/arch/$(ARCH)/link.ld.
axbare-deps := lib
