# Page frames and small objects.
axalloc-deps := lib axhal axconfig axsync axlog
