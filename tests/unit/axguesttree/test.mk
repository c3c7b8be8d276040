UNIT_TESTS += axguesttree-isa axguesttree-fdt

axguesttree-isa-deps := lib axguesttree
axguesttree-isa-srcs := tests/unit/axguesttree/test_guest_isa.c modules/axguesttree/guest_isa.c

axguesttree-fdt-deps    := lib axhal axdriver axsync axtrace axdevice axguesttree axvmconfig
axguesttree-fdt-modules := axguesttree
axguesttree-fdt-srcs    := tests/unit/axguesttree/test_guest_fdt.c modules/axvmconfig/layout.c
