UNIT_TESTS += rt
rt-deps := lib
rt-srcs := tests/unit/rt/test_rt.c apps/rt/periods.c apps/rt/lateness.c apps/rt/control.c
