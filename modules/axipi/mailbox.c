#include <axhal/arch/cpu.h>
#include <axhal/arch/csr.h>
#include <axhal/csr_bits.h>
#include <axhal/firmware.h>
#include <axhal/interrupt.h>
#include <axhal/time.h>
#include <axipi/mailbox.h>
#include <axlog/log.h>
#include <axsync/spinlock.h>
#include <config/smp.h>
#include <lib/assert.h>
#include <lib/exit_path.h>
#include <stdatomic.h>
#include "mailbox_close.h"

#define SLOTS 8

struct mailbox {
    struct spinlock lock;
    /* lock held */
    struct {
        mailbox_fn fn;
        void *argument;
    } slot[SLOTS];
    uint32_t head; /* next to run */
    /* Written with the lock held. Zero is believed without it: the poster writes it before the IPI.
     */
    _Atomic uint32_t used;
};

static EXIT_PATH_DATA struct mailbox mailboxes[CONFIG_SMP];
static void (*observer)(mailbox_fn fn, void *argument); /* or NULL */
static EXIT_PATH_DATA long (*send_ipi)(const struct hart *hart) = firmware_send_ipi;

void mailbox_set_ipi(long (*send)(const struct hart *hart))
{
    ASSERT(send != NULL);
    send_ipi = send;
}

EXIT_PATH void hart_kick(struct hart *hart)
{
    cpu_fence_before_signal();
    long error = send_ipi(hart);
    /* A hart that has gone since ran what was posted first; the firmware refuses an IPI to it. */
    if (error != SBI_SUCCESS && hart->online)
        log_error("hart %lu: sending it an IPI: %s", (unsigned long)hart->id,
                  sbi_error_name(error));
}

static enum err try_post(struct hart *hart, mailbox_fn fn, void *argument)
{
    struct mailbox *m = &mailboxes[hart->index];
    enum err err = OK;
    ASSERT(fn != NULL && hart->index < CONFIG_SMP);
    spin_lock(&m->lock);
    ASSERT(m->used <= SLOTS && m->head < SLOTS);
    if (!hart->online) {
        err = ERR_NOT_FOUND;
    } else if (m->used == SLOTS) {
        err = ERR_TIMEOUT;
    } else {
        uint32_t at = (m->head + m->used++) % SLOTS;
        m->slot[at].fn = fn;
        m->slot[at].argument = argument;
    }
    spin_unlock(&m->lock);
    return err;
}

enum err mailbox_post(struct hart *hart, mailbox_fn fn, void *argument)
{
    spin_debug_assert_none_held(); /* it may wait for the other hart */
    uint64_t deadline = time_now() + time_ms_to_ticks(HART_PATIENCE_MS);
    enum err err;
    while ((err = try_post(hart, fn, argument)) == ERR_TIMEOUT && time_now() < deadline)
        cpu_relax();
    if (err == OK)
        hart_kick(hart);
    return err;
}

static bool take(struct mailbox *m, mailbox_fn *fn, void **argument)
{
    if (atomic_load_explicit(&m->used, memory_order_acquire) == 0)
        return false;
    spin_lock(&m->lock);
    bool any = m->used > 0;
    if (any) {
        DEBUG_ASSERT(m->head < SLOTS && m->slot[m->head].fn != NULL);
        *fn = m->slot[m->head].fn;
        *argument = m->slot[m->head].argument;
        m->head = (m->head + 1) % SLOTS;
        m->used--;
    }
    spin_unlock(&m->lock);
    return any;
}

void mailbox_observe(void (*seen)(mailbox_fn fn, void *argument))
{
    observer = seen;
}

EXIT_PATH void mailbox_run(void)
{
    spin_debug_assert_none_held(); /* what is posted may wait */
    mailbox_fn fn;
    void *argument;
    DEBUG_ASSERT(this_hart()->online); /* its own: no other hart takes from it */
    while (take(&mailboxes[this_hart()->index], &fn, &argument)) {
        if (observer != NULL)
            observer(fn, argument);
        fn(argument);
    }
}

void mailbox_serve(void)
{
    spin_debug_assert_none_held();
    for (;;) {
        mailbox_run();
        interrupt_wait();
    }
}

bool mailbox_close(void)
{
    struct mailbox *m = &mailboxes[this_hart()->index];
    ASSERT(this_hart()->online);
    spin_lock(&m->lock);
    bool empty = m->used == 0;
    if (empty)
        this_hart()->online = false;
    spin_unlock(&m->lock);
    return empty;
}

/* The IPI is cleared before the mailbox is looked at: one that comes after this look wakes again.
 */
static EXIT_PATH void acknowledge(void)
{
    csr_clear_sip(IRQ_BIT(IRQ_SSI));
    cpu_fence_io(); /* a CSR write is device output to FENCE (Unpriv, "CSR Access Ordering") */
}

void mailbox_init(void)
{
    for (uint32_t i = 0; i < CONFIG_SMP; i++)
        mailboxes[i].lock.name = "mailbox";
    interrupt_set_handler(IRQ_SSI, acknowledge);
}

void mailbox_hart_init(void)
{
    interrupt_enable(IRQ_SSI);
}
