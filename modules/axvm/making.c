/*
 * VMs that come and go while others run. The work is done by the VM's own first hart, which runs no
 * vCPU then; the hart that has the console may run another VM's, so it only begins and ends it. One
 * is made or freed at a time.
 */
#include <axipi/mailbox.h>
#include <axvm/console.h>
#include <lib/assert.h>
#include "internal.h"

enum work { NOTHING, MAKES, FREES };

static struct errand errand;
/* Between the console's hart, which sets it off NOTHING, and the one that works. */
static _Atomic uint32_t work; /* enum work */
static uint32_t number;       /* of the description */
static struct vm *vm;         /* NULL: not made yet, or not at all */
static enum err made_err;
static struct message reason;
static vm_made_t on_made;

static void set_work(enum work next)
{
    atomic_store(&work, next);
    vm_list_note_making(next == MAKES);
}

bool vm_making_runs(void)
{
    return atomic_load(&work) != NOTHING;
}

/* Console's hart: the list is its. */
static void take_in(void *unused)
{
    ASSERT(atomic_load(&work) == MAKES);
    (void)unused;
    if (vm != NULL)
        vm_take_in(vm);
    set_work(NOTHING);
    on_made(made_err, &reason);
}

/* A mailbox that stayed full takes the message at the next turn. */
static bool make_here(struct errand *unused)
{
    ASSERT(atomic_load(&work) == MAKES);
    (void)unused;
    if (vm == NULL && made_err == OK)
        made_err = vm_make(number, &vm, &reason);
    return mailbox_post(vm_console_hart(), take_in, NULL) == ERR_TIMEOUT;
}

enum err vm_create_beside(uint32_t index, vm_made_t done, struct message *why)
{
    ASSERT(done != NULL);
    const struct vm_config *config = vm_description(index);
    enum err err = vm_making_runs()
                       ? vm_complain(config, why, ERR_TIMEOUT,
                                     "another VM is made or freed: expected one at a time")
                       : vm_check_new(index, why);
    if (err != OK)
        return err;
    number = index;
    vm = NULL;
    made_err = OK;
    on_made = done;
    errand.step = make_here;
    set_work(MAKES);
    struct hart *hart = hart_by_id(config->harts[0]);
    err = errand_post(hart, &errand);
    if (err != OK)
        set_work(NOTHING);
    return err == OK ? OK
                     : vm_complain(config, why, err, "its hart %lu takes nothing",
                                   (unsigned long)hart->id);
}

static bool free_here(struct errand *unused)
{
    ASSERT(atomic_load(&work) == FREES && vm != NULL);
    (void)unused;
    vm_free(vm);
    set_work(NOTHING);
    return false;
}

void vm_free_beside(struct vm *gone)
{
    ASSERT(atomic_load(&work) == NOTHING);
    vm = gone;
    errand.step = free_here;
    set_work(FREES);
    if (errand_post(gone->vcpus[0].hart, &errand) != OK)
        (void)free_here(&errand); /* no hart of its own does it */
}
