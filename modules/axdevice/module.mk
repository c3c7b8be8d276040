# The devices that guests see, and the bus that finds them. They know no VM.
axdevice-deps := lib axhal axsync axtrace
# Reads of these that need no lock are leaves, on the path of an exit: a frame would be a fifth of them.
CFLAGS_modules/axdevice/aplic.c := -fomit-frame-pointer
CFLAGS_modules/axdevice/plic.c  := -fomit-frame-pointer
