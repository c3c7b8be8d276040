# Compilers and their flags.
CROSS   := riscv64-unknown-elf-
CC      := $(CROSS)gcc
OBJCOPY := $(CROSS)objcopy
OBJDUMP := $(CROSS)objdump
SIZE    := $(CROSS)size
NM      := $(CROSS)nm

CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/stillhart
QEMU  := $(CACHE)/bin/qemu-system-riscv64
LIBFDT_INC := $(CACHE)/riscv64/include
LIBFDT_LIB := $(CACHE)/riscv64/lib/libfdt.a

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wundef -Wvla -Werror
OPT-release := -O2
OPT-debug   := -Og

# rv64gc/lp64d is what Debian's picolibc and libfdt are built for. Without __global_pointer$ in
# the linker script gp is never used, so a guest's gp can stay in its register across an exit.
ARCH_FLAGS := -march=rv64gc_zicsr_zifencei -mabi=lp64d -mcmodel=medany
# picolibc's printf is the one without floating point, since the hypervisor never touches a guest's FP
# registers; native apps that use the module axlibc have all of it.
PRINTF    = $(if $(filter axlibc,$(USED)),DOUBLE,INTEGER)
CPPFLAGS  = --specs=picolibc.specs -DPICOLIBC_$(PRINTF)_PRINTF_SCANF -isystem $(LIBFDT_INC)
CFLAGS   := -std=gnu11 -g $(OPT-$(MODE)) $(ARCH_FLAGS) $(WARNINGS) -ffunction-sections \
            -fdata-sections -fno-common -fno-omit-frame-pointer -fno-strict-aliasing \
            -fno-tree-loop-distribute-patterns
ASFLAGS  := -g $(ARCH_FLAGS)
LDFLAGS   = --specs=picolibc.specs $(ARCH_FLAGS) -nostartfiles -static -Wl,--gc-sections \
            -Wl,--build-id=none -Wl,--no-warn-rwx-segments -DPICOLIBC_$(PRINTF)_PRINTF_SCANF
