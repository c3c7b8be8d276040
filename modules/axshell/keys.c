/* ECMA-48 control sequences as xterm, the Linux console and their kin send them. */
#include "keys.h"
#include <stdbool.h>

#define ESCAPE 0x1b
#define DELETE 0x7f
#define CSI_FINAL_FIRST 0x40
#define CSI_FINAL_LAST 0x7e
#define NUMBER_MAX 1000 /* what a longer parameter counts as */

static int control_key(unsigned char byte)
{
    static const short keys[] = {
        ['A' - '@'] = KEY_HOME,
        ['B' - '@'] = KEY_LEFT,
        ['C' - '@'] = KEY_CONTROL_C,
        ['D' - '@'] = KEY_CONTROL_D,
        ['E' - '@'] = KEY_END,
        ['F' - '@'] = KEY_RIGHT,
        ['H' - '@'] = KEY_BACKSPACE,
        ['I' - '@'] = KEY_TAB,
        ['J' - '@'] = KEY_ENTER,
        ['K' - '@'] = KEY_CUT_RIGHT,
        ['L' - '@'] = KEY_CLEAR_SCREEN,
        ['M' - '@'] = KEY_ENTER,
        ['N' - '@'] = KEY_DOWN,
        ['P' - '@'] = KEY_UP,
        ['U' - '@'] = KEY_CUT_LEFT,
        ['W' - '@'] = KEY_CUT_WORD,
        [0x1f] = KEY_NONE,
    };
    return keys[byte];
}

/* The end of ESC [ or ESC O, without a number. */
static int letter_key(char final)
{
    switch (final) {
    case 'A':
        return KEY_UP;
    case 'B':
        return KEY_DOWN;
    case 'C':
        return KEY_RIGHT;
    case 'D':
        return KEY_LEFT;
    case 'H':
        return KEY_HOME;
    case 'F':
        return KEY_END;
    default:
        return KEY_NONE;
    }
}

/* ESC [ number ~, as VT220 numbers its keys; rxvt has 7 and 8 for home and end. */
static int number_key(unsigned number)
{
    switch (number) {
    case 1:
    case 7:
        return KEY_HOME;
    case 4:
    case 8:
        return KEY_END;
    case 3:
        return KEY_DELETE;
    default:
        return KEY_NONE;
    }
}

/* With a modifier, as in ESC [ 1 ; 5 C, a sequence is another key, which means nothing here. */
static int csi(struct key_reader *r, char byte)
{
    if (byte >= '0' && byte <= '9') {
        r->number = r->number < NUMBER_MAX ? r->number * 10 + (unsigned)(byte - '0') : NUMBER_MAX;
        return KEY_NONE;
    }
    if (byte < CSI_FINAL_FIRST || byte > CSI_FINAL_LAST) {
        r->parameters++;
        return KEY_NONE;
    }
    r->state = KEY_PLAIN;
    if (r->parameters != 0)
        return KEY_NONE;
    return byte == '~' ? number_key(r->number) : letter_key(byte);
}

static int after_escape(struct key_reader *r, char byte)
{
    r->number = r->parameters = 0;
    r->state = byte == '[' ? KEY_IN_CSI : byte == 'O' ? KEY_IN_SS3 : KEY_PLAIN;
    return KEY_NONE;
}

static int plain(struct key_reader *r, unsigned char byte)
{
    bool second = r->state == KEY_AFTER_CR && byte == '\n'; /* of CR LF, which is one key */
    r->state = byte == '\r' ? KEY_AFTER_CR : byte == ESCAPE ? KEY_AFTER_ESC : KEY_PLAIN;
    if (second || byte > DELETE)
        return KEY_NONE;
    if (byte == DELETE)
        return KEY_BACKSPACE;
    return byte < ' ' ? control_key(byte) : byte;
}

int key_read(struct key_reader *r, char byte)
{
    switch (r->state) {
    case KEY_AFTER_ESC:
        return after_escape(r, byte);
    case KEY_IN_CSI:
        return csi(r, byte);
    case KEY_IN_SS3:
        r->state = KEY_PLAIN;
        return letter_key(byte);
    case KEY_AFTER_CR:
    case KEY_PLAIN:
        break;
    }
    return plain(r, (unsigned char)byte);
}
