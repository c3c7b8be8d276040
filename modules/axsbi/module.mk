# The SBI that guests see: one file per extension, one table.
axsbi-deps := lib axhal axsync axtrace axvcpu axaddrspace
axsbi-srcs := sbi.c hart_mask.c entry.c base.c time.c ipi.c rfence.c hsm.c srst.c dbcn.c susp.c \
              legacy.c fwft.c quiet.c sta.c pmu.c pmu_counter.c pmu_event.c pmu_hardware.c pmu_event_info.c \
              progress.c
