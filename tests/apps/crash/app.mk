# Makes the host fault in the way that the kernel command line (QEMU's -append) names.
app-deps := lib axhal axlog axipi axruntime
app-srcs := main.c crashes.c
