/*
 * What each hart ran. A function that the primary posts is a number for one hart; the hart that
 * runs it writes down number and hart meant, in the order in which it runs them, so the primary can
 * see afterwards which hart ran what. A hart writes its own record only; the primary reads what is
 * counted.
 */
#pragma once
#include <axhal/hart.h>
#include <lib/err.h>

/* Boot hart, once: records with room for so many functions a hart. ERR_NO_MEMORY. */
enum err records_init(uint32_t functions);
/* Empties the record of a hart that has nothing posted. */
void record_clear(const struct hart *hart);

/* Posts function `number` to the hart. ERR_NOT_FOUND and ERR_TIMEOUT as mailbox_post. */
enum err record_post(struct hart *hart, uint32_t number);
/*
 * Waits until the hart has run `count` functions since its record was cleared; false if that takes
 * over a second. For the boot hart itself that is: parks, and runs what wakes it.
 */
bool record_wait(const struct hart *hart, uint32_t count);
/* How many it ran. */
uint32_t record_count(const struct hart *hart);
/* The first place whose entry is not this hart's function of that number; record_count if none. */
uint32_t record_first_wrong(const struct hart *hart);
