# Locks.
axsync-deps := axhal lib
axsync-srcs := spinlock.c
