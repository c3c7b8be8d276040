# The device tree and the ISA that a guest finds.
axguesttree-deps := lib axhal axsync axtrace axdriver axdevice axvmconfig
axguesttree-srcs := fdt_devices.c fdt_given.c fdt_interrupts.c fdt_pci.c fdt_shared.c fdt_writer.c guest_fdt.c guest_isa.c
