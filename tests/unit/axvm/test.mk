UNIT_TESTS += axvm-stuck axvm-ration axvm-chores axvm-wipe axvm-visible axvm-pci-view axvm-list axvm-output axvm-console axvm-life axvm-interrupts axvm-input axvm-making

axvm-list-deps := axvm lib axhal axconfig axsync axlog axalloc axdriver axtrace axaddrspace axvcpu axdevice axsbi axexit axguesttree axvmconfig
axvm-list-srcs := tests/unit/axvm/test_list.c tests/unit/axdevice/fake_lock.c modules/axvm/list.c modules/axvmconfig/message.c modules/lib/err_name.c

axvm-output-deps := axvm lib axhal
axvm-output-srcs := tests/unit/axvm/test_output.c modules/axvm/output.c modules/axhal/arch/fake/csr.c

axvm-console-deps := axvm lib axhal axconfig axsync axlog axalloc axdriver axtrace axaddrspace axvcpu axdevice axsbi axexit axguesttree axvmconfig
axvm-console-srcs := tests/unit/axvm/test_console.c tests/unit/axdevice/fake_lock.c \
                     modules/axvm/console.c modules/axvm/output.c modules/axvm/visible.c \
                     modules/axlog/console.c modules/axlog/lines.c modules/axlog/terminal.c \
                     modules/axdevice/uart.c modules/axhal/arch/fake/csr.c

axvm-life-deps := axvm lib axhal axconfig axsync axlog axipi axalloc axdriver axtrace axaddrspace axvcpu axdevice axsbi axexit axguesttree axvmconfig
axvm-life-srcs := tests/unit/axvm/test_life.c tests/unit/axdevice/fake_lock.c modules/axvm/life.c modules/axvm/state.c modules/axhal/arch/fake/csr.c \
                  modules/axtrace/ledger.c modules/axtrace/ledger_read.c modules/axtrace/quiet.c \
                  modules/axtrace/late.c tests/unit/axtrace/fake_ring.c

axvm-pci-view-deps := axvm lib axhal axconfig axsync axlog axalloc axdriver axtrace axaddrspace axvcpu axdevice axsbi axexit axguesttree axvmconfig
axvm-pci-view-srcs := tests/unit/axvm/test_pci_view.c tests/unit/axdevice/fake_lock.c \
                      modules/axvm/pci_view.c modules/axvm/pci_config.c modules/axdevice/host_bridge.c

axvm-stuck-deps := axvm axvcpu axhal lib axconfig
axvm-stuck-srcs := tests/unit/axvm/test_stuck.c modules/axvm/stuck.c

axvm-ration-deps := axvm lib
axvm-ration-srcs := tests/unit/axvm/test_ration.c modules/axvm/ration.c

axvm-chores-deps := $(axvm-life-deps)
axvm-chores-srcs := tests/unit/axvm/test_chores.c tests/unit/axdevice/fake_lock.c modules/axvm/chores.c modules/axvm/around.c modules/axvm/ration.c \
                    modules/axhal/arch/fake/csr.c modules/axtrace/ledger.c modules/axtrace/ledger_read.c \
                    modules/axtrace/quiet.c modules/axtrace/late.c tests/unit/axtrace/fake_ring.c

axvm-visible-deps := axvm lib
axvm-visible-srcs := tests/unit/axvm/test_visible.c modules/axvm/visible.c

axvm-interrupts-deps := axvm lib axhal axconfig axsync axlog axalloc axdriver axtrace axaddrspace axvcpu axdevice axsbi axexit axguesttree axvmconfig
axvm-interrupts-srcs := tests/unit/axvm/test_interrupts.c tests/unit/axdevice/fake_lock.c \
                        modules/axvm/interrupts.c modules/axvm/given_irq.c modules/axhal/arch/fake/csr.c \
                        modules/axdevice/plic.c modules/axdevice/aplic.c modules/axdevice/aplic_idc.c \
                        modules/axdevice/aplic_source.c modules/axdevice/aplic_passed.c \
                        modules/axdevice/imsic.c modules/axdevice/bus.c

axvm-input-deps := $(axvm-interrupts-deps)
axvm-input-srcs := tests/unit/axvm/test_input.c tests/unit/axdevice/fake_lock.c \
                   modules/axvm/input.c modules/axhal/arch/fake/csr.c \
                   modules/axdevice/uart.c modules/axdevice/bus.c

axvm-wipe-deps := $(axvm-life-deps)
axvm-wipe-srcs := tests/unit/axvm/test_wipe.c modules/axvm/wipe.c

axvm-making-deps := $(axvm-life-deps)
axvm-making-srcs := tests/unit/axvm/test_making.c modules/axvm/making.c modules/axvm/errand.c modules/axhal/arch/fake/csr.c
