# The embedded guest and benchmark: it runs over any SBI, natively or as a guest, and so is made
# of its own files and of what bare programs share only.
app-deps := axbare lib
app-lds  := modules/axbare/arch/$(ARCH)/link.ld
app-srcs := main.c report.c stats.c bench_calls.c bench_pages.c bench_timer.c bench_harts.c \
            bench_imsic.c
