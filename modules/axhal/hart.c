/*
 * The harts' data and stacks. The boot hart is number 0, then come the harts that the device tree
 * has and this build can use, in its order.
 */
#include <axhal/boot.h>
#include <axhal/hart.h>
#include <axhal/platform.h>
#include <axhal/arch/layout.h>
#include <config/libc.h>
#include <config/smp.h>
#include <lib/assert.h>
#include <lib/exit_path.h>
#include <stddef.h>
#include <string.h>

/* tp points to a hart, and so C's variables of a thread (errno) are right after it: the linker
 * script has their offsets begin there. Only native apps with axlibc have such variables. */
#define TLS_SIZE (CONFIG_LIBC ? 256 : 0)
static EXIT_PATH_DATA struct slot {
    struct hart hart;
    char tls[TLS_SIZE] __attribute__((aligned(16)));
} harts[CONFIG_SMP];
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
    return index < count ? &harts[index].hart : NULL;
}

struct hart *hart_by_id(uint64_t id)
{
    for (uint32_t i = 0; i < count; i++) {
        if (harts[i].hart.id == id)
            return &harts[i].hart;
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
    ASSERT(count < CONFIG_SMP);
    struct hart *hart = &harts[count].hart;
    memcpy(harts[count].tls, tls_image, (size_t)(tls_image_end - tls_image));
    hart->id = id;
    hart->index = count;
    hart->stack_top = (uintptr_t)(stacks[count].stack + HART_STACK_SIZE);
    hart->fault_stack_top = (uintptr_t)(stacks[count].fault_stack + FAULT_STACK_SIZE);
    count++;
}

struct hart *hart_init_boot(uint64_t id)
{
    add(id);
    return &harts[0].hart;
}

void hart_init_others(const struct platform *p)
{
    for (uint32_t i = 0; i < p->hart_count; i++) {
        if (p->harts[i].absence == HART_PRESENT && p->harts[i].id != harts[0].hart.id)
            add(p->harts[i].id);
    }
}
