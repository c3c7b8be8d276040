/* See outbox.h. */
#include "outbox.h"
#include <axbare/say.h>
#include <stdarg.h>
#include <stdio.h>

#define LINE 201
#define PIECE 16 /* characters a period: as many as a 16550's FIFO takes at once */

static char line[LINE];
static const char *rest = line;

bool outbox_is_empty(void)
{
    return !*rest;
}

void outbox_put(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    rest = line;
}

void outbox_send_some(void)
{
    char piece[PIECE + 1];
    int length = 0;
    while (length < PIECE && *rest)
        piece[length++] = *rest++;
    piece[length] = '\0';
    say(piece);
}
