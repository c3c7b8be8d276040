# The log, and the console that it writes to.
axlog-deps := lib axhal axsync axconfig
