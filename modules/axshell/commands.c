/* The table of the commands, and those about the console itself. */
#include <axlog/log.h>
#include <axvm/console.h>
#include <lib/bits.h>
#include <string.h>
#include "command.h"

static void run_help(const struct words *words);
static void run_exit(const struct words *words);
static void run_escape(const struct words *words);
static void complete_help(const struct words *before, unsigned at, struct candidates *to);

static const struct command help = {
    "help", "[COMMAND [VERB]]", "lists the commands, or tells more about one",
    NULL,   run_help,           complete_help,
};
static const struct command exit_command = {
    "exit", "", "closes this console; so do Ctrl-D and what opened it", NULL, run_exit, NULL,
};
static const struct command escape = {
    "escape", "",         "closes this console and sends what opened it to the guest",
    NULL,     run_escape, NULL,
};

static const struct command *const commands[] = {
    &help,          &command_vm,    &command_vcpu,  &command_ledger, &command_quiet,
    &command_hist,  &command_worst, &command_trace, &command_noise,  &command_fault,
    &command_harts, &command_mem,   &command_log,   &escape,         &exit_command,
};

static const struct command *find(const char *name)
{
    for (unsigned i = 0; i < ARRAY_SIZE(commands); i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static void command_names(struct candidates *to)
{
    for (unsigned i = 0; i < ARRAY_SIZE(commands); i++)
        candidates_add(to, commands[i]->name);
}

static bool print_help_row(uint32_t row)
{
    if (row == ARRAY_SIZE(commands))
        print_line("  %-8s %-46s %s", "NUMBER", "", "gives VM NUMBER the keyboard and closes");
    if (row >= ARRAY_SIZE(commands))
        return false;
    print_line("  %-8s %-46s %s", commands[row]->name, commands[row]->usage, commands[row]->help);
    return true;
}

static bool is_about(const char *line, const char *verb)
{
    size_t length = strlen(verb);
    return strncmp(line, verb, length) == 0 && line[length] == ' ';
}

/* What is more about a command, or its verb: lines that begin with it, and those that go on, which
 * begin with a space. False: there is no such line. */
static bool print_more(const struct command *c, const char *verb)
{
    bool wanted = verb == NULL, any = false;
    for (const char *const *line = c->more; line != NULL && *line != NULL; line++) {
        if (verb != NULL && **line != ' ')
            wanted = is_about(*line, verb);
        if (wanted)
            print_line("  %s", *line);
        any |= wanted;
    }
    return any;
}

static void run_help(const struct words *words)
{
    const char *name = words->word[1];
    const struct command *c = name == NULL ? NULL : find(name);
    if (!arg_end("help", words, 3))
        return;
    if (name == NULL) {
        shell_print(print_help_row);
    } else if (c == NULL) {
        arg_not_one_of("help", "COMMAND", name, command_names);
    } else if (words->count == 2) {
        print_line("%s%s%s: %s", c->name, c->usage[0] != '\0' ? " " : "", c->usage, c->help);
        print_more(c, NULL);
    } else if (!print_more(c, words->word[2])) {
        arg_wrong("help", "VERB", words->word[2], "one that help %s lists", name);
    }
}

static void complete_help(const struct words *before, unsigned at, struct candidates *to)
{
    (void)before;
    if (at == 1)
        command_names(to);
}

static void run_exit(const struct words *words)
{
    if (arg_end("exit", words, 1))
        shell_close();
}

static void run_escape(const struct words *words)
{
    if (!arg_end("escape", words, 1))
        return;
    if (vm_console_type(shell_escape()))
        shell_close();
    else if (vm_console_focus() == NULL)
        print_line("escape: no VM has the keyboard: expected one to send it to");
    else
        print_line("escape: VM %s has no room for it: expected that it reads its input",
                   vm_console_focus()->config->name);
}

static void refuse(const char *word, const char *why, void (*fill)(struct candidates *to))
{
    char list[200];
    arg_list(fill, list, sizeof list);
    print_line("%s: %s; expected one of: %s", word, why, list);
}

/* Of a VM, and nothing behind it. */
static void run_number(const struct words *words)
{
    const char *word = words->word[0];
    uint32_t index;
    if (!arg_end(word, words, 1))
        return;
    if (!find_description(word, &index)) {
        refuse(word, "no VM has this number", vm_numbers);
        return;
    }
    struct vm *vm = arg_made(word, index);
    if (vm == NULL)
        return;
    vm_give_keyboard(vm);
    shell_close();
}

void command_run(const struct words *words)
{
    const char *word = words->word[0];
    const struct command *c = find(word);
    if (c != NULL)
        c->run(words);
    else if (*word >= '0' && *word <= '9')
        run_number(words);
    else
        refuse(word, "unknown command", command_names);
}

void command_candidates(const struct words *before, unsigned at, struct candidates *to)
{
    const struct command *c = at == 0 ? NULL : find(before->word[0]);
    if (at == 0)
        command_names(to);
    else if (c != NULL && c->complete != NULL)
        c->complete(before, at, to);
}
