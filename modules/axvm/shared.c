/*
 * Memory that VMs share. It is the host's: made, zeroed, when the first VM that names it is
 * created, and given back with the last one. So it outlives the reset of one side, and its end.
 */
#include <axalloc/frames.h>
#include <axalloc/heap.h>
#include <axhal/memory.h>
#include <axsync/spinlock.h>
#include <axvmconfig/layout.h>
#include <lib/assert.h>
#include <string.h>
#include "internal.h"

struct shared_memory {
    uint32_t users; /* VMs that are there */
    hpa_t memory;
    struct ivshmem_link link;
};

static struct spinlock lock = SPINLOCK("shared memory");
/* lock must be held; by the index of the description's memory, NULL: no VM that has it is there */
static struct shared_memory *memories[SHARED_MAX];

static uint64_t alignment(uint64_t size)
{
    return size < SIZE_2M ? PAGE_SIZE : SIZE_2M;
}

static struct shared_memory *make(const struct shared_config *config)
{
    spin_debug_assert_held(&lock);
    struct shared_memory *memory = heap_alloc(sizeof *memory);
    if (memory == NULL)
        return NULL;
    if (frames_alloc_zeroed(config->size, alignment(config->size), &memory->memory) != OK) {
        heap_free(memory, sizeof *memory);
        return NULL;
    }
    if (ivshmem_init(&memory->link, config->peers, hpa_to_ptr(memory->memory)) == OK)
        return memory;
    frames_free(memory->memory, config->size);
    heap_free(memory, sizeof *memory);
    return NULL;
}

/* The memory with one user more; NULL: none can be made. */
static struct shared_memory *take(const struct shared_config *config)
{
    ASSERT(config->index < SHARED_MAX);
    spin_lock(&lock);
    struct shared_memory **memory = &memories[config->index];
    if (*memory == NULL)
        *memory = make(config);
    struct shared_memory *taken = *memory;
    if (taken != NULL)
        taken->users++;
    spin_unlock(&lock);
    return taken;
}

/* No other VM may read what stood in it. It is wiped without a lock. */
static void give_back(const struct shared_config *config)
{
    spin_lock(&lock);
    struct shared_memory *memory = memories[config->index];
    ASSERT(memory != NULL && memory->users > 0); /* no double free */
    bool last = --memory->users == 0;
    if (last)
        memories[config->index] = NULL;
    spin_unlock(&lock);
    if (!last)
        return;
    memset(hpa_to_ptr(memory->memory), 0, config->size);
    frames_free(memory->memory, config->size);
    heap_free(memory, sizeof *memory);
}

/* The state table is read-only for all (Shared Memory Region Layout), the rest as described. */
static enum err map(struct vm *vm, const struct shared_use *use, hpa_t memory)
{
    uint64_t table = IVSHMEM_STATE_TABLE;
    enum err err = addrspace_map_ram(&vm->memory, use->at, table, memory, RAM_READ);
    if (err != OK)
        return err;
    return addrspace_map_ram(&vm->memory, gpa(use->at.a + table), use->memory->size - table,
                             hpa(memory.a + table),
                             use->writable ? RAM_READ | RAM_WRITE : RAM_READ);
}

static enum err complain_memory(const struct vm *vm, const struct shared_use *use,
                                struct message *why)
{
    const struct shared_config *memory = use->memory;
    return vm_complain(vm->config, why, ERR_NO_MEMORY,
                       "%s = \"%s\": size = <%#x %#x> (%lu KiB): expected one block of free "
                       "memory: the largest has %lu KiB",
                       use->property, use->name, (uint32_t)(memory->size >> 32),
                       (uint32_t)memory->size, (unsigned long)(memory->size >> 10),
                       (unsigned long)(frames_largest_bytes(alignment(memory->size)) >> 10));
}

static enum err complain_place(const struct vm *vm, const struct shared_use *use,
                               struct message *why, enum err err)
{
    return vm_complain(vm->config, why, err, "%s = \"%s\": can't be mapped at 0x%lx + 0x%lx",
                       use->property, use->name, (unsigned long)use->at.a,
                       (unsigned long)use->memory->size);
}

static enum err add(struct vm *vm, uint32_t i, struct message *why)
{
    const struct shared_use *use = &vm->config->shared[i];
    struct shared_memory *memory = take(use->memory);
    if (memory == NULL)
        return complain_memory(vm, use, why);
    struct ivshmem_peer *peer = &memory->link.peers[use->peer];
    enum err err = ivshmem_bridge_add(&vm->shared, peer);
    if (err != OK) {
        give_back(use->memory);
        return complain_place(vm, use, why, err);
    }
    ivshmem_connect(peer,
                    (struct ivshmem_place){.registers = gpa(GUEST_SHARED_WINDOW + i * PAGE_SIZE),
                                           .memory = use->at,
                                           .size = use->memory->size},
                    vm_line(vm, GUEST_SHARED_IRQ + i));
    err = map(vm, use, memory->memory);
    return err == OK ? OK : complain_place(vm, use, why, err);
}

enum err vm_add_shared(struct vm *vm, struct message *why)
{
    enum err err = OK;
    if (vm->config->shared_count == 0)
        return OK;
    ivshmem_bridge_init(&vm->shared, gpa(GUEST_SHARED_ECAM), gpa(GUEST_SHARED_WINDOW));
    for (uint32_t i = 0; i < vm->config->shared_count && err == OK; i++)
        err = add(vm, i, why);
    if (err == OK)
        err = vm_add_device(vm, &vm->shared.window, RANGE_THING, why);
    if (err == OK)
        err = vm_add_device(vm, &vm->shared.ecam, RANGE_THING, why);
    return err;
}

void vm_leave_shared(struct vm *vm)
{
    for (uint32_t i = 0; i < vm->shared.count; i++)
        ivshmem_reset(vm->shared.peers[i]);
}

void vm_drop_shared(struct vm *vm)
{
    vm_leave_shared(vm);
    for (uint32_t i = 0; i < vm->shared.count; i++)
        give_back(vm->config->shared[i].memory);
    vm->shared.count = 0;
}
