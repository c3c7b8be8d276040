#include "mailboxes.h"
#include "check.h"
#include "record.h"
#include "wait.h"
#include <axhal/platform.h>

/* Every other round the primary waits, so that harts are woken out of wfi as well as met busy. */
#define ROUNDS_A_WAIT 2

/* Where a hart stands: one that has lost a function gets no further one. */
struct course {
    uint32_t posted;
    enum err refused; /* of function number `posted` */
    bool late;        /* the last one posted did not run in time */
};

static bool is_on(const struct course *c)
{
    return c->refused == OK && !c->late;
}

static void send_round(struct course *courses, uint32_t round)
{
    for (uint32_t i = 0; i < hart_count(); i++) {
        struct course *c = &courses[i];
        if (is_on(c))
            c->refused = record_post(hart_at(i), round);
        if (is_on(c))
            c->posted++;
    }
}

static void wait_for_round(struct course *courses)
{
    for (uint32_t i = 0; i < hart_count(); i++) {
        if (is_on(&courses[i]))
            courses[i].late = !record_wait(hart_at(i), courses[i].posted);
    }
}

static void report(const struct hart *hart, const struct course *c)
{
    unsigned long id = (unsigned long)hart->id;
    uint32_t ran = record_count(hart), wrong = record_first_wrong(hart);
    if (c->refused != OK)
        check(false, "hart %lu: function %u was refused: %s", id, c->posted,
              c->refused == ERR_TIMEOUT ? "its mailbox stayed full" : "it is not online");
    else if (ran < c->posted)
        check(false, "hart %lu: function %u did not run within %u ms", id, ran, HART_PATIENCE_MS);
    else if (ran > c->posted)
        check(false, "hart %lu: ran %u functions; %u were sent", id, ran, c->posted);
    else if (wrong < ran)
        check(false, "hart %lu: ran another function in place of number %u", id, wrong);
    else
        check(ran == FUNCTIONS, "hart %lu: ran its %u functions in order, none lost", id, ran);
}

void check_mailboxes(void)
{
    static struct course courses[PLATFORM_MAX_HARTS];
    for (uint32_t round = 0; round < FUNCTIONS; round++) {
        send_round(courses, round);
        if (round % ROUNDS_A_WAIT == 0)
            wait_for_round(courses);
    }
    wait_for_round(courses);
    for (uint32_t i = 0; i < hart_count(); i++)
        report(hart_at(i), &courses[i]);
}
