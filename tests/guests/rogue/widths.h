/* Forms of access to a device's registers of 4 bytes. */
#pragma once
#include <stdint.h>

/* Every form but a load and a store of an aligned word is an access fault, in S- and in U-mode. The
 * cases are named `WHERE: INSTRUCTION`. */
void refuse_other_widths(const char *where, uint64_t address);
/* Nothing is there: every access is a fault. */
void refuse_word(const char *where, uint64_t address);

/* A word's load gives `value`; a word's store is taken, whatever comes of it. */
void check_word(const char *where, uint64_t address, uint64_t value);
void check_store(const char *where, uint64_t address, uint64_t value);
