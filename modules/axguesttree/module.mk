# The device tree and the ISA that a guest finds.
axguesttree-deps := lib axhal axsync axtrace axdriver axdevice axvmconfig
