#include <axhal/time.h>
#include <axipi/mailbox.h>
#include <axvm/errand.h>
#include <lib/assert.h>
#include <lib/bits.h>

#define TURN_MS 1

static void take_turn(struct hart_timer *timer)
{
    struct errand *errand = container_of(timer, struct errand, timer);
    uint64_t start = time_now();
    bool more = true;
    ASSERT(this_hart()->vcpu == NULL);
    while (more && time_now() - start < time_ms_to_ticks(TURN_MS))
        more = errand->step(errand);
    if (more)
        hart_timer_set(timer, time_now());
}

static void begin(void *argument)
{
    struct errand *errand = argument;
    errand->timer = (struct hart_timer){.fire = take_turn};
    take_turn(&errand->timer);
}

enum err errand_post(struct hart *hart, struct errand *errand)
{
    ASSERT(errand->step != NULL);
    return mailbox_post(hart, begin, errand);
}
