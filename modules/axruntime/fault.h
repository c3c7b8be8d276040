#pragma once
#include <axruntime/runtime.h>

/* Boot hart, first of all: panics and host faults are reported from here on. */
void fault_init(void);
