#include <axvm/ration.h>
#include <lib/assert.h>

/* What does not make a whole tick of the ration is kept for the next time. */
void ration_fill(struct ration *ration, uint64_t now)
{
    DEBUG_ASSERT(ration->share > 0 && ration->left <= ration->most);
    if (now < ration->filled)
        return;
    uint64_t gained = (now - ration->filled) / ration->share;
    uint64_t room = (uint64_t)(ration->most - ration->left);
    bool full = gained >= room;
    ration->left = full ? ration->most : ration->left + (int64_t)gained;
    ration->filled = full ? now : ration->filled + gained * ration->share;
}

void ration_take(struct ration *ration, uint64_t now)
{
    ration->left -= (int64_t)(now - ration->filled);
    ration->filled = now;
}

void ration_owe(struct ration *ration, uint64_t ticks)
{
    ration->left -= (int64_t)ticks;
}

uint64_t ration_full_at(const struct ration *ration)
{
    DEBUG_ASSERT(ration->share > 0 && ration->left <= ration->most);
    return ration->filled + (uint64_t)(ration->most - ration->left) * ration->share;
}
