# The parameters of a build, their defaults, and the check of each value.
# `## ` comments behind a parameter are what `make help` prints.

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
LOGS       ?=              ## run: a folder for a log of each VM's output, besides the console
BUILD      ?= build        ## folder of what is built, build/NAME to build beside another make
V          ?= 0            ## 1 shows the commands
EXP        ?=              ## lab: the experiment, of lab/NAME.toml
AB         ?=              ## lab: the experiment whose mechanisms are flipped, one at a time
FLIPS      ?= mechanisms   ## lab: what AB flips, of lab/ab/NAME.toml
REPLAY     ?=              ## lab: stops in gdb in EXP's worst exit: worst, late, or a column of the ledger
RUNS       ?=              ## lab: its repetitions, if others than it says
RESULTS    ?=              ## lab: folder of the results, if not results/NAME/TIME
BOARD      ?=              ## lab: a board on this serial line instead of QEMU: /dev/ttyUSB0,115200
BOARD_RESET ?=             ## lab: the command that starts the board with a side's images

# GNU make keeps the blanks before a trailing comment: strip them once, here.
PARAMS := ARCH A HV SMP LOG LEDGER MODE VMS MEM MACHINE CPU ICOUNT QEMU_ARGS LOGS BUILD V EXP AB FLIPS REPLAY RUNS RESULTS BOARD BOARD_RESET
$(foreach p,$(PARAMS),$(eval override $(p) := $(strip $($(p)))))
override A := $(patsubst %/,%,$(patsubst ./%,%,$(A)))

# $(call one_of,NAME,ALLOWED): the value of NAME is one of the words ALLOWED, and only one.
one_of = $(if $(filter-out 1,$(words $($1)))$(filter-out $2,$($1)),$(error $1=$($1): expected one of: $2))

# $(call numbers,FIRST,LAST): the words FIRST … LAST.
numbers = $(shell seq -s' ' $1 $2)

$(call one_of,ARCH,riscv64)
$(call one_of,HV,y n)
$(call one_of,SMP,auto $(call numbers,1,64))
$(call one_of,LOG,off error warn info debug trace)
$(call one_of,LEDGER,y n)
$(call one_of,MODE,release debug)
$(call one_of,ICOUNT,off $(call numbers,0,10))
$(call one_of,V,0 1)

ifeq ($(wildcard $(A)/app.mk),)
$(error A=$(A): no $(A)/app.mk; expected one of: $(patsubst %/app.mk,%,$(wildcard apps/*/app.mk apps/*/*/app.mk)))
endif
ifeq ($(shell echo '$(MEM)' | grep -E '^[1-9][0-9]*[MG]$$'),)
$(error MEM=$(MEM): expected a number and M or G, such as 512M or 2G)
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
