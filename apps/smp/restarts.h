#pragma once

/* A hart_start on a hart that runs is refused by name, and its work goes through the mailbox. */
void check_start_of_running(void);
/*
 * Gives each further hart up and brings it back, 1,000 times, each time with a function posted
 * against the stop: it is run before the hart goes, or refused, and then run once it is back.
 */
void check_restarts(void);
