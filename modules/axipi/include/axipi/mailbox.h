/*
 * A mailbox a hart: a hart that needs another posts {function, argument} and sends an IPI. A hart
 * with nothing to do waits in mailbox_serve. No wake-up is lost, since interrupts are masked
 * between the look into the mailbox and wfi, which a pending one ends (tests/model/mailbox.pml).
 *
 *   posted ──► mailbox ──► the hart runs it, in order of posting
 *
 * A hart that is given up (hart_give_up) refuses posts; only then is hart_start its way back.
 */
#pragma once
#include <axhal/hart.h>
#include <lib/err.h>

typedef void (*mailbox_fn)(void *argument);

/* How a hart is sent an IPI; until one is set the firmware's. Boot hart, once. */
void mailbox_set_ipi(long (*send)(const struct hart *hart));

/* Any hart: wakes `hart` out of wfi or out of its guest. Failure is reported by hart id. */
void hart_kick(struct hart *hart);

/*
 * Any hart: `fn(argument)` will run on `hart`, after what was posted before. ERR_NOT_FOUND: the
 * hart is not online. ERR_TIMEOUT: its mailbox stayed full for HART_PATIENCE_MS.
 */
enum err mailbox_post(struct hart *hart, mailbox_fn fn, void *argument);
/* Boot hart, once: `seen` is called on the hart before it runs what was posted. */
void mailbox_observe(void (*seen)(mailbox_fn fn, void *argument));
/* This hart: runs what is posted, until nothing is. */
void mailbox_run(void);
/* This hart: runs what is posted and waits in wfi for more, for ever. */
void mailbox_serve(void) __attribute__((noreturn));

/* Boot hart, once: the handler of the software interrupt. Each hart: lets it wake the hart. */
void mailbox_init(void);
void mailbox_hart_init(void);

/* Boot hart: starts a hart that is stopped and waits until it is online, HART_PATIENCE_MS at most.
 * ERR_EXISTS: the firmware says that it is started already. ERR_FIRMWARE, ERR_TIMEOUT. Each
 * failure is reported by hart id and SBI error name. */
enum err hart_bring_up(struct hart *hart);
/* This hart: stops taking posts, runs what is there, and goes back to the firmware. */
void hart_give_up(void) __attribute__((noreturn));
