/* harts, mem, log: the host. */
#include <axalloc/frames.h>
#include <axalloc/heap.h>
#include <axhal/platform.h>
#include <axlog/console.h>
#include <axlog/log.h>
#include <axvm/chores.h>
#include <axvm/console.h>
#include <string.h>
#include "command.h"
#include "which.h"

/* Why a hart of the device tree takes no part, or what it does. */
static const char *activity(const struct platform_hart *p, const struct hart *hart, char *name)
{
    if (p->absence == HART_DISABLED)
        return "unused: disabled in the device tree";
    if (hart == NULL)
        return "unused: beyond this build's SMP=";
    if (!hart->online)
        return "unused: it did not start";
    const struct vcpu *vcpu = hart_vcpu(hart); /* it may just leave */
    return vcpu != NULL ? vcpu_name(vcpu, name) : "no vCPU";
}

/* Since boot: what docs/bounds.md says the bounds of. */
static void print_housekeeper(void)
{
    struct chores_summary chores = chores_read();
    print_line("chores beside a vCPU: %lu turns, %lu ended by the ration; %lu ticks, longest %lu",
               (unsigned long)chores.turns, (unsigned long)chores.used_up,
               (unsigned long)chores.ticks, (unsigned long)chores.longest);
    print_line("lost: %lu bytes of input, %lu lines of the host's",
               (unsigned long)vm_console_lost_input(), (unsigned long)console_lost_lines());
}

/* In the order of the device tree, whichever hart booted. */
static bool print_hart_row(uint32_t row)
{
    if (row == 0) {
        print_line("HART  RUNS");
        return true;
    }
    if (row > platform()->hart_count) {
        print_housekeeper();
        return false;
    }
    char name[WHICH_NAME];
    const struct platform_hart *p = &platform()->harts[row - 1];
    const struct hart *hart = hart_by_id(p->id);
    print_line("%4lu  %s%s", (unsigned long)p->id, activity(p, hart, name),
               hart != NULL && hart == vm_console_hart() ? ", takes the input" : "");
    return true;
}

static void run_harts(const struct words *words)
{
    if (arg_end("harts", words, 1))
        shell_print(print_hart_row);
}

static unsigned long mib(uint64_t bytes)
{
    return (unsigned long)(bytes >> 20);
}

static bool print_memory_row(uint32_t row)
{
    const struct platform *p = platform();
    uint64_t total = 0;
    for (uint32_t i = 0; i < p->memory_count; i++)
        total += p->memory[i].size;
    if (row == 0) {
        print_line("machine  %6lu MiB, %lu MiB free: %lu pages, and %lu bytes of pages in use",
                   mib(total), mib(frames_free_bytes()),
                   (unsigned long)(frames_free_bytes() / PAGE_SIZE),
                   (unsigned long)heap_free_bytes());
        return true;
    }
    if (row == 1) {
        print_line("bundle   %6lu MiB at hpa 0x%lx", mib(p->initrd.size),
                   (unsigned long)p->initrd.base.a);
        return true;
    }
    if (row - 2 >= vm_count)
        return false;
    const struct vm *vm = vms[row - 2];
    if (vm == NULL)
        return true;
    print_line("VM %-16s %6lu MiB at gpa 0x%lx, hpa 0x%lx, %s, VMID %u", vm->config->name,
               mib(vm->config->memory), (unsigned long)GUEST_RAM_BASE, (unsigned long)vm->ram.a,
               vm->memory.mode == GSTAGE_SV48X4 ? "Sv48x4" : "Sv39x4", vm->memory.vmid);
    return true;
}

static void run_mem(const struct words *words)
{
    if (arg_end("mem", words, 1))
        shell_print(print_memory_row);
}

static void level_names(struct candidates *to)
{
    for (unsigned i = 0; i < LOG_LEVELS; i++)
        candidates_add(to, log_level_name(i));
}

static void run_log(const struct words *words)
{
    if (!arg_end("log", words, 2))
        return;
    if (words->count == 1)
        print_line("log: %s", log_level_name(log_level));
    else if (!log_set_level(words->word[1]))
        arg_not_one_of("log", "LEVEL", words->word[1], level_names);
}

static void complete_log(const struct words *before, unsigned at, struct candidates *to)
{
    (void)before;
    if (at == 1)
        level_names(to);
}

const struct command command_harts = {
    "harts", "", "the host's harts and what each runs", NULL, run_harts, NULL,
};
const struct command command_mem = {
    "mem", "", "the host's memory, and where the VMs' is", NULL, run_mem, NULL,
};
const struct command command_log = {
    "log", "[LEVEL]", "shows or sets the level of the log", NULL, run_log, complete_log,
};
