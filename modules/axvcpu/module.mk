# vCPU state, entry and exit, injection.
axvcpu-deps := lib axhal axconfig axsync axlog axipi axtrace axaddrspace
axvcpu-srcs := aia.c environment.c fence.c inject.c late.c request.c run.c setup.c timer.c \
               arch/$(ARCH)/enter.S arch/$(ARCH)/fetch.S
# An injection is a leaf, on the path of an exit.
CFLAGS_modules/axvcpu/inject.c := -fomit-frame-pointer
