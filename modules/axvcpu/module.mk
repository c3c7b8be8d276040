# vCPU state, entry and exit, injection.
axvcpu-deps := lib axhal axconfig axsync axlog axipi axtrace axaddrspace
# An injection is a leaf, on the path of an exit.
CFLAGS_modules/axvcpu/inject.c := -fomit-frame-pointer
