# For editors and for the checks of the sources: compile_commands.json, tags, lint, fmt.
PICOLIBC_INC = $(shell $(CC) --specs=picolibc.specs -E -v -x c /dev/null 2>&1 | sed -n 's|^ \(/[^ ]*picolibc[^ ]*\)$$|\1|p')

# The flags of a build in clang's words; it has its own names for the extensions of -march, and does
# not know all of gcc's attributes.
CLANG_WARNINGS = $(filter-out -Werror,$(WARNINGS)) -Wno-unknown-attributes
CLANG_TARGET   = clang --target=riscv64-unknown-elf -march=rv64gc -mabi=lp64d -mcmodel=medany \
                 -DPICOLIBC_INTEGER_PRINTF_SCANF -isystem $(PICOLIBC_INC) -isystem $(LIBFDT_INC)
CLANG_C        = $(CLANG_TARGET) -std=gnu11 -ffreestanding $(CLANG_WARNINGS)
CLANG_S        = $(CLANG_TARGET) -x assembler-with-cpp
CLANG_UNIT     = clang $(filter-out -Werror,$(filter -std% -W% -D%,$(UNIT_CFLAGS)))

# $(call sources_in,FOLDER): its C and assembly files, and its headers, for an editor that opens one first. $(call source_lines,FOLDER,OWN MODULE AND DEPS)
sources_in = $(sort $(shell find $1 -name fake -prune -o -name '*.[chS]' -print))
define source_line
$1 $(if $(filter %.S,$1),$(CLANG_S),$(CLANG_C)) $2 -I$(GEN)

endef
source_lines = $(foreach s,$(call sources_in,$1) $3,$(call source_line,$s,$(call includes,$1,$2,$(ARCH))))
define unit_line
$2 $(CLANG_UNIT) $(call includes,tests/unit,$($1-deps),fake) $(foreach m,$($1-deps),-Imodules/$m)

endef
unit_own   = $(filter tests/%,$1) $(foreach s,$1,$(if $(findstring /fake/,$s),$s))
# The headers beside a test's sources, and those of the fake architecture, of which every test has some.
unit_headers = $(wildcard $(addsuffix *.h,$(sort $(dir $(filter tests/%,$($1-srcs)))))) \
               $(if $(filter $1,sbi),$(shell find modules -path '*/arch/fake/*.h'))
unit_lines = $(foreach t,$(UNIT_TESTS) $(UNIT_PROGRAMS),$(foreach s,$(call unit_own,$($t-srcs)) $(call unit_headers,$t),$(call unit_line,$t,$s)))

define MODULE_LINES
$(foreach m,$(MODULES),$(call source_lines,modules/$m,$m $($m-deps)))$(unit_lines)tests/unit/assert.c $(CLANG_UNIT) $(call includes,tests/unit,lib,fake)
tools/check/check.c $(CLANG_UNIT) $(call includes,tools/check,$(call closure,axvm),fake) -I$(GEN)

endef
# An app's sources that it shares with others are not in its folder.
app_shared = $(patsubst $(CURDIR)/%,%,$(abspath $(addprefix $(A)/,$(filter ../%,$(app-srcs)))))
define APP_LINES
$(call source_lines,$(A),$(app-deps),$(app_shared) $(wildcard $(addsuffix *.h,$(sort $(dir $(app_shared))))))
endef

# What the sources include must be there; apps/hv is made of all modules. Each app has a make of
# its own, since one make reads one app.mk.
.PHONY: editor-modules editor-app
editor-modules: $(CONFIG_H) $(OFFSETS)
	@: $(file >$(OUT)/.editor,$(MODULE_LINES))
editor-app: | $(OUT)
	@: $(file >$(OUT)/.editor,$(APP_LINES))
$(OUT):
	@mkdir -p $@

EDITOR_APPS  := $(patsubst %/app.mk,%,$(wildcard apps/*/app.mk apps/*/*/app.mk tests/apps/*/app.mk))
HV_GEN       := $(BUILD)/$(ARCH)/$(MODE)/hv/generated

compile_commands.json: FORCE ## says to clangd and clang-tidy how each source is compiled
	$(Q)$(MAKE) --no-print-directory A=apps/hv HV=y editor-modules
	$(Q)cat $(BUILD)/$(ARCH)/$(MODE)/hv/.editor > $(BUILD)/.editor
	$(Q)for app in $(EDITOR_APPS); do \
	  $(MAKE) --no-print-directory A=$$app HV=y GEN=$(HV_GEN) editor-app && \
	  cat $(BUILD)/$(ARCH)/$(MODE)/$$(basename $$app)/.editor >> $(BUILD)/.editor || exit 1; done
	$(Q)scripts/compile-commands $@ < $(BUILD)/.editor

# clangd knows no assembly. labels.tags is what it lacks: labels, linker symbols, and the C names that
# assembly uses; VS Code asks both, so a name of C alone is not found twice. tags has all.
LABELS := $(BUILD)/labels.tags
tags: FORCE ## indexes C, assembly and linker scripts, for jumps to labels
	$(Q)ctags --languages=C,Asm,LdScript --fields=+nKz --kinddef-C=n,offset,offsets \
	  --regex-C='/^ *DEFINE\(([A-Z0-9_]+),/\1/n/' -R -f $@ modules apps tests
	@mkdir -p $(dir $(LABELS))
	$(Q)grep -rhowE '[A-Za-z_]\w*' --include=*.S modules apps | sort -u | \
	  awk -F'\t' 'NR == FNR { used[$$1]; next } \
	    /^!/ || $$2 ~ /\.(S|ld)$$/ || ($$1 in used && /\tkind:(function|macro|offset|variable)\t/)' \
	    - $@ > $(LABELS)

# The checks are those of scripts/lint; both builds are -Wall -Wextra -Wconversion -Werror.
.PHONY: lint fmt
lint: compile_commands.json ## checks format, clang-tidy, shellcheck, warnings, floating point
	$(Q)for mode in release debug; do \
	  $(MAKE) --no-print-directory A=apps/hv HV=y MODE=$$mode VMS=configs/jitter.dts build || exit 1; done
	$(Q)scripts/lint $(BUILD)/$(ARCH)/release/hv/hv.elf $(BUILD)/$(ARCH)/debug/hv/hv.elf

fmt: ## formats the C sources
	$(Q)find modules apps tests tools -name '*.[ch]' -exec clang-format -i {} +
