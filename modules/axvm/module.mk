# A VM: memory, devices, life cycle.
axvm-deps := lib axhal axconfig axsync axlog axalloc axipi axdriver axruntime axtrace axaddrspace axvcpu \
             axdevice axsbi axexit axguesttree axvmconfig
axvm-srcs := alarm.c chores.c console.c create.c destroy.c devices.c dma_watch.c flash.c given.c given_irq.c \
             housekeeper.c input.c input_poll.c interrupts.c life.c list.c load.c machine.c output.c pci_config.c \
             pci_host.c pci_view.c quiet.c ration.c report.c shared.c stuck.c taken.c visible.c watch.c
