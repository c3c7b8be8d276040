#include "fake_frames.h"
#include <axalloc/frames.h>
#include <axhal/memory.h>
#include <stdlib.h>
#include <string.h>

static uint64_t live;
static uint32_t allowed = FRAMES_NEVER_FAIL;

uint64_t fake_frames_live(void)
{
    return live;
}

void fake_frames_fail_after(uint32_t count)
{
    allowed = count;
}

enum err frames_alloc_zeroed(uint64_t size, uint64_t align, hpa_t *out)
{
    if (allowed == 0)
        return ERR_NO_MEMORY;
    if (allowed != FRAMES_NEVER_FAIL)
        allowed--;
    void *p = aligned_alloc(align, size);
    memset(p, 0, size);
    live += size;
    *out = ptr_to_hpa(p);
    return OK;
}

void frames_free(hpa_t at, uint64_t size)
{
    live -= size;
    free(hpa_to_ptr(at));
}
