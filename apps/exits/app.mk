# What an exit of each kind takes, in instructions. It prints as apps/jitter does, with its files.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c paths.c loops.S ../jitter/report.c ../jitter/stats.c
