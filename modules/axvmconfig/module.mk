# From a bundle in memory to VM configurations that were checked against this machine.
# Uses libfdt, which every app is linked with.
axvmconfig-deps := lib axhal axdriver
axvmconfig-srcs := message.c cpio.c host.c image.c image_elf.c image_foreign.c description.c description_value.c \
                    description_vm.c description_devices.c description_shared.c \
                    devices.c pci_devices.c places.c vmconfig.c
