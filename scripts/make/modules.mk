# Modules and what they declare.
#
# modules/NAME/module.mk sets NAME-deps: modules whose headers it includes. NAME-srcs are the sources in its
# folder, and in its arch/$(ARCH)/.
# apps/NAME/app.mk sets app-deps, app-srcs and app-hv (y: the app needs HV=y).
# The include path of a source is its own module's and those of the declared dependencies,
# nothing else: an include that is not declared does not compile.
MODULES := $(patsubst modules/%/module.mk,%,$(sort $(wildcard modules/*/module.mk)))
include $(MODULES:%=modules/%/module.mk)
sources_in_module = $(patsubst modules/$1/%,%,$(filter-out %/offsets.c,$(sort $(wildcard \
  $(foreach d,$1 $1/arch/$(ARCH),modules/$d/*.c modules/$d/*.S)))))
$(foreach m,$(MODULES),$(eval $m-srcs := $(call sources_in_module,$m)))
include $(A)/app.mk

ifeq ($(app-hv)$(HV),yn)
$(error A=$(A) HV=n: this app is made of the hypervisor modules; expected HV=y)
endif

GUEST_MODULES := axshell axvm axguesttree axexit axsbi axdevice axvcpu axaddrspace axvmconfig axtrace
ifeq ($(HV),n)
ifneq ($(filter $(GUEST_MODULES),$(app-deps)),)
$(error A=$(A) HV=n: its app-deps name hypervisor modules: $(filter $(GUEST_MODULES),$(app-deps)))
endif
endif

ifneq ($(and $(app-hv),$(filter axlibc,$(app-deps))),)
$(error A=$(A): its app-deps name axlibc, whose printf uses floating point; expected none: the FP registers are the guests')
endif

# $(call closure,MODULES): the modules and all that they depend on, each once.
closure = $(if $(strip $1),$(call closure_step,$(sort $1),$(sort $1 $(foreach m,$1,$(call deps_of,$m)))))
closure_step = $(if $(filter-out $1,$2),$(call closure,$2),$1)
deps_of = $(if $(filter $1,$(MODULES)),$($1-deps),$(error module $1 is not in modules/; it has: $(MODULES)))

USED := $(call closure,$(app-deps))

# $(call module_includes,MODULE,ARCH): where the public headers of a module are.
module_includes = -Imodules/$1/include $(if $(wildcard modules/$1/arch/$2/include),-Imodules/$1/arch/$2/include)
# $(call includes,OWN FOLDER,MODULES,ARCH)
includes = -I$1 $(foreach m,$2,$(call module_includes,$m,$3))
