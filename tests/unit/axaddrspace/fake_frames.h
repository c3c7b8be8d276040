/* axalloc's frames over the C library, which count what is live and can be made to run out. */
#pragma once
#include <stdint.h>

#define FRAMES_NEVER_FAIL UINT32_MAX

uint64_t fake_frames_live(void); /* bytes */
/* The allocation after the next `count` ones fails, and all after it. */
void fake_frames_fail_after(uint32_t count);
