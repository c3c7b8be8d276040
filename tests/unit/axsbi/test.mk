UNIT_TESTS += sbi
sbi-deps   := lib axconfig axsync axtrace axhal axvcpu axaddrspace axsbi
sbi-srcs   := $(addprefix tests/unit/axsbi/,fixture.c test_table.c test_base.c test_time.c \
                test_ipi.c test_rfence.c test_hsm.c test_srst.c test_dbcn.c test_susp.c \
                test_legacy.c test_fwft.c test_pmu.c test_pmu_hardware.c \
                test_sta.c test_quiet.c) \
              $(addprefix modules/axsbi/,sbi.c hart_mask.c entry.c base.c time.c ipi.c rfence.c \
                hsm.c srst.c dbcn.c susp.c legacy.c fwft.c sta.c quiet.c \
                pmu.c pmu_counter.c pmu_event.c pmu_hardware.c pmu_memory.c) \
              modules/axaddrspace/guest.c modules/axhal/arch/fake/csr.c \
              modules/axtrace/ledger.c modules/axtrace/ledger_read.c modules/axtrace/quiet.c \
              modules/axtrace/late.c tests/unit/axtrace/fake_ring.c tests/unit/axdevice/fake_lock.c
