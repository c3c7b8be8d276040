UNIT_TESTS           += axsync-spinlock
axsync-spinlock-deps := lib axhal axsync
axsync-spinlock-srcs := tests/unit/axsync/test_spinlock.c tests/unit/axsync/fake_panic.c \
                        modules/axsync/spinlock.c modules/axsync/order.c modules/axhal/arch/fake/csr.c
