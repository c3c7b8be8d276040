# Locks.
axsync-deps := axhal lib
# Taking a lock is a leaf, and so is letting go: a panic there names the lock.
CFLAGS_modules/axsync/spinlock.c := -fomit-frame-pointer
