/* help: the commands, and more about one. It fits in the columns of a narrow terminal. */
#include <axlog/log.h>
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "line.h"

#define WIDTH (LINE_WIDTH - 1)
#define VERB_SIZE 32 /* more than any has */
#define MARGIN 2
#define NAME_WIDTH 10  /* of a command in the list, with the blanks that follow it */
#define USAGE_WIDTH 17 /* of a verb and its arguments, likewise */

/* `text` in lines, on the right of `usage`, which has `column` columns. A longer usage has a line
 * of its own. */
static void print_beside(const char *usage, unsigned column, const char *text)
{
    if (strlen(usage) >= column && *usage != '\0') {
        print_line("%*s%s", MARGIN, "", usage);
        usage = "";
    }
    while (*text != '\0') {
        size_t count = words_fit(text, WIDTH - MARGIN - column);
        print_line("%*s%-*s%.*s", MARGIN, "", (int)column, usage, (int)count, text);
        usage = "";
        text += count;
        text += strspn(text, " ");
    }
}

static bool print_row(uint32_t row)
{
    const struct command *c = command_at(row);
    if (c != NULL)
        print_beside(c->name, NAME_WIDTH, c->help);
    else
        print_beside("NUMBER", NAME_WIDTH, "gives VM NUMBER the keyboard and closes");
    return c != NULL;
}

static bool is_about(const struct help_line *line, const char *verb)
{
    size_t length = strlen(verb);
    return line->usage != NULL && strncmp(line->usage, verb, length) == 0 &&
           (line->usage[length] == ' ' || line->usage[length] == '\0');
}

/* The lines of what is more about a command, or about its verb, from `line` on; NULL: none. */
static const struct help_line *next_line(const struct help_line *line, const char *verb)
{
    while (line != NULL && line->text != NULL && verb != NULL && !is_about(line, verb))
        line++;
    return line != NULL && line->text != NULL ? line : NULL;
}

/* What is printed about a command: its usage and what it does, unless a verb is asked for. */
static const struct command *command;
static const struct help_line *line;
static char verb[VERB_SIZE]; /* "": all */

static const char *wanted(void)
{
    return *verb != '\0' ? verb : NULL;
}

static bool print_command_row(uint32_t row)
{
    if (row == 0 && wanted() == NULL) {
        print_line("%s%s%s", command->name, *command->usage != '\0' ? " " : "", command->usage);
        print_beside("", 0, command->help);
        return true;
    }
    if (line == NULL)
        return false;
    print_beside(line->usage != NULL ? line->usage : "", line->usage != NULL ? USAGE_WIDTH : 0,
                 line->text);
    line = next_line(line + 1, wanted());
    return true;
}

static void print_about(const struct command *c, const char *which)
{
    snprintf(verb, sizeof verb, "%s", which != NULL ? which : "");
    command = c;
    line = next_line(c->more, wanted());
    if (line == NULL && which != NULL)
        arg_wrong("help", "VERB", which, "one that help %s lists", c->name);
    else
        shell_print(print_command_row);
}

static void run(const struct words *words)
{
    const char *name = words->word[1];
    const struct command *c = name == NULL ? NULL : command_find(name);
    if (!arg_end("help", words, 3))
        return;
    if (name == NULL)
        shell_print(print_row);
    else if (c == NULL)
        arg_not_one_of("help", "COMMAND", name, command_names);
    else
        print_about(c, words->count > 2 ? words->word[2] : NULL);
}

static void complete(const struct words *before, unsigned at, struct candidates *to)
{
    (void)before;
    if (at == 1)
        command_names(to);
}

const struct command command_help = {
    "help", "[COMMAND [VERB]]", "lists the commands, or explains one", NULL, run, complete,
};
