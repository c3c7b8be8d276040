/* Which VMs there are: see axvm/vm.h for the owner of the list. */
#include <axalloc/frames.h>
#include <axsync/spinlock.h>
#include <lib/assert.h>
#include "internal.h"

static struct spinlock lock = SPINLOCK("vm list");
static _Atomic bool making; /* a VM that is not on the list yet */
struct vm *vms[VM_MAX];     /* changed with the lock held */
uint32_t vm_count;

static const struct vm_set *set;
static uint64_t memory; /* bytes, for the RAM of all VMs */

void vm_describe(const struct vm_set *described, uint64_t available)
{
    ASSERT(described->vm_count <= VM_MAX);
    set = described;
    vm_count = described->vm_count;
    memory = available;
}

const struct vm_config *vm_description(uint32_t index)
{
    ASSERT(set != NULL && index < vm_count);
    return &set->vms[index];
}

void vm_list_set(uint32_t index, struct vm *vm)
{
    ASSERT(index < vm_count);
    spin_lock(&lock);
    vms[index] = vm;
    spin_unlock(&lock);
}

enum err vm_list_check_memory(const struct vm_config *config, struct message *why)
{
    uint64_t left = memory - vmconfig_shared_memory(set);
    for (uint32_t i = 0; i < vm_count; i++)
        left -= vms[i] != NULL ? vmconfig_vm_memory(vms[i]->config) : 0;
    return vmconfig_check_memory(set, config, memory, left, why);
}

enum err vm_complain(const struct vm_config *config, struct message *why, enum err err,
                     const char *format, ...)
{
    va_list arguments;
    message_set(why, "%s: /%s: ", set->source, config->name);
    va_start(arguments, format);
    message_vadd(why, format, arguments);
    va_end(arguments);
    message_add(why, ": %s", err_name(err));
    if (err == ERR_NO_MEMORY)
        message_add(why, " (%lu KiB of the host's are free)",
                    (unsigned long)(frames_free_bytes() >> 10));
    return err;
}

/* lock held */
static struct vm *find_next_living(uint32_t index, bool quiet)
{
    spin_debug_assert_held(&lock);
    for (uint32_t i = 1; i <= vm_count; i++) {
        struct vm *vm = vms[(index + i) % vm_count];
        if (vm != NULL && atomic_load(&vm->life) == VM_LIVES && vm->config->quiet == quiet)
            return vm;
    }
    return NULL;
}

struct vm *vm_list_next_living(uint32_t index)
{
    spin_lock(&lock);
    struct vm *found = find_next_living(index, false);
    if (found == NULL)
        found = find_next_living(index, true);
    spin_unlock(&lock);
    return found;
}

void vm_list_note_making(bool is)
{
    atomic_store(&making, is);
}

bool vm_list_is_empty(void)
{
    bool empty = !atomic_load(&making);
    spin_lock(&lock);
    for (uint32_t i = 0; i < vm_count; i++)
        empty &= vms[i] == NULL;
    spin_unlock(&lock);
    return empty;
}

bool vm_list_all_ended(void)
{
    bool all = !atomic_load(&making);
    spin_lock(&lock);
    for (uint32_t i = 0; i < vm_count; i++)
        all &= vms[i] == NULL || atomic_load(&vms[i]->life) == VM_ENDED;
    spin_unlock(&lock);
    return all;
}

bool vm_list_any_failed(void)
{
    bool any = false;
    spin_lock(&lock);
    for (uint32_t i = 0; i < vm_count; i++)
        any |= vms[i] != NULL && atomic_load(&vms[i]->life) != VM_CREATED &&
               atomic_load(&vms[i]->end) != VM_SHUTDOWN;
    spin_unlock(&lock);
    return any;
}
