UNIT_TESTS += axvmconfig-cpio axvmconfig-image axvmconfig-description axvmconfig-shared axvmconfig-load axvmconfig-fuzz axvmconfig-devices axvmconfig-places

axvmconfig-cpio-deps := lib axhal axdriver axvmconfig
axvmconfig-cpio-srcs := tests/unit/axvmconfig/test_cpio.c tests/unit/axvmconfig/archive.c \
                        modules/axvmconfig/cpio.c modules/axvmconfig/message.c

axvmconfig-image-deps := lib axhal axdriver axvmconfig
axvmconfig-image-srcs := tests/unit/axvmconfig/test_image.c modules/axvmconfig/image.c \
                         modules/axvmconfig/image_elf.c modules/axvmconfig/image_foreign.c \
                         modules/axvmconfig/message.c

axvmconfig-description-deps := lib axhal axdriver axvmconfig
axvmconfig-description-srcs := tests/unit/axvmconfig/test_description.c \
                               tests/unit/axvmconfig/dts.c \
                               $(patsubst %,modules/axvmconfig/%,$(filter description%.c layout.c message.c,$(axvmconfig-srcs)))

axvmconfig-shared-deps := lib axhal axdriver axvmconfig
axvmconfig-shared-srcs := tests/unit/axvmconfig/test_shared.c tests/unit/axvmconfig/dts.c \
                          $(patsubst %,modules/axvmconfig/%,$(filter description%.c layout.c message.c,$(axvmconfig-srcs)))

# What the machine has is found in the trees of axdriver's tests.
AXVMCONFIG_MACHINE := modules/lib/ranges.c modules/lib/tree.c modules/lib/tree_faults.c modules/axdriver/host_device.c modules/axdriver/tree_irq.c \
                      modules/axdriver/hardware.c modules/axdriver/uart_search.c $(AXDRIVER_UARTS) tests/unit/axdriver/no_machine.c \
                      modules/axdriver/pci_search.c modules/axhal/platform.c modules/axhal/memory_ranges.c modules/axhal/probe.c modules/axhal/arch/fake/probe.c

axvmconfig-load-deps := lib axhal axdriver axvmconfig
axvmconfig-places-deps := lib axhal axdriver axvmconfig
axvmconfig-places-srcs := tests/unit/axvmconfig/test_places.c modules/axvmconfig/places.c \
                          modules/axvmconfig/message.c modules/lib/ranges.c

axvmconfig-load-srcs := tests/unit/axvmconfig/test_load.c tests/unit/axvmconfig/archive.c \
                        tests/unit/axvmconfig/dts.c $(axvmconfig-srcs:%=modules/axvmconfig/%) \
                        $(AXVMCONFIG_MACHINE)

axvmconfig-fuzz-deps := lib axhal axdriver axvmconfig
axvmconfig-fuzz-srcs := tests/unit/axvmconfig/test_fuzz.c tests/unit/axvmconfig/archive.c \
                        tests/unit/axvmconfig/dts.c $(axvmconfig-srcs:%=modules/axvmconfig/%) \
                        $(AXVMCONFIG_MACHINE)

axvmconfig-devices-deps := lib axhal axdriver axvmconfig
axvmconfig-devices-srcs := tests/unit/axvmconfig/test_devices.c tests/unit/axvmconfig/dts.c \
                           modules/axvmconfig/devices.c modules/axvmconfig/pci_devices.c \
                           modules/axvmconfig/places.c modules/axvmconfig/message.c \
                           $(AXVMCONFIG_MACHINE)
