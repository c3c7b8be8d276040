UNIT_TESTS         += axexit-run
axexit-run-deps    := lib axhal axconfig axsync axtrace axlog axipi axaddrspace axvcpu axdevice axsbi axexit
axexit-run-modules := axexit
axexit-run-srcs    := $(wildcard tests/unit/axexit-run/*.c) \
                      modules/axdevice/bus.c modules/axdevice/imsic.c modules/axhal/arch/fake/csr.c \
                      modules/axtrace/ledger.c modules/axtrace/ledger_read.c modules/axtrace/quiet.c \
                      modules/axtrace/late.c tests/unit/axtrace/fake_ring.c tests/unit/axdevice/fake_lock.c
