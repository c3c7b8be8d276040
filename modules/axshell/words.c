#include "words.h"
#include <stdio.h>
#include <string.h>

#define DIGITS 10 /* of a uint32_t */

void words_split(char *text, struct words *words)
{
    *words = (struct words){0};
    for (;;) {
        text += strspn(text, " ");
        if (*text == '\0')
            return;
        words->word[words->count++] = text;
        if (words->count == WORDS_MAX)
            return;
        text += strcspn(text, " ");
        if (*text != '\0')
            *text++ = '\0';
    }
}

static unsigned digit(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    c |= 0x20; /* lower case */
    return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : UINT32_MAX;
}

bool words_number(const char *word, uint64_t *number)
{
    bool hexadecimal = word[0] == '0' && (word[1] | 0x20) == 'x';
    unsigned base = hexadecimal ? 16 : 10;
    const char *at = hexadecimal ? word + 2 : word;
    bool fits = *at != '\0';
    *number = 0;
    for (; *at != '\0' && fits; at++)
        fits = digit(*at) < base && !__builtin_mul_overflow(*number, base, number) &&
               !__builtin_add_overflow(*number, digit(*at), number);
    return fits;
}

size_t words_fit(const char *text, size_t width)
{
    size_t end = strnlen(text, width + 1);
    if (end <= width)
        return end;
    for (end = width; end > 0 && text[end] != ' '; end--)
        continue;
    return end > 0 ? end : width;
}

void candidates_add(struct candidates *to, const char *constant)
{
    if (to->count < CANDIDATES_MAX)
        to->word[to->count++] = constant;
}

/* As text ends with it at `end`; returns where that begins. (printf() takes 700 instructions for a
 * word, and there may be 64.) */
static char *put_decimal(char *end, uint32_t number)
{
    do
        *--end = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    return end;
}

void candidates_add_numbered(struct candidates *to, const char *name, uint32_t number)
{
    char digits[DIGITS];
    const char *decimal = put_decimal(digits + DIGITS, number);
    size_t length = strlen(name), count = (size_t)(digits + DIGITS - decimal);
    bool dot = length > 0;
    char *word = to->made + to->used;
    if (length + dot + count + 1 > sizeof to->made - to->used)
        return;
    memcpy(word, name, length);
    word[length] = '.';
    memcpy(word + length + dot, decimal, count);
    word[length + dot + count] = '\0';
    candidates_add(to, word);
    to->used += length + dot + count + 1;
}

void candidates_list(const struct candidates *from, char *to, size_t size)
{
    size_t used = 0;
    for (unsigned i = 0; i < from->count && used + 1 < size; i++) {
        if (i > 0)
            to[used++] = ' ';
        size_t length = strlen(from->word[i]), room = size - 1 - used;
        length = length < room ? length : room;
        memcpy(to + used, from->word[i], length);
        used += length;
    }
    to[used] = '\0';
}

static size_t common(const char *a, const char *b, size_t limit)
{
    size_t n = 0;
    while (n < limit && a[n] != '\0' && a[n] == b[n])
        n++;
    return n;
}

void candidates_complete(struct candidates *all, const char *prefix, char *rest, size_t size)
{
    size_t length = strlen(prefix), same = 0;
    unsigned kept = 0;
    for (unsigned i = 0; i < all->count; i++) {
        const char *word = all->word[i];
        if (strncmp(word, prefix, length) != 0)
            continue;
        same = kept == 0 ? strlen(word) : common(all->word[0], word, same);
        all->word[kept++] = word;
    }
    all->count = kept;
    if (kept == 0)
        *rest = '\0';
    else
        snprintf(rest, size, "%.*s%s", (int)(same - length), all->word[0] + length,
                 kept == 1 ? " " : "");
}
