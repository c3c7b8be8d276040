/* MODE=debug has all assertions. */
#pragma once
#include <config/debug.h>

#define DEBUG_ASSERTIONS CONFIG_DEBUG
