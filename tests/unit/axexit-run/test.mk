UNIT_TESTS      += axexit-run
axexit-run-deps := lib axhal axconfig axsync axtrace axlog axipi axaddrspace axvcpu axdevice axsbi axexit
axexit-run-srcs := $(addprefix tests/unit/axexit-run/,fixture.c test_aia.c test_fast.c test_in_place.c test_mmio.c test_run.c) \
                   $(addprefix modules/axexit/,aia.c csr_decode.c fast.c in_place.c mmio.c mmio_address.c mmio_decode.c guest_trap.c run.c) \
                   modules/axdevice/bus.c modules/axdevice/imsic.c modules/axhal/arch/fake/csr.c \
                   modules/axtrace/ledger.c modules/axtrace/ledger_read.c modules/axtrace/quiet.c \
                   modules/axtrace/late.c tests/unit/axtrace/fake_ring.c tests/unit/axdevice/fake_lock.c
