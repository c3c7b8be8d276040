UNIT_TESTS          += axtrace-all
axtrace-all-deps    := lib axhal axconfig axsync axalloc axtrace
axtrace-all-modules := axtrace
axtrace-all-srcs    := $(filter-out %/fake_ring.c,$(wildcard tests/unit/axtrace/*.c)) modules/axhal/arch/fake/csr.c tests/unit/axdevice/fake_lock.c
