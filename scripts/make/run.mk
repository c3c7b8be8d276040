# Running an app in QEMU. The hypervisor gets its VMs as a bundle: the description named by VMS=,
# compiled, and the images that it names, in one newc archive that QEMU hands over as an initrd.
# A description's path is a word of the shell's, not of make's: it may have blanks in it.
vms       := $(call quote,$(VMS))
BUNDLE    := $(if $(app-hv),$(OUT)/$(shell basename -- $(vms) | sed 's/\.[^.]*$$//; s/[^A-Za-z0-9._-]/_/g').cpio)

# Guests of ours that the description names, "build:NAME/NAME.bin": the folders of their apps.
# Read by dtc, since the description may include others; without dtc, before the set-up, as it is.
READ_VMS    := dtc -q -I dts -O dts $(vms) 2>/dev/null || cat $(vms) 2>/dev/null
GUEST_NAMES := $(if $(app-hv),$(shell { $(READ_VMS); } | sed -n 's,.*"build:\([^/"]*\)/\1\.bin".*,\1,p'))
guest_app    = $(patsubst %/app.mk,%,$(firstword $(wildcard $(foreach d,apps apps/* tests/guests,$d/$1/app.mk))))
GUEST_APPS  := $(sort $(foreach n,$(filter-out hv,$(GUEST_NAMES)),$(call guest_app,$n)))

ifneq ($(app-hv),)
ifeq ($(shell [ -f $(vms) ] && echo there),)
$(error VMS=$(VMS): no such file; expected a VM description, such as: $(wildcard configs/*.dts))
endif
endif

# The description says which harts it needs. One that is wrong is named when the bundle is made.
ifeq ($(SMP),auto)
override SMP := $(or $(if $(app-hv),$(shell tools/harts $(vms) 2>/dev/null)),2)
endif

# Descriptions that name images of the cache need the guests; the embedded one does not.
NEEDS_GUESTS := $(if $(app-hv),$(shell { $(READ_VMS); } | grep -q '"cache:' && echo guests))
SETUP_PARTS  := host qemu fdt $(NEEDS_GUESTS)

QEMU_FLAGS = -M $(MACHINE) -cpu $(CPU) -smp $(SMP) -m $(MEM) -nographic -kernel $(BIN) \
             $(BUNDLE:%=-initrd %) \
             $(if $(filter off,$(ICOUNT)),,-icount shift=$(ICOUNT)$(comma)sleep=off) $(QEMU_ARGS)

# QEMU makes its input one that never waits, for all that share it. `make run | tee LOG` does: its terminal
# would lose what comes too fast for it. So QEMU opens the terminal for itself.
OWN_TERMINAL = if [ -t 0 ] && (: </dev/tty) 2>/dev/null; then exec </dev/tty; fi;

.PHONY: setup prepare run justrun debug debugserver
setup: ## installs and downloads all that build, run and test need
	$(Q)scripts/setup/setup

prepare: FORCE
	$(Q)scripts/setup/setup check $(SETUP_PARTS) || scripts/setup/setup $(SETUP_PARTS)

# The toolchain itself may come from the set-up: so build in a make of its own, after it.
run: prepare ## sets up what is missing, builds, and runs the app in QEMU
	$(Q)$(MAKE) --no-print-directory build
	$(Q)$(MAKE) --no-print-directory check-quietly
	$(Q)$(OWN_TERMINAL) exec $(MAKE) --no-print-directory justrun

justrun: ## runs what was built last, as it is
	$(Q)$(if $(LOGS),tools/logs $(call quote,$(LOGS)) -- )$(QEMU) $(QEMU_FLAGS)

debugserver: prepare ## builds, and runs QEMU that waits for gdb on localhost:GDB_PORT
	$(Q)$(MAKE) --no-print-directory build
	@echo 'QEMU waits for gdb on localhost:$(GDB_PORT), stopped before the first instruction; Ctrl-A X ends it.'
	@echo 'In another terminal: gdb-multiarch -x scripts/gdb/stillhart.py -ex "target remote localhost:$(GDB_PORT)" $(ELF)'
	$(Q)$(MAKE) --no-print-directory check-quietly
	$(Q)$(OWN_TERMINAL) exec $(QEMU) $(QEMU_FLAGS) -S -gdb tcp:localhost:$(GDB_PORT)

debug: prepare ## builds, runs QEMU and opens gdb at _start
	$(Q)$(MAKE) --no-print-directory build
	$(Q)$(MAKE) --no-print-directory check-quietly
	$(Q)scripts/debug $(ELF) -- $(QEMU) $(QEMU_FLAGS)

# Each in a make of its own.
.PHONY: guests
guests:
	$(Q)for app in $(GUEST_APPS); do \
	  $(MAKE) --no-print-directory A=$$app HV=n MODE=release build || exit 1; done

ifneq ($(BUNDLE),)
build: $(BUNDLE)
$(BUNDLE): FORCE guests
	@mkdir -p $(@D)
	$(call say,BUNDLE,$@)
	$(Q)tools/bundle -o $@.new -b $(BUILD)/$(ARCH)/release $(vms)
	$(Q)if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
endif

# One thread for all harts: then it is hart 0 that boots, as the chart shows it.
.PHONY: boot-chart boot-chart-draw
boot-chart: ## boots Linux with tracing, and draws its charts: build/boot-chart.md, or those in INTO=docs/boot.md
	$(Q)scripts/setup/setup check || scripts/setup/setup
	$(Q)for target in build boot-chart-draw; do \
	  $(MAKE) --no-print-directory A=apps/hv HV=y SMP=2 MODE=release VMS=configs/traced.dts \
	    QEMU_ARGS='-accel tcg,thread=single' $$target || exit 1; done

boot-chart-draw:
	$(Q)tools/trace/boot-chart $(if $(INTO),--into $(call quote,$(INTO))) -- $(QEMU) $(QEMU_FLAGS)
