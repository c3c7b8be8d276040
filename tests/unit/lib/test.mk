UNIT_TESTS += lib-bulk lib-frame-bitmap lib-sbi-name
lib-bulk-srcs := modules/lib/bulk.c tests/unit/lib/test_bulk.c
lib-bulk-deps := lib
lib-frame-bitmap-srcs := modules/lib/frame_bitmap.c tests/unit/lib/test_frame_bitmap.c
lib-frame-bitmap-deps := lib
lib-sbi-name-srcs := modules/lib/sbi_name.c tests/unit/lib/test_sbi_name.c
lib-sbi-name-deps := lib
