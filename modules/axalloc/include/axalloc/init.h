#pragma once
#include <axhal/platform.h>

/* Boot hart, once, before any allocation. */
void frames_init(const struct platform *p);
