# From an exit to what the guest gets for it.
axexit-deps := lib axhal axconfig axsync axlog axipi axtrace axaddrspace axvcpu axdevice axsbi
# The fast path calls nothing and is never in a call trace: a frame would cost it five instructions;
# nor shall its exits share their ends.
CFLAGS_modules/axexit/fast.c := -fomit-frame-pointer -fno-crossjumping -fno-thread-jumps
axexit-srcs := fast.c guest_trap.c mmio.c mmio_decode.c run.c
