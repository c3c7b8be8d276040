UNIT_TESTS += axlog-console

axlog-console-deps := lib axhal axsync axlog
axlog-console-srcs := tests/unit/axlog/test_console.c tests/unit/axdevice/fake_lock.c \
                      modules/axlog/console.c
