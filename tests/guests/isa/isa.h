#pragma once
#include "../rogue/attempt.h"

/* Prints what came of an attempt that ends in an ebreak. */
void say_outcome(const char *name, enum mode mode, const struct attempt *attempt);
/* paging.c: what the hart makes of bits of a PTE that extensions have, and of senvcfg. */
void say_paging(void);
