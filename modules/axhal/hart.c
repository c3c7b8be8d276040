/*
 * The harts' data and stacks. The boot hart is number 0, then come the harts that the device tree
 * has and this build can use, in its order.
 */
#include <axhal/boot.h>
#include <axhal/hart.h>
#include <axhal/platform.h>
#include <config/smp.h>
#include <lib/exit_path.h>
#include <stddef.h>

static EXIT_PATH_DATA struct hart harts[CONFIG_SMP];
static EXIT_PATH_DATA uint32_t count;
static hpa_t entry;

/* Not part of .bss: no stack is read before it is written, and clearing them costs boot time. */
static struct hart_stacks stacks[CONFIG_SMP]
    __attribute__((section(".stacks"), aligned(PAGE_SIZE)));

uint32_t hart_count(void)
{
    return count;
}

struct hart *hart_at(uint32_t index)
{
    return index < count ? &harts[index] : NULL;
}

struct hart *hart_by_id(uint64_t id)
{
    for (uint32_t i = 0; i < count; i++) {
        if (harts[i].id == id)
            return &harts[i];
    }
    return NULL;
}

struct hart_stacks *hart_stacks_at(uint32_t index)
{
    return index < CONFIG_SMP ? &stacks[index] : NULL;
}

void hart_set_entry(hpa_t address)
{
    entry = address;
}

hpa_t hart_entry(void)
{
    return entry;
}

static void add(uint64_t id)
{
    struct hart *hart = &harts[count];
    hart->id = id;
    hart->index = count;
    hart->stack_top = (uintptr_t)(stacks[count].stack + HART_STACK_SIZE);
    hart->fault_stack_top = (uintptr_t)(stacks[count].fault_stack + FAULT_STACK_SIZE);
    count++;
}

struct hart *hart_init_boot(uint64_t id)
{
    add(id);
    return &harts[0];
}

void hart_init_others(const struct platform *p)
{
    for (uint32_t i = 0; i < p->hart_count; i++) {
        if (p->harts[i].absence == HART_PRESENT && p->harts[i].id != harts[0].id)
            add(p->harts[i].id);
    }
}
