UNIT_TESTS          += axhal-platform
axhal-platform-deps := lib axhal
axhal-platform-srcs := tests/unit/axhal/test_platform.c tests/unit/axvmconfig/dts.c \
                       modules/axhal/platform.c
