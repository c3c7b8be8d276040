#include "line.h"
#include <stdio.h>
#include <string.h>

static enum line_event move(struct line *l, uint32_t to)
{
    if (to > l->length || to == l->cursor)
        return LINE_SAME;
    l->cursor = to;
    return LINE_CHANGED;
}

/* Takes out [from, to); the cursor stands at `from` then. */
static enum line_event cut(struct line *l, uint32_t from, uint32_t to)
{
    if (from >= to || to > l->length)
        return LINE_SAME;
    memmove(l->text + from, l->text + to, l->length - to + 1);
    l->length -= to - from;
    l->cursor = from;
    return LINE_CHANGED;
}

static uint32_t word_start(const struct line *l)
{
    uint32_t at = l->cursor;
    while (at > 0 && l->text[at - 1] == ' ')
        at--;
    while (at > 0 && l->text[at - 1] != ' ')
        at--;
    return at;
}

void line_insert(struct line *l, const char *text)
{
    size_t count = strlen(text), room = LINE_SIZE - 1 - l->length;
    if (count > room)
        count = room;
    memmove(l->text + l->cursor + count, l->text + l->cursor, l->length - l->cursor + 1);
    memcpy(l->text + l->cursor, text, count);
    l->length += (uint32_t)count;
    l->cursor += (uint32_t)count;
}

static void replace(struct line *l, const char *text)
{
    l->length = (uint32_t)strlen(text);
    l->cursor = l->length;
    memmove(l->text, text, l->length + 1);
}

static uint32_t remembered(const struct line *l)
{
    return l->entered < LINE_HISTORY ? l->entered : LINE_HISTORY;
}

static char *remembered_line(struct line *l, uint32_t back)
{
    return l->history[(l->entered - back) % LINE_HISTORY];
}

static enum line_event show_history(struct line *l, uint32_t back)
{
    if (back > remembered(l)) /* also one less than 0 */
        return LINE_SAME;
    if (l->back == 0)
        memcpy(l->kept, l->text, sizeof l->kept);
    l->back = back;
    replace(l, back == 0 ? l->kept : remembered_line(l, back));
    return LINE_CHANGED;
}

void line_next(struct line *l)
{
    if (l->length > 0 && (l->entered == 0 || strcmp(l->text, remembered_line(l, 1)) != 0))
        memcpy(l->history[l->entered++ % LINE_HISTORY], l->text, sizeof l->text);
    replace(l, "");
    l->back = 0;
}

static enum line_event type(struct line *l, int key)
{
    if (l->length == LINE_SIZE - 1)
        return LINE_SAME;
    line_insert(l, (char[]){(char)key, '\0'});
    return LINE_CHANGED;
}

enum line_event line_key(struct line *l, int key)
{
    switch (key) {
    case KEY_NONE:
        return LINE_SAME;
    case KEY_LEFT:
        return move(l, l->cursor - 1);
    case KEY_RIGHT:
        return move(l, l->cursor + 1);
    case KEY_HOME:
        return move(l, 0);
    case KEY_END:
        return move(l, l->length);
    case KEY_UP:
        return show_history(l, l->back + 1);
    case KEY_DOWN:
        return show_history(l, l->back - 1);
    case KEY_BACKSPACE:
        return cut(l, l->cursor - 1, l->cursor);
    case KEY_CONTROL_D:
        if (l->length == 0)
            return LINE_ENDED;
        return cut(l, l->cursor, l->cursor + 1);
    case KEY_DELETE:
        return cut(l, l->cursor, l->cursor + 1);
    case KEY_CUT_RIGHT:
        return cut(l, l->cursor, l->length);
    case KEY_CUT_LEFT:
        return cut(l, 0, l->cursor);
    case KEY_CUT_WORD:
        return cut(l, word_start(l), l->cursor);
    case KEY_CLEAR_SCREEN:
        return LINE_CLEAR_SCREEN;
    case KEY_TAB:
        return LINE_TAB;
    case KEY_ENTER:
        return LINE_ENTERED;
    case KEY_CONTROL_C:
        return LINE_DROPPED;
    default:
        return type(l, key);
    }
}

size_t line_draw(const struct line *l, const char *prompt, char *to)
{
    uint32_t room = LINE_WIDTH - 1 - (uint32_t)strlen(prompt);
    uint32_t first = l->cursor > room ? l->cursor - room : 0;
    uint32_t count = l->length - first < room ? l->length - first : room;
    int used = snprintf(to, LINE_DRAWN, "%s%.*s", prompt, (int)count, l->text + first);
    uint32_t behind = first + count - l->cursor;
    if (behind > 0)
        used += snprintf(to + used, LINE_DRAWN - (size_t)used, "\x1b[%uD", behind);
    return (size_t)used;
}
