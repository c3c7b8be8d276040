/*
 * Interrupts by a store to an interrupt file (AIA 1.0 §3.5), to oneself and to the second hart.
 * They take no exits in a VM whose vCPUs have guest interrupt files; a hypervisor with the QUIET
 * extension counts how many they do take.
 */
#include "bench.h"
#include "report.h"
#include <axbare/arch/fence.h>
#include <axbare/arch/sbi.h>
#include <axbare/hart.h>
#include <axbare/imsic.h>

#define MESSAGES 2000
#define IDENTITY 1

static volatile uint64_t fenced; /* messages that the second hart has done its fence for */

/* Natively no hypervisor counts: the calls fail, and there are no exits. */
static void begin_counting(void)
{
    sbi_call(SBI_EXT_QUIET, SBI_QUIET_BEGIN, 0, 0, 0, 0);
}

static uint64_t end_counting(void)
{
    struct sbi_ret exits = sbi_call(SBI_EXT_QUIET, SBI_QUIET_END, 0, 0, 0, 0);
    return exits.error == SBI_SUCCESS ? (uint64_t)exits.value : 0;
}

/* Ticks until all messages to the file of `page` have been answered in `answers`, one by one. */
static uint64_t time_messages(uint64_t page, const volatile uint64_t *answers, const char *lost)
{
    uint64_t start = time_now();
    for (int i = 0; i < MESSAGES; i++) {
        uint64_t old = *answers;
        imsic_send(page, IDENTITY);
        wait_for_change(answers, old, lost);
    }
    return time_now() - start;
}

void messages_accept(void)
{
    imsic_open(IDENTITY);
    interrupts_enable(IRQ_BIT(IRQ_SEI));
}

void messages_refuse(void)
{
    interrupts_disable(IRQ_BIT(IRQ_SEI));
    imsic_close();
}

void bench_imsic_self(const struct machine *machine)
{
    if (machine->imsic == 0)
        return;
    messages_accept();
    begin_counting();
    uint64_t ticks =
        time_messages(machine->imsic, &harts[0].messages, "imsic_self: the interrupt was lost");
    uint64_t exits = end_counting();
    messages_refuse();
    report_mean("imsic_self", ticks, MESSAGES);
    report_exits("imsic_self_exits", exits);
}

void messages_fence(void)
{
    uint64_t asked = harts[1].messages;
    if (asked == fenced)
        return;
    sfence_vma_all();
    fenced = asked;
}

static void bench_to_peer(const struct machine *machine, const char *figure,
                          const char *exits_figure, const volatile uint64_t *answers,
                          const char *lost)
{
    begin_counting();
    uint64_t ticks = time_messages(machine->peer_imsic, answers, lost);
    uint64_t exits = end_counting();
    report_mean(figure, ticks, MESSAGES);
    report_exits(exits_figure, exits);
}

void bench_imsic_cross(const struct machine *machine)
{
    bench_to_peer(machine, "imsic_cross", "imsic_cross_exits", &harts[1].messages,
                  "imsic_cross: the other hart did not handle it");
}

void bench_imsic_fence(const struct machine *machine)
{
    bench_to_peer(machine, "imsic_fence", "imsic_fence_exits", &fenced,
                  "imsic_fence: the other hart did not do its fence");
}
