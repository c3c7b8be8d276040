/* vm log: what a VM has written lately. From a copy, a line a row. */
#include <axalloc/heap.h>
#include <axlog/console.h>
#include <axlog/log.h>
#include <axvm/visible.h>
#include <string.h>
#include "command.h"
#include "rounds.h"

#define PIECE 120  /* bytes of a long line */
#define A_ROW 1024 /* bytes that are copied or searched in a row of the job */

static char *text;             /* VM_OUTPUT_SIZE bytes while it is printed */
static size_t first, at, size; /* of what was not overwritten while it was copied */
static uint64_t lines;         /* to go back to */
static const struct vm *source;
static struct output_copy copy;
static bool begun; /* a line is printed in part */
static enum { COPIES, SEARCHES, PRINTS } stage;

static void copy_some(void)
{
    if (output_copy_some(&source->output, &copy, text, A_ROW))
        return;
    first = output_copy_lost(&source->output, &copy);
    size = copy.copied;
    at = first + output_text_end(text + first, size - first);
    stage = SEARCHES;
}

static void search_some(void)
{
    size_t found = at - first;
    if (!output_find_lines(text + first, &found, &lines, A_ROW))
        stage = PRINTS;
    at = first + found;
}

static void drop(void)
{
    heap_free(text, VM_OUTPUT_SIZE);
    text = NULL;
}

/* A row is a line or a piece of a long one, with its controls in characters. */
static bool print_text_row(void)
{
    if (at == size) {
        drop();
        return false;
    }
    char shown[VISIBLE_GROWTH * PIECE];
    size_t seen = size - at < PIECE + 1 ? size - at : PIECE + 1;
    const char *line = text + at, *end = memchr(line, '\n', seen);
    size_t left = end != NULL ? (size_t)(end - line) : size - at;
    size_t count = left > PIECE ? visible_whole(line, PIECE) : left;
    bool ends = count == left;
    at += ends && end != NULL ? count + 1 : count;
    while (ends && count > 0 && line[count - 1] == '\r')
        count--;
    (begun ? console_write : console_write_line)(shown, visible_text(line, count, shown));
    if (ends)
        console_write("\r\n", 2);
    begun = !ends;
    return true;
}

static bool print_row(uint32_t row)
{
    (void)row;
    static void (*const prepare[])(void) = {[COPIES] = copy_some, [SEARCHES] = search_some};
    if (stage == PRINTS)
        return print_text_row();
    prepare[stage]();
    return true;
}

static void print(const struct vm *vm)
{
    static const struct job job = {.row = print_row, .cancelled = drop};
    text = heap_alloc(VM_OUTPUT_SIZE);
    if (text == NULL) {
        print_line("vm log: no memory for a copy of it");
        return;
    }
    source = vm;
    copy = output_copy_begin(&vm->output);
    stage = COPIES;
    begun = false;
    shell_start(&job);
}

void vm_log_run(const struct words *words)
{
    struct vm *vm = arg_vm("vm log", words->word[2]);
    if (vm == NULL)
        return;
    lines = VM_OUTPUT_SIZE;
    if (words->count > 3 &&
        !arg_number("vm log", "LINES", words->word[3], 1, VM_OUTPUT_SIZE, &lines))
        return;
    if (arg_end("vm log", words, 4))
        print(vm);
}
