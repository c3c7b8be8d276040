# The parameters of a build, their defaults, and the check of each value.
# `## ` comments after a parameter are what `make help` prints.

ARCH       ?= riscv64      ## architecture: riscv64
A          ?= apps/hv      ## the app: a folder with an app.mk
HV         ?= y            ## link the hypervisor modules: y n
SMP        ?= auto         ## harts of the host: 1 to 64, or auto: as many as VMS names, at least 2
LOG        ?= warn         ## log level: off error warn info debug trace
LEDGER     ?= y            ## keep the ledger of each vCPU; n only to measure what it costs: y n
MODE       ?= release      ## release (-O2) or debug (-Og)
VMS        ?= configs/linux.dts ## the VM description; images are relative to its folder
MEM        ?= 4G           ## memory of the host machine, as QEMU writes it
MACHINE    ?= virt         ## QEMU's machine and its options: virt,aia=aplic-imsic
CPU        ?= rv64         ## QEMU's CPU and its options: rv64,h=true,sstc=off
ICOUNT     ?= off          ## off, or N for -icount shift=N,sleep=off: 0 to 10
QEMU_ARGS  ?=              ## more arguments for QEMU
DTB        ?=              ## check: a board's device tree, in place of QEMU's
GDB_PORT   ?= 1234         ## debugserver: the TCP port on which QEMU waits for gdb, 1024 to 65535
LOGS       ?=              ## run: a folder for a log of each VM's output, besides the console
INTO       ?=              ## boot-chart: the document whose charts are replaced: docs/boot.md
BUILD      ?= build        ## folder of what is built, build/NAME to build beside another make
V          ?= 0            ## 1 shows the commands
EXIT       ?=              ## profile: the exit, such as sbi.base.probe; none: lists them
EXP        ?=              ## lab: the experiment, of lab/NAME.toml
AB         ?=              ## lab: the experiment whose mechanisms are flipped, one at a time
FLIPS      ?= mechanisms   ## lab: what AB flips, of lab/ab/NAME.toml
REPLAY     ?=              ## lab: stops in gdb in EXP's worst exit: worst, late, or a column of the ledger
COMPARE    ?=              ## lab: two results to show beside each other: results/jitter/A,results/jitter/B
RUNS       ?=              ## lab: its repetitions, if others than it says
RESULTS    ?=              ## lab: folder of the results, if not results/NAME/TIME
BOARD      ?=              ## lab: a board on this serial line instead of QEMU: /dev/ttyUSB0,115200
BOARD_RESET ?=             ## lab: the command that starts the board with a side's images

comma := ,

PARAMS := $(shell sed -n 's/^\([A-Z_]*\) *?=.*\#\# .*/\1/p' scripts/make/params.mk)

# A name on the command line that means nothing is a mistake, not a wish that is passed over. GEN is
# make's own way to its other makes; the tools are for those who build with others.
TOOLS   := CROSS CC OBJCOPY OBJDUMP SIZE NM CACHE QEMU LIBFDT_INC LIBFDT_LIB UNIT_CC
GIVEN   := $(foreach v,$(.VARIABLES),$(if $(filter command,$(origin $v)),$v))
UNKNOWN := $(firstword $(filter-out $(PARAMS) $(TOOLS) GEN,$(GIVEN)))
ifneq ($(UNKNOWN),)
NEAREST := $(shell python3 -c 'import difflib, sys; print(*difflib.get_close_matches(sys.argv[1].upper(), sys.argv[2:], 1))' \
             '$(UNKNOWN)' $(PARAMS))
$(error $(UNKNOWN)=$($(UNKNOWN)): unknown parameter; expected $(if $(NEAREST),$(NEAREST)$(comma) or another,one) of those that make help lists)
endif

# GNU make keeps the blanks before a trailing comment, which are no part of a default.
$(foreach p,$(PARAMS),$(if $(filter file,$(origin $p)),$(eval $p := $$(strip $$($p)))))
override A := $(patsubst $(CURDIR)/%,%,$(patsubst %/,%,$(patsubst ./%,%,$(A))))

# $(call one_of,NAME,ALLOWED): the value of NAME is one of the words ALLOWED, and only one.
one_of = $(call word_of,$1,$2,one of: $2)
# $(call word_of,NAME,ALLOWED,EXPECTED): the same; EXPECTED says what is allowed.
word_of = $(if $(filter-out 1,$(words $($1)))$(filter-out $2,$($1)),$(error $1=$($1): expected $3))

# $(call numbers,FIRST,LAST): the words FIRST … LAST.
numbers = $(shell seq -s' ' $1 $2)
# $(call quote,TEXT): one word of the shell, whatever is in it.
quote = '$(subst ','\'',$1)'

$(call one_of,ARCH,riscv64)
$(call one_of,HV,y n)
$(call word_of,SMP,auto $(call numbers,1,64),a number from 1 to 64$(comma) or auto)
$(call one_of,LOG,off error warn info debug trace)
$(call one_of,LEDGER,y n)
$(call one_of,MODE,release debug)
$(call word_of,ICOUNT,off $(call numbers,0,10),a number from 0 to 10$(comma) or off)
$(call one_of,V,0 1)

ifneq ($(words $(A)),1)
$(error A=$(A): expected one path without blanks: make knows no other ones)
endif
ifeq ($(wildcard $(A)/app.mk),)
$(error A=$(A): no $(A)/app.mk; expected one of: $(patsubst %/app.mk,%,$(wildcard apps/*/app.mk apps/*/*/app.mk)))
endif
ifeq ($(shell echo $(call quote,$(MEM)) | grep -E '^[1-9][0-9]*[MG]$$'),)
$(error MEM=$(MEM): expected a number and M or G, such as 512M or 2G)
endif

ifeq ($(shell echo $(call quote,$(GDB_PORT)) | grep -xE '[0-9]{4,5}' | awk '$$1 >= 1024 && $$1 <= 65535'),)
$(error GDB_PORT=$(GDB_PORT): expected a TCP port from 1024 to 65535)
endif

# With both, QEMU sends all of PCI through the first, and tells in the tree of the second alone.
ifneq ($(and $(findstring iommu-sys=on,$(MACHINE)),$(findstring riscv-iommu-pci,$(QEMU_ARGS))),)
$(error QEMU_ARGS=$(QEMU_ARGS): has an IOMMU, as MACHINE=$(MACHINE) does; expected one of the two)
endif

ifneq ($(words $(BUILD))$(filter-out build build/%,$(BUILD)),1)
$(error BUILD=$(BUILD): expected build or build/NAME)
endif

APP := $(notdir $(A))
OUT := $(BUILD)/$(ARCH)/$(MODE)/$(APP)
Q   := $(if $(filter 0,$(V)),@,)
say  = $(if $(filter 0,$(V)),@printf '  %-8s %s\n' '$1' '$2',@:)
