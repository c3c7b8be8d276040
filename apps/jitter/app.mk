# The embedded guest and benchmark: it runs over any SBI, natively or as a guest, and so is made
# of its own files and the pure lib only, with its own linker script.
app-deps := lib
app-lds  := apps/jitter/link.ld
app-srcs := boot.S main.c machine.c report.c stats.c hart.c bench_calls.c bench_pages.c \
            bench_timer.c bench_harts.c
