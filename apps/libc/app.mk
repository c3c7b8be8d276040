# A native app over C's library: printf with floating point, malloc, on every hart.
app-deps := lib axhal axipi axlibc
app-srcs := main.c
