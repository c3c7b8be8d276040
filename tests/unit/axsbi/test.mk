UNIT_TESTS  += sbi
sbi-deps    := lib axconfig axsync axtrace axhal axvcpu axaddrspace axsbi
sbi-modules := axsbi
sbi-srcs    := $(wildcard tests/unit/axsbi/*.c) \
               modules/axaddrspace/guest.c modules/axhal/arch/fake/csr.c \
               modules/axtrace/ledger.c modules/axtrace/ledger_read.c modules/axtrace/quiet.c \
               modules/axtrace/late.c tests/unit/axtrace/fake_ring.c tests/unit/axdevice/fake_lock.c
