/* Private to axshell: what a command is, and what commands ask of the shell. */
#pragma once
#include "args.h"
#include "job.h"
#include "words.h"

/* What `help COMMAND` adds: of a verb, or (usage NULL) in general. */
struct help_line {
    const char *usage; /* the verb and its arguments */
    const char *text;
};

struct command {
    const char *name;
    const char *usage;            /* its arguments */
    const char *help;             /* one line */
    const struct help_line *more; /* ends with a text that is NULL; or NULL */
    void (*run)(const struct words *words);
    /* Adds what the word `at` may be, by the words before it; NULL: it has no such words. */
    void (*complete)(const struct words *before, unsigned at, struct candidates *to);
};

/* In the order of `help`. */
#define COMMANDS(X)                                                                                \
    X(help)                                                                                        \
    X(vm)                                                                                          \
    X(vcpu)                                                                                        \
    X(ledger)                                                                                      \
    X(quiet)                                                                                       \
    X(hist)                                                                                        \
    X(worst)                                                                                       \
    X(trace)                                                                                       \
    X(noise)                                                                                       \
    X(fault)                                                                                       \
    X(harts)                                                                                       \
    X(mem)                                                                                         \
    X(log)                                                                                         \
    X(reboot)                                                                                      \
    X(poweroff)                                                                                    \
    X(escape)                                                                                      \
    X(exit)

#define DECLARE_COMMAND(name) extern const struct command command_##name;
COMMANDS(DECLARE_COMMAND)

/* commands.c: the command of that place in the table; NULL: it is past the last. */
const struct command *command_at(uint32_t index);
/* commands.c: by its name or another that users try; NULL: there is none. */
const struct command *command_find(const char *name);
/* commands.c: adds the names of the table. */
void command_names(struct candidates *to);
/* What the console does with a line. */
struct command_set {
    /* The line has at least one word. */
    void (*run)(const struct words *words);
    /* Adds what the word `at` may be. */
    void (*complete)(const struct words *before, unsigned at, struct candidates *to);
};
extern const struct command_set command_set; /* commands.c: all of the table */

/* cmd_vm.c: gives a VM the keyboard, and says what it waits for if it does not run. */
void vm_give_keyboard(struct vm *vm);

/* shell.c. Boot hart, once: the console, opened by the byte `opens`, obeys `set`. Commands use what
 * follows, so shell.c gets their table here and does not name it. */
void shell_start_with(const struct command_set *set, char opens);
/* shell.c: runs a job; the prompt comes after its last row, or at a key if it has a period. */
void shell_start(const struct job *job);
/* The same for rows that are printed once. */
void shell_print(job_row_t row);
/* Back to the guest. */
void shell_close(void);
/* The byte that opens and closes the console. */
char shell_escape(void);
