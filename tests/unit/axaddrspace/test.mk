UNIT_TESTS        += addrspace
addrspace-deps    := lib axhal axalloc axaddrspace
addrspace-modules := axaddrspace
addrspace-srcs    := $(wildcard tests/unit/axaddrspace/*.c) modules/lib/ranges.c
