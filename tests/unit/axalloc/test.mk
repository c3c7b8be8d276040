UNIT_TESTS             += axalloc-frames
axalloc-frames-deps    := lib axhal axsync axalloc
axalloc-frames-modules := axalloc axsync
axalloc-frames-srcs    := tests/unit/axalloc/test_alloc.c tests/unit/axsync/fake_panic.c modules/axhal/room.c modules/axhal/image.c \
                          modules/lib/frame_bitmap.c modules/axhal/arch/fake/csr.c
