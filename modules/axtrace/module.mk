# The ledger of each vCPU, the event ring of each hart, and their dump.
axtrace-deps := lib axhal axconfig axsync axalloc
axtrace-srcs := column.c ledger.c ledger_read.c quiet.c sample.c late.c ring.c kept.c gaps.c dump.c
