#include <axhal/interrupt.h>
#include <axhal/time.h>
#include <axvcpu/hart_timer.h>
#include "internal.h"

#define REST_MS 1

static void wake(struct hart_timer *timer)
{
    (void)timer;
}

void vm_rest(void)
{
    struct hart_timer rest = {.fire = wake};
    hart_timer_set(&rest, time_now() + time_ms_to_ticks(REST_MS));
    interrupt_wait();
    hart_timer_set(&rest, UINT64_MAX);
}
