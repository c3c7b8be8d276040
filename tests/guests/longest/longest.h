/* The longest exits that this guest knows of. */
#pragma once
#include <stdint.h>

/* Every SBI call, with the arguments that take it longest. `self` is this hart's id. */
void longest_calls(uint64_t self);
