# A bare guest that shows it is alive: `beat N` at each timer interrupt.
app-deps := lib
app-lds  := apps/jitter/link.ld
app-srcs := boot.S main.c
