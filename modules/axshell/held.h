/*
 * Output that is held in memory, to be printed in pieces while the hart runs its guest in between.
 * The console's hart only.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* Keeps whole lines; false: there is no memory for them. */
bool held_add(const char *lines, size_t count);
/* Prints what was added first, for about a millisecond; false: that was all. */
bool held_print(void);
/* Drops what is left. */
void held_drop(void);
