UNIT_TESTS += axlog-console

axlog-console-deps := lib axhal axsync axlog
axlog-console-srcs := tests/unit/axlog/test_console.c \
                      modules/axlog/console.c modules/axlog/lines.c modules/axlog/terminal.c \
                      modules/axhal/arch/fake/csr.c
