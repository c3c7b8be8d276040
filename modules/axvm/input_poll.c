/*
 * The console's input where its UART can't interrupt: a timer of the housekeeper looks, often while
 * something comes or waits to go, else seldom. A look costs a call of the firmware or of the UART.
 */
#include <axdriver/host_uart.h>
#include <axhal/time.h>
#include <axipi/mailbox.h>
#include <axvcpu/hart_timer.h>
#include "internal.h"

#define SOON_MS 1
#define SELDOM_MS 10
#define SOON_LOOKS 100

static uint32_t soon; /* looks until they are seldom again; the housekeeper's */

static void look(struct hart_timer *timer)
{
    if (host_uart_poll())
        soon = SOON_LOOKS;
    hart_timer_set(timer, time_now() + time_ms_to_ticks(soon > 0 ? SOON_MS : SELDOM_MS));
    soon -= soon > 0;
}

static struct hart_timer timer = {.fire = look};

static void start(void *argument)
{
    (void)argument;
    look(&timer);
}

enum err vm_console_poll_on(struct hart *hart)
{
    return mailbox_post(hart, start, NULL);
}
