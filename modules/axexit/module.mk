# From an exit to what the guest gets for it.
axexit-deps := lib axhal axconfig axsync axlog axipi axtrace axaddrspace axvcpu axdevice axsbi
# The fast path calls nothing and is never in a call trace: a frame would cost it five instructions;
# nor shall its exits share their ends. The guest's registers that its vector does not save (enter.S)
# are here as those of a caller: a function that uses one saves it.
CFLAGS_modules/axexit/fast.c := -fomit-frame-pointer -fno-crossjumping -fno-thread-jumps \
  $(foreach r,t0 t1 t2 t3 t4 t5 t6,-fcall-saved-$r)
# What calls from there is left out of call traces.
CFLAGS_modules/axexit/in_place.c        := -fomit-frame-pointer
CFLAGS_modules/axexit/in_place_access.c := -fomit-frame-pointer
CFLAGS_modules/axexit/in_place_call.c   := -fomit-frame-pointer
CFLAGS_modules/axexit/in_place_end.c    := -fomit-frame-pointer
