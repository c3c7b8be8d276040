UNIT_TESTS          += axruntime-main
axruntime-main-deps := lib axhal axconfig axsync axlog axalloc axipi axdriver axruntime
axruntime-main-srcs := tests/unit/axruntime/test_main.c modules/axruntime/main.c modules/axhal/arch/fake/csr.c
