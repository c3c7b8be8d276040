UNIT_TESTS     += addrspace
addrspace-deps := lib axhal axalloc axaddrspace
addrspace-srcs := tests/unit/axaddrspace/test_addrspace.c tests/unit/axaddrspace/test_map.c \
                  tests/unit/axaddrspace/test_guest.c tests/unit/axaddrspace/fake_frames.c \
                  modules/axaddrspace/addrspace.c modules/axaddrspace/gstage.c \
                  modules/axaddrspace/guest.c modules/lib/ranges.c
