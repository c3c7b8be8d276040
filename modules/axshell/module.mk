# The hypervisor's console: line editing, commands, and what they print about VMs.
axshell-deps := lib
axshell-srcs := keys.c line.c words.c
