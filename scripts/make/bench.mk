# Figures and budgets. They need the guests, and the hypervisor with bundles of them.
BENCH_OUT := $(BUILD)/$(ARCH)/release
.PHONY: bench bench-boot bench-check bench-accept bench-bundles profile
bench-bundles:
	$(Q)scripts/setup/setup check host qemu fdt || scripts/setup/setup host qemu fdt
	$(Q)for vms in jitter jitter2 exits; do \
	  $(MAKE) --no-print-directory A=apps/hv HV=y SMP=2 MODE=release LOG=warn VMS=configs/$$vms.dts build || exit 1; done

bench: bench-bundles ## measures apps/jitter and apps/exits natively and as guests: a table, build/bench.json
	$(Q)tools/bench --qemu $(QEMU) --jitter $(BENCH_OUT)/jitter/jitter.bin --hv $(BENCH_OUT)/hv/hv.bin \
	  --bundle $(BENCH_OUT)/hv/jitter.cpio --bundle2 $(BENCH_OUT)/hv/jitter2.cpio \
	  --exits $(BENCH_OUT)/exits/exits.bin --exits-bundle $(BENCH_OUT)/hv/exits.cpio \
	  --machine $(MACHINE) --cpu $(CPU)

ifneq ($(filter bench-check bench-accept,$(MAKECMDGOALS)),)
$(call one_of,LEDGER,y)
endif
BENCH_WITHOUT := $(BUILD)/without-ledger
BUDGETS_FILES := --qemu $(QEMU) --hv $(BENCH_OUT)/hv/hv.bin --without $(BENCH_WITHOUT)/$(ARCH)/release/hv/hv.bin --exits $(BENCH_OUT)/hv/exits.cpio \
                 --jitter $(BENCH_OUT)/hv/jitter.cpio --compiler $(CC)
.PHONY: bench-without
bench-without: bench-bundles
	$(Q)$(MAKE) --no-print-directory A=apps/hv HV=y SMP=2 MODE=release LOG=warn LEDGER=n BUILD=$(BENCH_WITHOUT) \
	  VMS=configs/exits.dts build
bench-check: bench-without ## fails if an exit path takes more instructions than bench/budgets allows
	$(Q)tools/budgets check $(BUDGETS_FILES)
bench-accept: bench-without ## measures the exit paths and rewrites bench/budgets
	$(Q)tools/budgets accept $(BUDGETS_FILES)

profile: ## shows the functions of one exit, EXIT=name, and draws them as a flame graph
	$(Q)scripts/setup/setup check host qemu fdt || scripts/setup/setup host qemu fdt
	$(Q)$(MAKE) --no-print-directory A=apps/hv HV=y SMP=2 MODE=release LOG=warn LEDGER=$(LEDGER) VMS=configs/exits.dts build
	$(Q)tools/profile --qemu $(QEMU) --elf $(BENCH_OUT)/hv/hv.elf --guests $(BENCH_OUT) --cross $(CROSS) \
	  --out $(BUILD)/profile '$(EXIT)'

bench-boot: ## measures Linux's boot natively and as a guest, interleaved: wall and CPU time
	$(Q)scripts/setup/setup check || scripts/setup/setup
	$(Q)$(MAKE) --no-print-directory A=apps/hv HV=y SMP=2 MODE=release VMS=configs/linux.dts build
	$(Q)tools/bench-boot --qemu $(QEMU) --guests $(CACHE)/guests/linux --vms configs/linux.dts \
	  --hv $(BENCH_OUT)/hv/hv.bin --bundle $(BENCH_OUT)/hv/linux.cpio --machine $(MACHINE) --cpu $(CPU)
