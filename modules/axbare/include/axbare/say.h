/* The console and the end of a bare program, over SBI. */
#pragma once
#include <lib/sbi.h>
#include <stddef.h>

/* Prints; what DBCN takes at once stays in one piece. */
void say(const char *text);
/* The same in printf's words, up to 200 characters. */
void sayf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Ends the machine. */
_Noreturn void shut_down(enum sbi_srst_reason reason);
/* Reboots it. Ends in fail() if the call returns. */
_Noreturn void reboot(void);

/* Each program says itself how it fails: this is not defined here. */
_Noreturn void fail(const char *what);
