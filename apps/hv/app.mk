# The hypervisor: reads the bundle of VMs, checks it, and runs them.
app-deps := lib axhal axconfig axlog axsync axalloc axipi axdriver axruntime axtrace axaddrspace axvcpu axdevice \
            axsbi axexit axguesttree axvmconfig axvm axshell
app-srcs := main.c
app-hv   := y
