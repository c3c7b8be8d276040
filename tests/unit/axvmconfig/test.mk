UNIT_TESTS += axvmconfig-cpio axvmconfig-image axvmconfig-description axvmconfig-load axvmconfig-fuzz

axvmconfig-cpio-deps := lib axvmconfig
axvmconfig-cpio-srcs := tests/unit/axvmconfig/test_cpio.c tests/unit/axvmconfig/archive.c \
                        modules/axvmconfig/cpio.c modules/axvmconfig/message.c

axvmconfig-image-deps := lib axvmconfig
axvmconfig-image-srcs := tests/unit/axvmconfig/test_image.c modules/axvmconfig/image.c \
                         modules/axvmconfig/image_elf.c modules/axvmconfig/message.c

axvmconfig-description-deps := lib axvmconfig
axvmconfig-description-srcs := tests/unit/axvmconfig/test_description.c \
                               tests/unit/axvmconfig/dts.c \
                               $(patsubst %,modules/axvmconfig/%,$(filter description%.c message.c,$(axvmconfig-srcs)))

axvmconfig-load-deps := lib axvmconfig
axvmconfig-load-srcs := tests/unit/axvmconfig/test_load.c tests/unit/axvmconfig/archive.c \
                        tests/unit/axvmconfig/dts.c $(axvmconfig-srcs:%=modules/axvmconfig/%)

axvmconfig-fuzz-deps := lib axvmconfig
axvmconfig-fuzz-srcs := tests/unit/axvmconfig/test_fuzz.c tests/unit/axvmconfig/archive.c \
                        tests/unit/axvmconfig/dts.c $(axvmconfig-srcs:%=modules/axvmconfig/%)
