# The C library of native apps: what picolibc leaves to the system. An app that has it in its app-deps
# gets printf with floating point, malloc, and exit; apps/hv can't have it (scripts/make/modules.mk).
axlibc-deps := lib axhal axlog axalloc axdriver axruntime
