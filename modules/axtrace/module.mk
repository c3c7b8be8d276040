# The ledger of each vCPU, the event ring of each hart, and their dump.
axtrace-deps := lib axhal axconfig axsync axalloc
