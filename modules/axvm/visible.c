#include <axvm/visible.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define DEL 0x7f
#define FIRST_PLAIN 0xa0 /* the first character after the C1 controls */

/* Unicode 16, table 3-7: for each first byte of a sequence its size, and what the second may be. */
struct lead {
    uint8_t from, to, size, second_from, second_to;
};

static const struct lead *find_lead(uint8_t byte)
{
    static const struct lead leads[] = {
        {0xc2, 0xdf, 2, 0x80, 0xbf}, {0xe0, 0xe0, 3, 0xa0, 0xbf}, {0xe1, 0xec, 3, 0x80, 0xbf},
        {0xed, 0xed, 3, 0x80, 0x9f}, {0xee, 0xef, 3, 0x80, 0xbf}, {0xf0, 0xf0, 4, 0x90, 0xbf},
        {0xf1, 0xf3, 4, 0x80, 0xbf}, {0xf4, 0xf4, 4, 0x80, 0x8f},
    };
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++)
        if (byte >= leads[i].from && byte <= leads[i].to)
            return &leads[i];
    return NULL;
}

static bool continues(const struct lead *lead, size_t at, uint8_t byte)
{
    return at == 1 ? byte >= lead->second_from && byte <= lead->second_to : (byte & 0xc0) == 0x80;
}

/* Bytes of the well-formed sequence that begins here: 0: there is none; `*open`: it may yet be one.
 */
static size_t sequence(const char *bytes, size_t count, bool *open)
{
    const struct lead *lead = find_lead((uint8_t)bytes[0]);
    size_t at = 1;
    *open = false;
    if (lead == NULL)
        return 0;
    while (at < lead->size && at < count && continues(lead, at, (uint8_t)bytes[at]))
        at++;
    *open = at == count && at < lead->size;
    return at == lead->size ? at : 0;
}

static uint32_t character(const char *bytes, size_t size)
{
    uint32_t value = (uint8_t)bytes[0] & (0xffU >> (size + 1));
    for (size_t i = 1; i < size; i++)
        value = value << 6 | ((uint8_t)bytes[i] & 0x3f);
    return value;
}

static bool turns_text(uint32_t c)
{
    return (c >= 0x200e && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0x061c;
}

static size_t put_byte(uint8_t byte, char *to)
{
    static const char digits[] = "0123456789abcdef";
    memcpy(to, (char[]){'\\', 'x', digits[byte >> 4], digits[byte & 15]}, 4);
    return 4;
}

static size_t put_ascii(uint8_t byte, char *to)
{
    if ((byte >= ' ' && byte < DEL) || byte == '\t') {
        *to = (char)byte;
        return 1;
    }
    memcpy(to, (char[]){'^', (char)(byte ^ 0x40)}, 2);
    return 2;
}

static size_t put_sequence(const char *bytes, size_t size, char *to)
{
    uint32_t c = character(bytes, size);
    if (c < FIRST_PLAIN)
        return put_byte((uint8_t)c, to);
    if (turns_text(c))
        return (size_t)snprintf(to, 7, "\\u%04x", (unsigned)c);
    memcpy(to, bytes, size);
    return size;
}

size_t visible_text(const char *bytes, size_t count, char *to)
{
    size_t used = 0;
    bool open;
    for (size_t i = 0, size; i < count; i += size) {
        uint8_t byte = (uint8_t)bytes[i];
        size = byte < 0x80 ? 1 : sequence(bytes + i, count - i, &open);
        if (byte < 0x80)
            used += put_ascii(byte, to + used);
        else if (size > 0)
            used += put_sequence(bytes + i, size, to + used);
        else
            used += put_byte(byte, to + used), size = 1;
    }
    return used;
}

size_t visible_whole(const char *bytes, size_t count)
{
    for (size_t back = 1; back <= 3 && back <= count; back++) {
        bool open;
        (void)sequence(bytes + count - back, back, &open);
        if (open)
            return count - back;
    }
    return count;
}
