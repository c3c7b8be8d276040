/* See periods.h. */
#include "periods.h"

void periods_end(struct periods *p, uint64_t now)
{
    uint64_t took = now - p->release;
    /* Deadlines that have passed: the one of this period, and of those that could not begin. */
    uint64_t passed = took > 0 ? (took - 1) / p->length : 0;
    uint64_t ended = passed > 0 ? passed : 1;
    p->missed += passed;
    p->count += ended;
    p->release += ended * p->length;
}
