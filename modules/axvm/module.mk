# A VM: memory, devices, life cycle.
axvm-deps := lib axhal axconfig axsync axlog axalloc axipi axdriver axruntime axtrace axaddrspace axvcpu \
             axdevice axsbi axexit axguesttree axvmconfig
