# The hypervisor's console: line editing, commands, and what they print about VMs.
axshell-deps := lib axhal axconfig axsync axlog axalloc axipi axtrace axaddrspace axvcpu axdevice \
                axsbi axexit axvmconfig axvm
axshell-srcs := keys.c line.c words.c args.c job.c commands.c shell.c cmd_vm.c cmd_vcpu.c cmd_host.c
