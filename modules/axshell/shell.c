/* Open and close, the prompt, and what becomes of each byte. */
#include <axlog/console.h>
#include <axlog/log.h>
#include <axvm/chores.h>
#include <axvm/console.h>
#include <string.h>
#include "command.h"
#include "line.h"

#define PROMPT "hv> "
#define CONTROL_C 0x03
#define AHEAD_SIZE 128

static bool open;
static char escape; /* opens and closes it */
static const struct command_set *commands;
static struct line line;
static struct key_reader reader;
/* Typed while a command prints, or before what was is taken: a chore takes a byte in a step. */
static char ahead[AHEAD_SIZE];
static uint32_t ahead_put, ahead_got;
static bool take_ahead(struct chore *chore);
static struct chore taking = {.step = take_ahead};

static void draw(void)
{
    char drawing[LINE_DRAWN];
    console_show_input(drawing, line_draw(&line, PROMPT, drawing));
}

/* The line as it was entered stays on the screen. */
static void leave_line(const char *behind)
{
    console_show_input("", 0);
    print_line(PROMPT "%s%s", line.text, behind);
}

static void opened(void)
{
    open = true;
    ahead_got = ahead_put;
    reader = (struct key_reader){0};
    print_line("Stillhart's console: help lists commands, Ctrl-%c goes back", escape + '@');
    draw();
}

void shell_close(void)
{
    open = false;
    job_cancel();
    console_show_input("", 0);
    vm_console_close();
}

static void obey(void)
{
    char text[LINE_SIZE];
    struct words words;
    leave_line("");
    memcpy(text, line.text, sizeof text);
    line_next(&line);
    words_split(text, &words);
    if (words.count > 0)
        commands->run(&words);
    if (open && !job_runs())
        draw();
}

static void drop(void)
{
    leave_line("^C");
    line.text[0] = '\0';
    line.length = line.cursor = 0;
    line_next(&line);
    draw();
}

/* The word before the cursor; if it can be several, they are listed. */
static void complete(void)
{
    static struct candidates candidates;
    char before[LINE_SIZE], rest[LINE_SIZE], list[LINE_SIZE];
    struct words words;
    memcpy(before, line.text, sizeof before);
    before[line.cursor] = '\0';
    bool begins_word = line.cursor == 0 || before[line.cursor - 1] == ' ';
    words_split(before, &words);
    unsigned at = begins_word ? words.count : words.count - 1;
    candidates.count = 0;
    candidates.used = 0;
    commands->complete(&words, at, &candidates);
    candidates_complete(&candidates, begins_word ? "" : words.word[at], rest, sizeof rest);
    if (*rest == '\0' && candidates.count > 1) {
        candidates_list(&candidates, list, sizeof list);
        print_line("%s", list);
    }
    line_insert(&line, rest);
    draw();
}

static void edit(char byte)
{
    switch (line_key(&line, key_read(&reader, byte))) {
    case LINE_SAME:
        break;
    case LINE_CHANGED:
        draw();
        break;
    case LINE_ENTERED:
        obey();
        break;
    case LINE_DROPPED:
        drop();
        break;
    case LINE_ENDED:
        shell_close();
        break;
    case LINE_TAB:
        complete();
        break;
    case LINE_CLEAR_SCREEN:
        console_clear_screen();
        break;
    }
}

static bool take_ahead(struct chore *chore)
{
    (void)chore;
    if (ahead_got == ahead_put || job_runs() || !open)
        return false;
    edit(ahead[ahead_got++ % AHEAD_SIZE]);
    return true;
}

/* After the last row of a command: what was typed meanwhile has its turn. */
static void end_command(void)
{
    draw();
    chore_add(&taking);
}

static void keep_ahead(char byte)
{
    if (ahead_put - ahead_got < AHEAD_SIZE)
        ahead[ahead_put++ % AHEAD_SIZE] = byte;
}

static void while_printing(char byte)
{
    if (job_is_live() || byte == CONTROL_C) {
        job_cancel();
        ahead_got = ahead_put;
        draw();
    } else {
        keep_ahead(byte);
    }
}

static void type(char byte)
{
    if (byte == escape)
        shell_close();
    else if (job_runs())
        while_printing(byte);
    else if (ahead_got != ahead_put)
        keep_ahead(byte);
    else
        edit(byte);
}

void shell_start(const struct job *job)
{
    job_start(job, end_command);
}

void shell_print(job_row_t row)
{
    shell_start(&(struct job){.row = row});
}

char shell_escape(void)
{
    return escape;
}

void shell_start_with(const struct command_set *set, char opens)
{
    static const struct vm_console_shell shell = {opened, type};
    commands = set;
    escape = opens;
    vm_console_init(&shell, opens);
}
