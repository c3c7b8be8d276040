# Tests, and the checks of the sources.
#
# tests/unit/MODULE/test.mk adds a name to UNIT_TESTS and sets NAME-srcs and NAME-deps: sources
# are compiled for the build machine with the headers of the modules named, arch/fake for the
# architecture's. NAME-modules are modules that the test has whole, with the sources of their own
# lists but those of an architecture.
UNIT_TESTS :=
UNIT_OUT   := $(BUILD)/unit
include $(wildcard tests/unit/*/test.mk)

# Both have lists of their own under their names.
ifneq ($(filter $(UNIT_TESTS),$(MODULES)),)
$(error tests/unit: UNIT_TESTS has the name of a module: $(filter $(UNIT_TESTS),$(MODULES)); expected another name)
endif

# $(call unit_sources,NAME)
unit_sources = $($1-srcs) $(foreach m,$($1-modules),$(addprefix modules/$m/,$(filter-out arch/%,$($m-srcs))))

UNIT_CC     := gcc
UNIT_CFLAGS := -std=gnu11 -g -O1 -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes \
               -Wundef -Werror -Wno-unused-parameter -fno-omit-frame-pointer \
               -fsanitize=address,undefined -fno-sanitize-recover=all -DUNIT_OUT='"$(UNIT_OUT)"'
UNIT_BINS   := $(UNIT_TESTS:%=$(UNIT_OUT)/%/test)

define unit_rule
$(UNIT_OUT)/$1/%.o: % scripts/make/check.mk
	@mkdir -p $$(@D)
	$$(call say,HOSTCC,$$<)
	$$(Q)$(UNIT_CC) $(UNIT_CFLAGS) $(call includes,tests/unit,$($1-deps),fake) $(foreach m,$($1-deps),-Imodules/$m) -MMD -MP -c $$< -o $$@
$(UNIT_OUT)/$1/test: $(patsubst %,$(UNIT_OUT)/$1/%.o,$(call unit_sources,$1)) $(UNIT_OUT)/assert.o
	$$(call say,HOSTLD,$$@)
	$$(Q)$(UNIT_CC) $(UNIT_CFLAGS) $$^ -lcmocka -lfdt -o $$@
-include $(patsubst %,$(UNIT_OUT)/$1/%.d,$(call unit_sources,$1))
endef
# Besides the tests there are programs that a test in Python runs.
$(foreach t,$(UNIT_TESTS) $(UNIT_PROGRAMS),$(eval $(call unit_rule,$t)))

# What all of them do when an assertion of the code under test fails.
$(UNIT_OUT)/assert.o: tests/unit/assert.c scripts/make/check.mk
	@mkdir -p $(@D)
	$(call say,HOSTCC,$<)
	$(Q)$(UNIT_CC) $(UNIT_CFLAGS) $(call includes,tests/unit,lib,fake) -MMD -MP -c $< -o $@
-include $(UNIT_OUT)/assert.d

.PHONY: unittest
unittest: $(UNIT_BINS) ## runs the unit tests on the build machine, with sanitizers
	$(Q)failed=0; for t in $(UNIT_BINS); do echo "== $$t"; $$t || failed=1; done; exit $$failed

.PHONY: test
test: ## runs every test: unit tests, models, tools, gdb and editor, machines in QEMU
	$(Q)scripts/setup/setup check || scripts/setup/setup
	$(Q)scripts/test

# The host's modules: an architecture's files and the app's C library aside, all that another one shares.
PORTABLE := $(filter-out $(GUEST_MODULES) axbare axlibc,$(MODULES))
portable_line = $(UNIT_CC) -std=gnu11 -w -fsyntax-only $(call includes,modules/$1,$1 $($1-deps),fake) -I$(GEN) modules/$1/$2 || exit 1;
.PHONY: portable
portable: $(CONFIG_H) ## compiles what the host's modules share with other architectures for the build machine's
	$(Q)$(foreach m,$(PORTABLE),$(foreach s,$(filter-out arch/%,$($m-srcs)),$(call portable_line,$m,$s))):

.PHONY: rings
rings: build ## prints the rings of the app's files: files that need each other by their symbols
	$(Q)tools/rings $(OUT)
