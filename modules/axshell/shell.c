/* Open and close, the prompt, and what becomes of each byte. */
#include <axlog/console.h>
#include <axlog/log.h>
#include <axshell/shell.h>
#include <axvm/console.h>
#include <string.h>
#include "command.h"
#include "line.h"

#define PROMPT "hv> "
#define CONTROL_C 0x03
#define AHEAD_SIZE 128

static bool open;
static char escape; /* opens and closes it */
static struct line line;
static struct key_reader reader;
static char ahead[AHEAD_SIZE]; /* typed while a command prints */
static uint32_t ahead_count;

static void type(char byte);

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
    ahead_count = 0;
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
        command_run(&words);
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
    command_candidates(&words, at, &candidates);
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

/* After the last row of a command: what was typed meanwhile has its turn. */
static void take_ahead(void)
{
    char bytes[AHEAD_SIZE];
    uint32_t count = ahead_count;
    memcpy(bytes, ahead, count);
    ahead_count = 0;
    draw();
    for (uint32_t i = 0; i < count && open; i++)
        type(bytes[i]);
}

static void while_printing(char byte)
{
    if (job_is_live() || byte == CONTROL_C) {
        job_cancel();
        ahead_count = 0;
        draw();
    } else if (ahead_count < AHEAD_SIZE) {
        ahead[ahead_count++] = byte;
    }
}

static void type(char byte)
{
    if (byte == escape)
        shell_close();
    else if (job_runs())
        while_printing(byte);
    else
        edit(byte);
}

void shell_start(const struct job *job)
{
    job_start(job, take_ahead);
}

void shell_print(job_row_t row)
{
    shell_start(&(struct job){.row = row});
}

char shell_escape(void)
{
    return escape;
}

void shell_init(char opens)
{
    static const struct vm_console_shell shell = {opened, type};
    escape = opens;
    vm_console_init(&shell, opens);
}
