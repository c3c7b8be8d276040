UNIT_TESTS += axdriver-hardware axdriver-uart axdriver-plic axdriver-imsic axdriver-random axdriver-iommu axdriver-pci \
              axdriver-pci-msi axdriver-pci-reset axdriver-tree-fuzz axdriver-uart-drivers

# The rows of uart_drivers.c, which all need that read a tree.
AXDRIVER_UARTS := $(patsubst %,modules/axdriver/%,$(filter-out uart_search.c,$(filter uart_%,$(axdriver-srcs))))

axdriver-hardware-deps := lib axhal axdriver
axdriver-hardware-srcs := tests/unit/axdriver/test_hardware.c tests/unit/axdriver/tree_file.c tests/unit/axdriver/no_machine.c \
                          modules/axdriver/hardware.c modules/axdriver/uart_search.c $(AXDRIVER_UARTS) \
                          modules/axdriver/pci_search.c modules/axdriver/tree_irq.c modules/lib/tree.c modules/lib/tree_faults.c

axdriver-tree-fuzz-deps := lib axhal axdriver
axdriver-tree-fuzz-srcs := tests/unit/axdriver/test_tree_fuzz.c tests/unit/axdriver/tree_file.c tests/unit/axdriver/no_machine.c \
                           modules/axdriver/hardware.c modules/axdriver/uart_search.c $(AXDRIVER_UARTS) modules/axdriver/host_device.c \
                           modules/axdriver/pci_search.c modules/axdriver/tree_irq.c modules/lib/tree.c \
                           modules/lib/tree_faults.c modules/axhal/platform.c modules/axhal/memory_ranges.c

# The drivers run against the devices that guests see.
axdriver-host-srcs := tests/unit/axdriver/fake_host.c tests/unit/axdriver/fake_platform.c tests/unit/axdriver/tree_file.c \
                      tests/unit/axdevice/fake_lock.c modules/axhal/arch/fake/csr.c \
                      modules/axdriver/hardware.c modules/axdriver/uart_search.c $(AXDRIVER_UARTS) \
                      modules/axdriver/pci_search.c modules/axdriver/tree_irq.c modules/lib/tree.c modules/lib/tree_faults.c \
                      modules/axdriver/irqchip.c modules/axdriver/irqchip_plic.c \
                      modules/axdriver/irqchip_imsic.c modules/axdriver/host_aplic.c modules/axdriver/guest_file.c modules/axdriver/guest_wire.c modules/axhal/platform.c modules/axhal/memory_ranges.c \
                      modules/axdriver/sswi.c

axdriver-uart-deps := lib axhal axsync axlog axipi axdriver axtrace axdevice
axdriver-uart-srcs := tests/unit/axdriver/test_host_uart.c modules/axdriver/host_uart.c modules/axdriver/firmware_console.c \
                      modules/axdriver/console.c modules/axdevice/uart.c $(axdriver-host-srcs)

axdriver-uart-drivers-deps := lib axhal axsync axlog axipi axdriver
axdriver-uart-drivers-srcs := tests/unit/axdriver/test_uart_drivers.c $(axdriver-host-srcs)

axdriver-plic-deps := lib axhal axsync axlog axipi axdriver axtrace axdevice
axdriver-plic-srcs := tests/unit/axdriver/test_host_plic.c modules/axdevice/plic.c \
                      $(axdriver-host-srcs)

axdriver-imsic-deps := lib axhal axsync axlog axipi axdriver
axdriver-imsic-srcs := tests/unit/axdriver/test_host_imsic.c $(axdriver-host-srcs)

axdriver-random-deps := lib axhal axsync axlog axdriver
axdriver-random-srcs := tests/unit/axdriver/test_random.c tests/unit/axdevice/fake_lock.c \
                        modules/axdriver/random.c modules/lib/chacha.c \
                        modules/axhal/arch/fake/csr.c

axdriver-iommu-deps := lib axhal axsync axlog axalloc axipi axdriver
axdriver-iommu-srcs := tests/unit/axdriver/test_iommu.c tests/unit/axdriver/fake_host.c \
                       tests/unit/axdevice/fake_lock.c modules/axhal/arch/fake/csr.c \
                       modules/axdriver/iommu.c modules/axdriver/iommu_directory.c \
                       modules/axdriver/iommu_faults.c modules/axdriver/iommu_interrupt.c \
                       modules/axdriver/iommu_queue.c modules/lib/err_name.c

axdriver-pci-deps := lib axhal axsync axlog axipi axdriver
axdriver-pci-srcs := tests/unit/axdriver/test_pci.c tests/unit/axdriver/fake_host.c \
                     modules/axhal/arch/fake/csr.c modules/axdriver/pci.c modules/axdriver/pci_msi.c \
                     modules/axdriver/pci_capability.c

axdriver-pci-msi-deps := lib axhal axdriver
axdriver-pci-msi-srcs := tests/unit/axdriver/test_pci_msi.c modules/axdriver/pci_msi.c modules/axdriver/pci_capability.c

axdriver-pci-reset-deps := lib axhal axdriver
axdriver-pci-reset-srcs := tests/unit/axdriver/test_pci_reset.c modules/axdriver/pci_reset.c \
                           modules/axdriver/pci_capability.c modules/axhal/arch/fake/csr.c

# The device trees are read when the tests run.
AXDRIVER_TREES := $(patsubst tests/unit/axdriver/%.dts,$(UNIT_OUT)/axdriver-trees/%.dtb,\
                    $(wildcard tests/unit/axdriver/*.dts))
$(UNIT_OUT)/axdriver-trees/%.dtb: tests/unit/axdriver/%.dts
	@mkdir -p $(@D)
	$(call say,DTC,$<)
	$(Q)dtc -q -I dts -O dtb -o $@ $<
$(UNIT_OUT)/axdriver-hardware/test $(UNIT_OUT)/axdriver-uart/test $(UNIT_OUT)/axdriver-tree-fuzz/test: | $(AXDRIVER_TREES)
$(UNIT_OUT)/axdriver-uart-drivers/test $(UNIT_OUT)/axdriver-plic/test $(UNIT_OUT)/axdriver-imsic/test: | $(AXDRIVER_TREES)
