/* The upcall to the app: main() runs on the boot hart; the others wait in mailbox_serve. */
#pragma once

/* The app. What it returns is the machine's end: 0 is a shutdown, any other one a failure. */
int main(void);

/* Installed by the app: prints whose guest ran on this hart, into a panic's or fault's report. */
void runtime_set_context_printer(void (*print)(void));
