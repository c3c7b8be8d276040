UNIT_TESTS  += jitter
jitter-deps := lib
jitter-srcs := tests/unit/jitter/test_stats.c apps/jitter/stats.c
