/* The app's checks: a line each, `ok …` or `not ok …`, and the count of both at the end. */
#pragma once
#include <stdbool.h>

/* Counts one check and prints it; `format` says what holds, or what went wrong. Boot hart. */
void check(bool holds, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Prints the last line; true if all held. */
bool checks_report(void);
