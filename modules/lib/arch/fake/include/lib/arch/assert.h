/* Unit tests have all assertions. */
#pragma once

#define DEBUG_ASSERTIONS 1
