# The hypervisor's console: line editing, commands, and what they print about VMs.
axshell-deps := lib axhal axconfig axsync axlog axalloc axipi axdriver axtrace axaddrspace axvcpu axdevice \
                axsbi axexit axguesttree axvmconfig axvm
axshell-srcs := keys.c line.c words.c bars.c args.c which.c job.c commands.c help.c shell.c \
                cmd_machine.c cmd_vm.c rounds.c vm_log.c cmd_vcpu.c cmd_ledger.c cmd_hist.c cmd_worst.c cmd_trace.c \
                cmd_host.c cmd_fault.c cmd_noise.c cmd_quiet.c
