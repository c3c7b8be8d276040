/*
 * Keys from the bytes that a terminal sends. A printable character is its own key; the others are
 * named by what they do, so that an arrow and the control character of the same meaning are one.
 */
#pragma once

enum key {
    KEY_NONE = 0, /* the byte is part of a sequence, or means nothing here */
    KEY_FIRST = 0x100,
    KEY_LEFT = KEY_FIRST,
    KEY_RIGHT,
    KEY_UP,
    KEY_DOWN,
    KEY_HOME,
    KEY_END,
    KEY_BACKSPACE,
    KEY_DELETE,
    KEY_CONTROL_D, /* deletes, or ends the input on an empty line */
    KEY_CUT_RIGHT,
    KEY_CUT_LEFT,
    KEY_CUT_WORD,
    KEY_CLEAR_SCREEN,
    KEY_TAB,
    KEY_ENTER,
    KEY_CONTROL_C,
};

enum key_state { KEY_PLAIN, KEY_AFTER_CR, KEY_AFTER_ESC, KEY_IN_CSI, KEY_IN_SS3 };

struct key_reader {
    enum key_state state;
    unsigned number; /* of a sequence such as ESC [ 3 ~; its first parameter */
    unsigned parameters;
};

/* The key that `byte` completes: a character from 0x20 to 0x7e, an enum key, or KEY_NONE. */
int key_read(struct key_reader *reader, char byte);
