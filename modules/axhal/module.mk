# The hardware: boot, traps, CSRs, paging, time, firmware calls, per-hart data.
axhal-deps := lib axconfig
axhal-srcs := boot.c finisher.c hart.c image.c interrupt.c machine.c memory_ranges.c panic.c platform.c probe.c room.c trap.c \
              arch/$(ARCH)/boot.S arch/$(ARCH)/trap.S arch/$(ARCH)/firmware.c arch/$(ARCH)/counter.c \
              arch/$(ARCH)/paging.c arch/$(ARCH)/probe.S
