UNIT_TESTS += axshell-line axshell-words axshell-bars axshell-args axshell-job axshell-rounds

axshell-line-deps := axshell
axshell-line-srcs := tests/unit/axshell/test_line.c modules/axshell/keys.c modules/axshell/line.c

axshell-words-deps := axshell
axshell-words-srcs := tests/unit/axshell/test_words.c modules/axshell/words.c

axshell-bars-deps := axshell
axshell-bars-srcs := tests/unit/axshell/test_bars.c modules/axshell/bars.c

axshell-args-deps := axshell lib axhal axconfig axsync axlog axalloc axdriver axtrace axaddrspace axvcpu axdevice axsbi axexit axguesttree axvmconfig axvm
axshell-args-srcs := tests/unit/axshell/test_args.c modules/axshell/args.c modules/axshell/which.c \
                     modules/axshell/words.c modules/axtrace/column.c

axshell-job-deps := $(axshell-args-deps)
axshell-job-srcs := tests/unit/axshell/test_job.c modules/axshell/job.c modules/axhal/arch/fake/csr.c

axshell-rounds-deps := $(axshell-args-deps)
axshell-rounds-srcs := tests/unit/axshell/test_rounds.c modules/axshell/rounds.c modules/axshell/args.c \
                       modules/axshell/words.c modules/axhal/arch/fake/csr.c
