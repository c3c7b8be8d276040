# Shows that parked harts go where they are sent: over their mailboxes, and over hart_stop and
# hart_start. The exit status is that of its checks.
app-deps := lib axhal axsync axlog axalloc axipi axruntime
app-srcs := main.c check.c wait.c record.c mailboxes.c restarts.c
