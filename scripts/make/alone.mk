# One make at a time builds in a folder. One that only starts others, or a machine, takes no part in it.
BUILDING := build disasm unittest rings portable clean check-built check-quietly bench-bundles compile_commands.json
ifeq ($(filter-out $(BUILDING) $(BUILD)/%,$(MAKECMDGOALS)),)
# A make inside the one that has the folder goes on.
ifneq ($(STILLHART_BUILDS_IN),$(abspath $(BUILD)))
$(shell scripts/build-lock $(call quote,$(BUILD)) $$PPID)
ifneq ($(.SHELLSTATUS),0)
$(error BUILD=$(BUILD): expected a folder that can be written to)
endif
export STILLHART_BUILDS_IN := $(abspath $(BUILD))
endif
endif
