/*
 * A message for the user: one line, printable, cut with "..." where it does not fit. The functions
 * of this module fill one in wherever they return an error; they log nothing themselves.
 */
#pragma once
#include <lib/err.h>
#include <stdarg.h>

#define MESSAGE_SIZE 384

struct message {
    char text[MESSAGE_SIZE];
};

/* Replaces the text. */
void message_set(struct message *message, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Appends to the text. */
void message_add(struct message *message, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void message_vadd(struct message *message, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/*
 * What is wrong with a VM description, as "SOURCE: /NODE: " and the rest; `node` is "" for the
 * root. Returns ERR_INVALID, for the caller to return.
 */
enum err complain(struct message *why, const char *source, const char *node, const char *format,
                  ...) __attribute__((format(printf, 4, 5)));
