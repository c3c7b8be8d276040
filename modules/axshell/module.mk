# The hypervisor's console: line editing, commands, and what they print about VMs.
axshell-deps := lib axhal axconfig axsync axlog axalloc axipi axdriver axtrace axaddrspace axvcpu axdevice \
                axsbi axexit axguesttree axvmconfig axvm
