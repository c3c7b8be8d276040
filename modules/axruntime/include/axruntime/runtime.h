/* The upcall to the app: main() runs on the boot hart; the others wait in mailbox_serve. */
#pragma once
#include <stdbool.h>

/* The app. What it returns is the machine's end: 0 is a shutdown, any other one a failure. */
int main(void);

/* Installed by the app: prints which vCPU was on this hart, into a panic's or fault's report. */
void runtime_set_context_printer(void (*print)(void));

/* Any hart: called once when the machine ends without a fault, before the console's last words:
 * when main() has returned, or runtime_end(). A later call with the same function changes nothing.
 */
void runtime_at_end(void (*hook)(void));
/* Any hart: ends the machine, as failed or not, as main()'s return does. */
void runtime_end(bool failed) __attribute__((noreturn));
