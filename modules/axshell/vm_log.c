/* vm log: what a VM has written lately. From a copy, a line a row. */
#include <axalloc/heap.h>
#include <axlog/console.h>
#include <axlog/log.h>
#include <axvm/visible.h>
#include <string.h>
#include "command.h"
#include "rounds.h"

#define PIECE 120     /* bytes of a long line */
#define SEARCHED 1024 /* bytes, in a row of the job */

static char *text; /* VM_OUTPUT_SIZE bytes while it is printed */
static size_t at, size;
static uint64_t lines; /* to go back to */
static bool searches;  /* for where they begin */

static void drop(void)
{
    heap_free(text, VM_OUTPUT_SIZE);
    text = NULL;
}

/* A row is a line or a piece of a long one, with its controls in characters. */
static bool print_row(uint32_t row)
{
    static bool begun; /* a line */
    begun = begun && row > 0;
    if (searches) {
        searches = output_find_lines(text, &at, &lines, SEARCHED);
        return true;
    }
    if (at == size) {
        drop();
        return false;
    }
    char shown[VISIBLE_GROWTH * PIECE];
    const char *line = text + at, *end = memchr(line, '\n', size - at);
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

static void print(const struct vm *vm)
{
    static const struct job job = {.row = print_row, .cancelled = drop};
    text = heap_alloc(VM_OUTPUT_SIZE);
    if (text == NULL) {
        print_line("vm log: no memory for a copy of it");
        return;
    }
    size = output_copy(&vm->output, text);
    searches = true;
    at = output_text_end(text, size);
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
