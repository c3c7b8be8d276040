/*
 * stdin, stdout and stderr on the host's console. What a hart prints waits until its line is whole,
 * so that lines of several harts stay whole too; fflush(), input and the machine's end write what
 * waits. Host code is not interrupted, so a hart's line is its own.
 */
#include <axdriver/host_uart.h>
#include <axhal/arch/cpu.h>
#include <axhal/hart.h>
#include <axhal/platform.h>
#include <axlog/console.h>
#include <axruntime/runtime.h>
#include <lib/assert.h>
#include <stdio.h>

#define LINE_SIZE 128 /* a longer line is written in parts */

static struct line {
    size_t used;
    char bytes[LINE_SIZE];
} lines[PLATFORM_MAX_HARTS]; /* by the hart's index; each is its hart's own */

static void write_line(struct line *line)
{
    ASSERT(line->used <= LINE_SIZE);
    console_write(line->bytes, line->used);
    line->used = 0;
}

/* The machine ends: no other hart prints. */
static void write_all(void)
{
    for (uint32_t i = 0; i < hart_count(); i++)
        write_line(&lines[i]);
}

static void add(struct line *line, char byte)
{
    ASSERT(line->used < LINE_SIZE);
    line->bytes[line->used++] = byte;
    if (line->used == LINE_SIZE || byte == '\n')
        write_line(line);
}

static int put(char byte, FILE *file)
{
    (void)file;
    struct line *line = &lines[this_hart()->index];
    runtime_at_end(write_all);
    if (byte == '\n')
        add(line, '\r');
    add(line, byte);
    return (unsigned char)byte;
}

static int flush(FILE *file)
{
    (void)file;
    write_line(&lines[this_hart()->index]);
    return 0;
}

/* Waits for a byte; Enter is the end of a line. */
static int get(FILE *file)
{
    char byte;
    flush(file);
    while (host_uart_read(&byte, 1) == 0)
        cpu_relax();
    return byte == '\r' ? '\n' : (unsigned char)byte;
}

/* NOLINTNEXTLINE(misc-non-copyable-objects): picolibc leaves it to its user to define it. */
static FILE console = {.flags = __SRD | __SWR, .put = put, .get = get, .flush = flush};

FILE *const stdin = &console;
FILE *const stdout = &console;
FILE *const stderr = &console;
