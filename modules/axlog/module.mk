# The log and the console behind it.
axlog-deps := lib axhal axsync axconfig
axlog-srcs := console.c lines.c log.c terminal.c
