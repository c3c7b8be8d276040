UNIT_TESTS += axdevice-aplic axdevice-bus axdevice-imsic axdevice-plic axdevice-uart axdevice-rtc axdevice-testdev axdevice-ivshmem \
              axdevice-watchdog axdevice-pflash axdevice-fw-cfg axdevice-empty

axdevice-bus-deps := lib axtrace axdevice
axdevice-bus-srcs := tests/unit/axdevice/test_bus.c modules/axdevice/bus.c

axdevice-plic-deps := lib axtrace axsync axdevice
axdevice-plic-srcs := tests/unit/axdevice/test_plic.c tests/unit/axdevice/fake_lock.c \
                      modules/axdevice/plic.c modules/axdevice/bus.c

axdevice-uart-deps := lib axtrace axsync axdevice
axdevice-uart-srcs := tests/unit/axdevice/test_uart.c tests/unit/axdevice/fake_lock.c \
                      modules/axdevice/uart.c modules/axdevice/bus.c

axdevice-rtc-deps := lib axtrace axsync axdevice
axdevice-rtc-srcs := tests/unit/axdevice/test_rtc.c tests/unit/axdevice/fake_lock.c \
                     modules/axdevice/rtc.c modules/axdevice/bus.c

axdevice-watchdog-deps := lib axtrace axsync axdevice
axdevice-watchdog-srcs := tests/unit/axdevice/test_watchdog.c tests/unit/axdevice/fake_lock.c \
                          modules/axdevice/watchdog.c modules/axdevice/bus.c

axdevice-ivshmem-deps := lib axtrace axsync axdevice
axdevice-ivshmem-srcs := tests/unit/axdevice/test_ivshmem.c tests/unit/axdevice/fake_lock.c \
                         modules/axdevice/ivshmem.c modules/axdevice/ivshmem_config.c \
                         modules/axdevice/ivshmem_bridge.c modules/axdevice/bus.c

axdevice-testdev-deps := lib axtrace axdevice
axdevice-testdev-srcs := tests/unit/axdevice/test_testdev.c modules/axdevice/testdev.c \
                         modules/axdevice/bus.c

axdevice-aplic-deps := lib axtrace axsync axdevice
axdevice-aplic-srcs := tests/unit/axdevice/test_aplic.c tests/unit/axdevice/fake_lock.c \
                       modules/axdevice/aplic.c modules/axdevice/aplic_idc.c \
                       modules/axdevice/aplic_source.c modules/axdevice/aplic_passed.c \
                       modules/axdevice/bus.c

axdevice-imsic-deps := lib axtrace axsync axdevice
axdevice-imsic-srcs := tests/unit/axdevice/test_imsic.c tests/unit/axdevice/fake_lock.c \
                       modules/axdevice/imsic.c modules/axdevice/bus.c

axdevice-pflash-deps := lib axtrace axsync axdevice
axdevice-pflash-srcs := tests/unit/axdevice/test_pflash.c tests/unit/axdevice/fake_lock.c \
                        modules/axdevice/pflash.c modules/axdevice/bus.c

axdevice-fw-cfg-deps := lib axtrace axsync axdevice
axdevice-fw-cfg-srcs := tests/unit/axdevice/test_fw_cfg.c tests/unit/axdevice/fake_lock.c \
                        modules/axdevice/fw_cfg.c modules/axdevice/bus.c

axdevice-empty-deps := lib axtrace axsync axdevice
axdevice-empty-srcs := tests/unit/axdevice/test_empty.c tests/unit/axdevice/fake_lock.c \
                       modules/axdevice/empty.c modules/axdevice/host_bridge.c modules/axdevice/bus.c
