# From sources to build/ARCH/MODE/APP/APP.elf and .bin.
ELF := $(OUT)/$(APP).elf
BIN := $(OUT)/$(APP).bin
GEN := $(OUT)/generated
LDS := $(or $(app-lds),modules/axhal/arch/$(ARCH)/link.ld)

USED_SRCS := $(foreach m,$(USED),$(addprefix modules/$m/,$($m-srcs))) $(addprefix $(A)/,$(app-srcs))

# Objects lie below $(OUT) as their sources do below the repository. Those of an app outside of it (A=../x)
# lie there under their whole path: no object is ever beside build/.
APP_OUT := $(OUT)/$(if $(filter ../% /%,$(A)),$(patsubst /%,%,$(abspath $(A))),$(A))
OBJS    := $(patsubst $(A)/%,$(APP_OUT)/%.o,$(USED_SRCS:modules/%=$(OUT)/modules/%.o))

# The generated offsets of a module's assembly: modules/M/arch/ARCH/offsets.c -> M/offsets.h
OFFSETS := $(foreach m,$(USED),$(if $(wildcard modules/$m/arch/$(ARCH)/offsets.c),$(GEN)/$m/offsets.h))

$(foreach m,$(USED),$(eval $(OUT)/modules/$m/%: INCLUDES := $(call includes,modules/$m,$m $($m-deps),$(ARCH))))
$(foreach m,$(USED),$(eval $(GEN)/$m/%: INCLUDES := $(call includes,modules/$m,$m $($m-deps),$(ARCH))))
$(APP_OUT)/%: INCLUDES := $(call includes,$(A),$(app-deps),$(ARCH))

# A changed parameter rebuilds what includes its header, config/NAME.h, and nothing else.
CONFIG_H := $(GEN)/config/smp.h $(GEN)/config/log.h $(GEN)/config/ledger.h $(GEN)/config/debug.h $(GEN)/config/libc.h
$(GEN)/config/smp.h: CONFIG_TEXT = \#define CONFIG_SMP $(SMP)
$(GEN)/config/log.h: CONFIG_TEXT = \#define CONFIG_LOG "$(LOG)"
$(GEN)/config/libc.h: CONFIG_TEXT = \#define CONFIG_LIBC $(if $(filter axlibc,$(USED)),1,0)
$(GEN)/config/ledger.h: CONFIG_TEXT = \#define CONFIG_LEDGER $(if $(filter y,$(LEDGER)),1,0)
$(GEN)/config/debug.h: CONFIG_TEXT = \#define CONFIG_DEBUG $(if $(filter debug,$(MODE)),1,0)

$(CONFIG_H): FORCE
	@mkdir -p $(@D)
	@echo '$(CONFIG_TEXT)' | cmp -s - $@ || echo '$(CONFIG_TEXT)' > $@

# What changes the commands themselves rebuilds all: the flags are a file that is compared.
FLAGS_FILE := $(OUT)/.flags
$(FLAGS_FILE): FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(CPPFLAGS) $(CFLAGS) $(ASFLAGS)' | cmp -s - $@ || echo '$(CC) $(CPPFLAGS) $(CFLAGS) $(ASFLAGS)' > $@

# $(call compile_rules,OBJECTS' FOLDER/,SOURCES' FOLDER/)
define compile_rules
$1%.c.o: $2%.c $(FLAGS_FILE) | $(CONFIG_H)
	@mkdir -p $$(@D)
	$$(call say,CC,$$<)
	$$(Q)$$(CC) $$(CPPFLAGS) $$(INCLUDES) -I$(GEN) $$(CFLAGS) $$(CFLAGS_$$<) -MMD -MP -c $$< -o $$@

$1%.S.o: $2%.S $(FLAGS_FILE) | $(OFFSETS) $(CONFIG_H)
	@mkdir -p $$(@D)
	$$(call say,AS,$$<)
	$$(Q)$$(CC) $$(CPPFLAGS) $$(INCLUDES) -I$(GEN) $$(ASFLAGS) -MMD -MP -c $$< -o $$@
endef
$(eval $(call compile_rules,$(OUT)/,))
ifneq ($(APP_OUT),$(OUT)/$(A))
$(eval $(call compile_rules,$(APP_OUT)/,$(A)/))
endif

# What a module's list says of its compilation, the include path and CFLAGS_SOURCE, rebuilds the module.
$(foreach m,$(USED),$(eval $(patsubst %,$(OUT)/modules/$m/%.o,$($m-srcs)) $(filter $(GEN)/$m/%,$(OFFSETS)): modules/$m/module.mk))
$(patsubst %,$(APP_OUT)/%.o,$(app-srcs)): $(A)/app.mk

# offsets.c is compiled to assembly; its lines `->NAME VALUE` become #defines.
$(GEN)/%/offsets.h: modules/%/arch/$(ARCH)/offsets.c $(FLAGS_FILE) | $(CONFIG_H)
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)$(CC) $(CPPFLAGS) $(INCLUDES) -I$(GEN) $(CFLAGS) -MMD -MP -MT $@ -MF $(@:.h=.d) -S $< -o $(@:.h=.s)
	$(Q)sed -n 's/^.*->\([A-Z0-9_]*\) \(-\{0,1\}[0-9]*\).*/#define \1 \2/p' $(@:.h=.s) > $@

# $(call link,OUTPUT,MORE)
link = $(CC) $(LDFLAGS) $2 -T $(LDS) -o $1 $(OBJS) $(LIBFDT_LIB) -lm 2> $(OUT)/.link && cat $(OUT)/.link >&2 || \
       { cat $(OUT)/.link >&2; grep -qE 'undefined reference to .$(LIBC_NAMES).|\(errno\)' $(OUT)/.link && echo '$(LIBC_HINT)' >&2; exit 1; }
# What picolibc leaves to the system.
LIBC_NAMES := (stdin|stdout|stderr|_exit|sbrk|__heap_(start|end)|kill|getpid)
LIBC_HINT   = $(A)/app.mk: $(if $(app-hv),the hypervisor has no C library with files and errno,app-deps: expected axlibc among them: C'"'"'s printf$(comma) malloc$(comma) exit and errno are there)
LINK_NEEDS := $(OBJS) $(LDS) $(LIBFDT_LIB) $(OUT)/.objects

# An app with the host's linker script runs where it is loaded: it is linked for two addresses first, and
# the words in which these images differ are the table of what its start has to move (axhal/image.h).
RELOCATIONS := $(if $(app-lds),,$(OUT)/relocations)
ELSEWHERE   := 0x180200000
$(RELOCATIONS:%=%.o): $(LINK_NEEDS) tools/relocations
	$(call say,RELOC,$@)
	$(Q)$(call link,$(RELOCATIONS).1,-Wl$(comma)--strip-all)
	$(Q)$(call link,$(RELOCATIONS).2,-Wl$(comma)--strip-all -Wl$(comma)--defsym=linked_elsewhere=$(ELSEWHERE))
	$(Q)for n in 1 2; do $(OBJCOPY) -O binary $(RELOCATIONS).$$n $(RELOCATIONS).$$n || exit 1; done
	$(Q)tools/relocations $(RELOCATIONS).1 $(RELOCATIONS).2 > $(@:.o=.S)
	$(Q)$(CC) $(ASFLAGS) -c $(@:.o=.S) -o $@

$(ELF): $(LINK_NEEDS) $(RELOCATIONS:%=%.o)
	$(call say,LD,$@)
	$(Q)$(call link,$@,$(RELOCATIONS:%=%.o))

# A source that is taken out of a module must relink.
$(OUT)/.objects: FORCE
	@mkdir -p $(@D)
	@echo '$(OBJS)' | cmp -s - $@ || echo '$(OBJS)' > $@

$(BIN): $(ELF)
	$(call say,BIN,$@)
	$(Q)$(OBJCOPY) -O binary $< $@

# The riscv64 libfdt comes from Debian's archive at set-up.
$(LIBFDT_LIB):
	$(Q)scripts/setup/setup fdt

.PHONY: build disasm clean distclean FORCE
build: $(ELF) $(BIN) ## builds the app
disasm: $(ELF) ## writes the app's disassembly with source to build/…/APP.S
	$(Q)$(OBJDUMP) -dS $< > $(OUT)/$(APP).S
	@echo $(OUT)/$(APP).S
clean: ## removes build/; results of the lab stay
	$(Q)rm -rf $(BUILD)
distclean: clean ## removes build/, compile_commands.json and tags, and after a question results/; downloads stay in the user's cache
	$(Q)rm -f compile_commands.json tags
	$(Q)scripts/remove-results results

.SECONDARY: $(OFFSETS)
-include $(OBJS:.o=.d) $(OFFSETS:.h=.d)
