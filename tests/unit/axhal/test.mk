UNIT_TESTS          += axhal-platform axhal-place axhal-paging
axhal-platform-deps := lib axhal
axhal-platform-srcs := tests/unit/axhal/test_platform.c tests/unit/axvmconfig/dts.c \
                       modules/axhal/platform.c modules/axhal/memory_ranges.c modules/lib/tree.c modules/lib/tree_faults.c
axhal-place-deps    := lib axhal
axhal-place-srcs    := tests/unit/axhal/test_place.c modules/axhal/image.c modules/axhal/room.c modules/axhal/arch/fake/csr.c
axhal-paging-deps   := lib axhal
axhal-paging-srcs   := tests/unit/axhal/test_paging.c tests/unit/axsync/fake_panic.c \
                       modules/axhal/arch/riscv64/paging.c modules/axhal/arch/fake/csr.c \
                       modules/axhal/room.c modules/axhal/platform.c modules/axhal/memory_ranges.c modules/lib/tree.c modules/lib/tree_faults.c
