UNIT_TESTS += axshell-line axshell-words axshell-bars

axshell-line-deps := axshell
axshell-line-srcs := tests/unit/axshell/test_line.c modules/axshell/keys.c modules/axshell/line.c

axshell-words-deps := axshell
axshell-words-srcs := tests/unit/axshell/test_words.c modules/axshell/words.c

axshell-bars-deps := axshell
axshell-bars-srcs := tests/unit/axshell/test_bars.c modules/axshell/bars.c
