UNIT_TESTS       += mmio_decode
mmio_decode-deps := lib axexit
mmio_decode-srcs := tests/unit/axexit/test_mmio_decode.c modules/axexit/mmio_decode.c modules/axexit/mmio_address.c
