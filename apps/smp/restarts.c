#include "restarts.h"
#include "check.h"
#include "record.h"
#include "wait.h"
#include <axhal/boot.h>
#include <axhal/firmware.h>
#include <axipi/mailbox.h>

#define RESTARTS 1000

static void start_running(struct hart *hart)
{
    unsigned long id = (unsigned long)hart->id;
    long error = firmware_hart_start(hart->id, hart_entry().a, (uintptr_t)hart);
    record_clear(hart);
    bool done = record_post(hart, 0) == OK && record_wait(hart, 1);
    check(error == SBI_ERR_ALREADY_AVAILABLE && done,
          "hart %lu: hart_start while it runs: %s; over its mailbox the work is %s", id,
          sbi_error_name(error), done ? "done" : "not done");
}

void check_start_of_running(void)
{
    for (uint32_t i = 1; i < hart_count(); i++)
        start_running(hart_at(i));
}

static void give_up(void *argument)
{
    (void)argument;
    hart_give_up();
}

static bool is_offline(const void *context)
{
    const struct hart *hart = context;
    return !hart->online;
}

/* One stop and start with function `number` against the stop. Returns what failed, or NULL. */
static const char *restart(struct hart *hart, uint32_t number, uint32_t *refused)
{
    if (mailbox_post(hart, give_up, NULL) != OK)
        return "hart_give_up was not taken";
    enum err err = record_post(hart, number);
    if (err == ERR_TIMEOUT)
        return "its mailbox stayed full";
    if (!wait_until(is_offline, hart))
        return "it did not go";
    if (err == OK && record_count(hart) != number + 1)
        return "it went with a function left";
    if (hart_bring_up(hart) != OK)
        return "it did not come back";
    if (err == ERR_NOT_FOUND) {
        ++*refused;
        if (record_post(hart, number) != OK)
            return "it is back, and refuses its function";
    }
    return record_wait(hart, number + 1) ? NULL : "it is back, and did not run its function";
}

static void restart_often(struct hart *hart)
{
    unsigned long id = (unsigned long)hart->id;
    const char *failure = NULL;
    uint32_t round = 0, refused = 0;
    record_clear(hart);
    while (round < RESTARTS && (failure = restart(hart, round, &refused)) == NULL)
        round++;
    if (failure != NULL)
        check(false, "hart %lu: stop and start number %u: %s", id, round, failure);
    else if (record_first_wrong(hart) < RESTARTS)
        check(false, "hart %lu: ran another function in place of number %u", id,
              record_first_wrong(hart));
    else
        check(true, "hart %lu: %u stops and starts; %u functions met a stop and came after it", id,
              round, refused);
}

void check_restarts(void)
{
    for (uint32_t i = 1; i < hart_count(); i++)
        restart_often(hart_at(i));
}
