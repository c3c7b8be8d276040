#pragma once

/*
 * Sends every hart, the boot hart too, 10,000 functions and checks that each hart ran its own, all
 * of them, in the order of sending.
 */
void check_mailboxes(void);
/* How many that are, of one hart. */
#define FUNCTIONS 10000
