UNIT_TESTS   += axtrace
axtrace-deps := lib axhal axconfig axsync axalloc axtrace
axtrace-srcs := $(addprefix tests/unit/axtrace/,fixture.c test_histogram.c test_ledger.c test_quiet.c test_ring.c \
                 test_dump.c) \
                $(addprefix modules/axtrace/,column.c ledger.c ledger_read.c quiet.c sample.c late.c ring.c kept.c gaps.c dump.c) \
                modules/axhal/arch/fake/csr.c
