# From a bundle in memory to VM configurations that were checked against this machine.
# Uses libfdt, which every app is linked with.
axvmconfig-deps := lib axhal axdriver
