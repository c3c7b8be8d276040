# The devices that guests see, and the bus that finds them. They know no VM.
axdevice-deps := lib axhal axsync axtrace
axdevice-srcs := bus.c plic.c uart.c rtc.c testdev.c ivshmem.c ivshmem_config.c ivshmem_bridge.c
