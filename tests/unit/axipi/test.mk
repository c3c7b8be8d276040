UNIT_TESTS         += axipi-mailbox
axipi-mailbox-deps := lib axconfig axhal axsync axlog axipi
axipi-mailbox-srcs := tests/unit/axipi/test_mailbox.c tests/unit/axsync/fake_panic.c \
                      modules/axipi/mailbox.c modules/axsync/spinlock.c modules/axsync/order.c modules/lib/sbi_name.c \
                      modules/axhal/arch/fake/csr.c
