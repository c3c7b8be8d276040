# The order of boot, and the host's end.
axruntime-deps := lib axhal axconfig axsync axlog axalloc axipi axdriver
