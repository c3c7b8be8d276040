#pragma once
#include <stdint.h>

extern const uint32_t config_smp;    /* the harts that this build can use */
extern const char *const config_log; /* LOG=, as the user wrote it */
