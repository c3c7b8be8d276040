# The hardware: boot, traps, CSRs, paging, time, firmware calls, per-hart data.
axhal-deps := lib axconfig
