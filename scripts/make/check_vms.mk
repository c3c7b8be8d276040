# `make check`: the hypervisor's own checker of VM descriptions, built for this machine: a mistake costs no boot.
# It is compiled as the unit tests are, with arch/fake and sanitizers.
CHECKER      := $(BUILD)/check/check
CHECKER_SRCS := tools/check/check.c modules/axvm/taken.c modules/axhal/room.c \
                modules/axhal/arch/fake/csr.c modules/axhal/image.c modules/axalloc/frames.c modules/axsync/spinlock.c modules/axsync/order.c \
                modules/lib/frame_bitmap.c $(axvmconfig-srcs:%=modules/axvmconfig/%) $(AXVMCONFIG_MACHINE)
CHECKER_OBJS := $(CHECKER_SRCS:%=$(BUILD)/check/%.o)
$(BUILD)/check/%.o: % scripts/make/check.mk
	@mkdir -p $(@D)
	$(call say,HOSTCC,$<)
	$(Q)$(UNIT_CC) $(UNIT_CFLAGS) $(call includes,tools/check,$(call closure,axvm),fake) -MMD -MP -c $< -o $@
$(CHECKER): $(CHECKER_OBJS)
	$(call say,HOSTLD,$@)
	$(Q)$(UNIT_CC) $(UNIT_CFLAGS) $^ -lfdt -o $@
-include $(CHECKER_OBJS:.o=.d)

# The tree of the machine that is checked for: QEMU's own, with the bundle's place in it, or a board's.
ifneq ($(DTB),)
ifeq ($(shell test -f $(call quote,$(DTB)) && echo y),)
$(error DTB=$(DTB): no such file; expected a board's device tree, such as those that Debian's kernel brings)
endif
endif
MACHINE_TREE  = $(if $(DTB),$(call quote,$(DTB)),$(OUT)/machine.dtb)
DUMP_TREE     = $(if $(DTB),,$(QEMU) $(QEMU_FLAGS) -machine dumpdtb=$(OUT)/machine.dtb </dev/null >$(OUT)/dump.log 2>&1 || { cat $(OUT)/dump.log; exit 1; };)
CHECK_COMMAND = $(DUMP_TREE) $(CHECKER) $(MACHINE_TREE) $(BUNDLE) $(BIN) $(SMP)

.PHONY: check check-built
ifneq ($(if $(BUNDLE),,$(filter check,$(MAKECMDGOALS))),)
$(error A=$(A): has no VMs to check; expected A=apps/hv)
endif
check: prepare ## checks VMS, as the boot would, for the machine of MACHINE, MEM and SMP or the board of DTB
	$(Q)$(MAKE) --no-print-directory build
	$(Q)$(MAKE) --no-print-directory check-built

check-built: $(CHECKER)
	$(Q)$(CHECK_COMMAND)

# Before a machine is started. Says nothing if all is well.
.PHONY: check-quietly
check-quietly: $(if $(BUNDLE),$(CHECKER))
	$(Q)$(if $(BUNDLE),$(CHECK_COMMAND) mistakes,:)
