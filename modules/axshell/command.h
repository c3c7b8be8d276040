/* Private to axshell: what a command is, and what commands ask of the shell. */
#pragma once
#include "args.h"
#include "job.h"
#include "words.h"

struct command {
    const char *name;
    const char *usage;       /* its arguments */
    const char *help;        /* one line */
    const char *const *more; /* lines that `help COMMAND` adds, NULL behind them; or NULL */
    void (*run)(const struct words *words);
    /* Adds what the word `at` may be, those before it being given; NULL: it has no such words. */
    void (*complete)(const struct words *before, unsigned at, struct candidates *to);
};

extern const struct command command_vm, command_vcpu, command_harts, command_mem, command_log;

/* commands.c: runs a line that has at least one word. */
void command_run(const struct words *words);
/* What the word `at` may be. */
void command_candidates(const struct words *before, unsigned at, struct candidates *to);

/* shell.c: prints rows; the prompt comes behind the last. */
void shell_print(job_row_t row);
/* The same with a period in ticks, until a key. */
void shell_print_live(job_row_t row, uint64_t period);
/* Back to the guest. */
void shell_close(void);
