/* The table of the commands, and those about the console itself. */
#include <axlog/log.h>
#include <axvm/console.h>
#include <lib/bits.h>
#include <string.h>
#include "command.h"

static void run_exit(const struct words *words);
static void run_escape(const struct words *words);

const struct command command_exit = {
    "exit", "", "closes this console; so do quit and Ctrl-D", NULL, run_exit, NULL,
};
const struct command command_escape = {
    "escape", "", "sends what opened this console to the guest", NULL, run_escape, NULL,
};

#define COMMAND_ROW(name) &command_##name,
static const struct command *const commands[] = {COMMANDS(COMMAND_ROW)};

/* Names that users try: the same commands. */
static const struct {
    const char *name;
    const struct command *command;
} aliases[] = {{"?", &command_help}, {"quit", &command_exit}};

const struct command *command_at(uint32_t index)
{
    return index < ARRAY_SIZE(commands) ? commands[index] : NULL;
}

const struct command *command_find(const char *name)
{
    for (unsigned i = 0; i < ARRAY_SIZE(commands); i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    for (unsigned i = 0; i < ARRAY_SIZE(aliases); i++)
        if (strcmp(aliases[i].name, name) == 0)
            return aliases[i].command;
    return NULL;
}

void command_names(struct candidates *to)
{
    for (unsigned i = 0; i < ARRAY_SIZE(commands); i++)
        candidates_add(to, commands[i]->name);
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

/* The name of a VM, and no word after it. */
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

static void run(const struct words *words)
{
    const char *word = words->word[0];
    const struct command *c = command_find(word);
    if (c != NULL)
        c->run(words);
    else if (*word >= '0' && *word <= '9')
        run_number(words);
    else
        refuse(word, "unknown command", command_names);
}

static void complete(const struct words *before, unsigned at, struct candidates *to)
{
    const struct command *c = at == 0 ? NULL : command_find(before->word[0]);
    if (at == 0)
        command_names(to);
    else if (c != NULL && c->complete != NULL)
        c->complete(before, at, to);
}

const struct command_set command_set = {run, complete};
