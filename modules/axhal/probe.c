#include <axhal/memory.h>

bool memory_byte_answers(uint64_t address); /* arch/ARCH/probe.S */

bool memory_answers(hpa_t base, uint64_t size, hpa_t *at)
{
    uint64_t end = base.a + size;
    for (uint64_t a = base.a; a < end; a = align_down(a, PAGE_SIZE) + PAGE_SIZE) {
        *at = hpa(a);
        if (!memory_byte_answers(a))
            return false;
    }
    return true;
}
