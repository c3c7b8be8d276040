# The log and the console behind it.
axlog-deps := lib axhal axsync axconfig
