# From an exit to what the guest gets for it.
axexit-deps := lib axhal axconfig axsync axlog axipi axtrace axaddrspace axvcpu axdevice axsbi
axexit-srcs := fast.c guest_trap.c mmio.c mmio_decode.c run.c
