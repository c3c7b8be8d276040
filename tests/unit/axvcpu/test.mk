UNIT_TESTS      += axvcpu-hart
axvcpu-hart-deps := lib axconfig axhal axsync axtrace axlog axipi axaddrspace axvcpu
axvcpu-hart-srcs := $(addprefix tests/unit/axvcpu/,fixture.c test_request.c test_inject.c \
                     test_timer.c test_setup.c test_late.c) \
                   $(addprefix modules/axvcpu/,aia.c environment.c fence.c inject.c late.c request.c run.c setup.c timer.c) \
                   modules/axhal/platform.c modules/axhal/memory_ranges.c modules/lib/tree.c modules/lib/tree_faults.c modules/axhal/arch/fake/csr.c \
                   modules/axtrace/ledger.c modules/axtrace/ledger_read.c modules/axtrace/quiet.c \
                   modules/axtrace/late.c tests/unit/axtrace/fake_ring.c tests/unit/axdevice/fake_lock.c
