# The devices that guests see, and the bus that finds them. They know no VM.
axdevice-deps := lib axhal axsync axtrace
axdevice-srcs := aplic.c aplic_idc.c aplic_source.c aplic_passed.c bus.c imsic.c plic.c uart.c rtc.c testdev.c \
                 ivshmem.c ivshmem_config.c ivshmem_bridge.c \
                 empty.c fw_cfg.c host_bridge.c pflash.c
# Reads of these that need no lock are leaves, on the path of an exit: a frame would be a fifth of them.
CFLAGS_modules/axdevice/aplic.c := -fomit-frame-pointer
CFLAGS_modules/axdevice/plic.c  := -fomit-frame-pointer
