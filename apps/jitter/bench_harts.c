/*
 * Interrupts to oneself, and what one hart asks of another. The second hart spins all the time, so
 * that the figures hold nothing of what waking from wfi takes.
 */
#include "bench.h"
#include "report.h"
#include <axbare/arch/sbi.h>
#include <axbare/hart.h>

#define IPIS 2000
#define RFENCES 2000
#define STARTS 200
#define STATUS_ROUNDS (1 << 24)

static volatile uint64_t starts;
static volatile bool stop_wanted;

void bench_ipi_self(uint64_t id)
{
    interrupts_enable(IRQ_BIT(IRQ_SSI));
    uint64_t start = time_now();
    for (int i = 0; i < IPIS; i++) {
        uint64_t old = harts[0].ipis;
        sbi_send_ipi(1, id);
        wait_for_change(&harts[0].ipis, old, "ipi_self: the interrupt did not come");
    }
    uint64_t ticks = time_now() - start;
    interrupts_disable(IRQ_BIT(IRQ_SSI));
    report_mean("ipi_self", ticks, IPIS);
}

static void second_main(void)
{
    starts = starts + 1;
    interrupts_enable(IRQ_BIT(IRQ_SSI));
    while (!stop_wanted)
        ;
    interrupts_disable(IRQ_BIT(IRQ_SSI));
    stop_self();
}

/* Takes messages only: a file has to be open before it is sent to. */
static void second_messages(void)
{
    messages_accept();
    starts = starts + 1;
    while (!stop_wanted)
        ;
    messages_refuse();
    stop_self();
}

/* A remote fence without the SBI, as Linux does it where it has messages for IPIs. */
static void second_fences(void)
{
    messages_accept();
    messages_fence();
    starts = starts + 1;
    while (!stop_wanted)
        messages_fence();
    messages_refuse();
    stop_self();
}

/* Ticks from the call until the started hart has said so. */
static uint64_t time_start(uint64_t id, void (*main)(void))
{
    uint64_t old = starts, start = time_now();
    stop_wanted = false;
    if (second_start(id, main) != SBI_SUCCESS)
        fail("hart_start: the call failed");
    wait_for_change(&starts, old, "hart_start: the hart did not come");
    return time_now() - start;
}

/* Ticks from the wish until HSM says STOPPED. */
static uint64_t time_stop(uint64_t id)
{
    uint64_t start = time_now();
    stop_wanted = true;
    for (int i = 0; i < STATUS_ROUNDS; i++)
        if (sbi_hart_status(id) == SBI_HSM_STOPPED)
            return time_now() - start;
    fail("hart_stop: the hart did not stop");
}

static void bench_start_stop(uint64_t id)
{
    uint64_t start_ticks = 0, stop_ticks = 0;
    for (int i = 0; i < STARTS; i++) {
        start_ticks += time_start(id, second_main);
        stop_ticks += time_stop(id);
    }
    report_mean("hart_start", start_ticks, STARTS);
    report_mean("hart_stop", stop_ticks, STARTS);
}

static void bench_ipi_cross(uint64_t id)
{
    uint64_t start = time_now();
    for (int i = 0; i < IPIS; i++) {
        uint64_t old = harts[1].ipis;
        sbi_send_ipi(1, id);
        wait_for_change(&harts[1].ipis, old, "ipi_cross: the other hart did not handle it");
    }
    report_mean("ipi_cross", time_now() - start, IPIS);
}

static void bench_rfence(uint64_t id)
{
    uint64_t start = time_now();
    for (int i = 0; i < RFENCES; i++)
        if (sbi_call(SBI_EXT_RFENCE, SBI_RFENCE_SFENCE_VMA, 1, id, 0, UINT64_MAX).error)
            fail("rfence: the call failed");
    report_mean("rfence", time_now() - start, RFENCES);
}

void bench_harts(const struct machine *machine)
{
    if (!machine->has_peer)
        return;
    bench_start_stop(machine->peer);
    time_start(machine->peer, second_main);
    bench_ipi_cross(machine->peer);
    bench_rfence(machine->peer);
    time_stop(machine->peer);
    if (machine->peer_imsic == 0)
        return;
    time_start(machine->peer, second_messages);
    bench_imsic_cross(machine);
    time_stop(machine->peer);
    time_start(machine->peer, second_fences);
    bench_imsic_fence(machine);
    time_stop(machine->peer);
}
