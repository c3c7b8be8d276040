/*
 * Reports what an IOMMU has refused, with the device and its VM. The hart that the IOMMU interrupts
 * does it, the housekeeper, as a chore. An IOMMU that can't interrupt is looked at from time to
 * time, but only by a hart that no VM owns: a guest does not pay for what it has not asked for.
 */
#include <axdriver/iommu.h>
#include <axhal/time.h>
#include <axipi/mailbox.h>
#include <axlog/log.h>
#include <axvcpu/hart_timer.h>
#include <axvm/chores.h>
#include <lib/assert.h>
#include <stdio.h>
#include "internal.h"
#include "pci_host.h"

#define PERIOD_MS 100
#define FUNCTIONS 256 /* of a bus */
#define RANGE_SIZE 64

static _Atomic(const struct vm_config *) owners[FUNCTIONS];

void vm_own_faults(uint32_t id, const struct vm_config *owner)
{
    ASSERT(id < FUNCTIONS);
    atomic_store(&owners[id % FUNCTIONS], owner);
}

/* RISC-V IOMMU 1.0 §3.2, table 11: those that a context as ours can have. */
static const char *cause_name(uint32_t cause)
{
    switch (cause) {
    case 5:
    case 7:
        return "access fault";
    case 21:
    case 23:
        return "guest page fault";
    case 257:
    case 258:
    case 259:
        return "no VM has it";
    case 260:
        return "a kind of access that it may not make";
    default:
        return "refused";
    }
}

/* " .. 0xN, C times", of more than one. */
static void write_range(const struct iommu_fault *fault, char to[RANGE_SIZE])
{
    to[0] = '\0';
    if (fault->count > 1)
        snprintf(to, RANGE_SIZE, " .. 0x%lx, %u times%s", (unsigned long)fault->last_address,
                 fault->count, fault->count == IOMMU_FAULTS_MERGED ? " or more" : "");
}

static void on_fault(const struct iommu_fault *fault)
{
    const struct vm_config *owner =
        fault->device < FUNCTIONS ? atomic_load(&owners[fault->device]) : NULL;
    char range[RANGE_SIZE];
    write_range(fault, range);
    log_error("VM %s: PCI %02x:%02x.%u: DMA %s 0x%lx%s: %s (IOMMU cause %u)%s",
              owner != NULL ? owner->name : "(none)", fault->device >> 8, fault->device >> 3 & 0x1f,
              fault->device & 7, fault->write ? "to" : "from", (unsigned long)fault->address, range,
              cause_name(fault->cause), fault->cause,
              fault->last ? "; its further faults are not shown" : "");
}

static void on_loss(void)
{
    log_warn("IOMMU: its queue of faults was full: some were lost");
}

static void look_again(struct hart_timer *fired);
static bool look_a_little(struct chore *chore);

/* Of the hart that looks: the housekeeper, as a chore, or one that no VM has, if it polls. */
static struct hart_timer timer = {.deadline = UINT64_MAX, .fire = look_again};
static struct chore looks = {.step = look_a_little};
static bool polls; /* the IOMMU does not interrupt */

static void look_later(void)
{
    if (timer.deadline == UINT64_MAX)
        hart_timer_set(&timer, time_now() + time_ms_to_ticks(PERIOD_MS));
}

static bool look_a_little(struct chore *chore)
{
    (void)chore;
    enum iommu_look found = iommu_look_a_little();
    if (found == IOMMU_WAITS)
        look_later();
    return found == IOMMU_MORE;
}

static void have_a_look(void)
{
    chore_add(&looks);
    chores_run();
}

static void look_again(struct hart_timer *fired)
{
    fired->deadline = UINT64_MAX;
    if (!polls) {
        have_a_look();
        return;
    }
    (void)iommu_look_for_faults(false);
    look_later();
}

static void start_to_look(void *unused)
{
    (void)unused;
    polls = true;
    look_again(&timer);
}

static bool have_it_look(struct hart *hart)
{
    return mailbox_post(hart, start_to_look, NULL) == OK;
}

void vm_watch_dma(const struct hart *hart)
{
    static const struct iommu_watch watch = {on_fault, on_loss, have_a_look};
    enum err err = iommu_is_ready() ? iommu_watch_faults(hart->index, &watch) : OK;
    if (err == OK)
        return;
    const struct hart *helper = vm_choose_free_hart(have_it_look);
    if (helper != NULL)
        log_info("IOMMU: it can't interrupt (%s): hart %lu looks for faults every %u ms",
                 err_name(err), (unsigned long)helper->id, PERIOD_MS);
    else
        log_info("IOMMU: it can't interrupt (%s), and VMs have all harts: faults are shown "
                 "when their VM ends",
                 err_name(err));
}
