/* The second hart: started and stopped again and again, fenced, flooded. */
#include "cases.h"

#define STARTS 1000
#define FLOOD_CALLS 20000
#define FLOOD_IPIS 20000
#define FENCE_EVERY 40 /* an answer from another hart takes the emulator long */
#define LIMIT_S 10

extern char rogue_second_entry[];
_Noreturn void second_main(uint64_t id, uint64_t opaque, uint64_t satp, uint64_t status);

/* What the second hart says of itself; `starts` is written last. */
static struct {
    volatile uint64_t starts, id, opaque, satp, sie, ipis;
} second;
static volatile enum command wanted;
static volatile uint64_t ipi_target;
static uint64_t timebase;

static void take_ipi(void)
{
    if (!(csr_read(sip) & IRQ_BIT(IRQ_SSI)))
        return;
    csr_clear(sip, IRQ_BIT(IRQ_SSI));
    second.ipis = second.ipis + 1;
}

/* From stray.S, with what satp and sstatus were at the first instruction. */
void second_main(uint64_t id, uint64_t opaque, uint64_t first_satp, uint64_t status)
{
    second.id = id;
    second.opaque = opaque;
    second.satp = first_satp;
    second.sie = status & SSTATUS_SIE;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    second.starts = second.starts + 1;
    while (wanted != STOP) {
        take_ipi();
        if (wanted == SEND_IPI) {
            uint64_t later = time_now() + timebase / 100;
            while (time_now() < later)
                ;
            wanted = SPIN; /* before the target goes on: it may want something else at once */
            sbi_call(SBI_EXT_IPI, SBI_IPI_SEND, 1, ipi_target, 0, 0);
        }
    }
    sbi_call(SBI_EXT_HSM, SBI_HSM_STOP, 0, 0, 0, 0);
    fail("hart_stop returned");
}

void second_command(enum command command)
{
    wanted = command;
}

void second_start_at(uint64_t id, uint64_t opaque)
{
    uint64_t old = second.starts, end = time_now() + LIMIT_S * timebase;
    wanted = SPIN;
    struct sbi_ret r =
        sbi_call(SBI_EXT_HSM, SBI_HSM_START, id, (uintptr_t)rogue_second_entry, opaque, 0);
    if (r.error != SBI_SUCCESS)
        fail("hart_start of a stopped hart failed");
    while (second.starts == old)
        if (time_now() > end)
            fail("the second hart did not come");
}

void second_stop(uint64_t id)
{
    uint64_t end = time_now() + LIMIT_S * timebase;
    wanted = STOP;
    while (sbi_hart_status(id) != SBI_HSM_STOPPED)
        if (time_now() > end)
            fail("the second hart did not stop");
}

static void check_starts(uint64_t peer)
{
    uint64_t wrong = 0;
    for (uint64_t i = 0; i < STARTS; i++) {
        uint64_t opaque = ~i << 32 | i;
        second_start_at(peer, opaque);
        wrong += second.id != peer || second.opaque != opaque || second.satp != 0 || second.sie;
        wrong += sbi_hart_status(peer) != SBI_HSM_STARTED;
        second_stop(peer);
    }
    check_equal("second hart started 1000 times", "starts, wrong", VALUES(second.starts, wrong),
                VALUES(STARTS, 0), 2);
}

static void check_started(uint64_t peer)
{
    struct sbi_ret r =
        sbi_call(SBI_EXT_HSM, SBI_HSM_START, peer, (uintptr_t)rogue_second_entry, 0, 0);
    check_one("hart_start of a started hart", "error", (uint64_t)r.error,
              (uint64_t)SBI_ERR_ALREADY_AVAILABLE);
    r = sbi_call(SBI_EXT_SUSP, SBI_SUSP_SUSPEND, 0, (uintptr_t)rogue_second_entry, 0, 0);
    check_one("susp while another hart runs", "error", (uint64_t)r.error, (uint64_t)SBI_ERR_DENIED);
}

static void flood(uint64_t peer, uint64_t self)
{
    uint64_t wrong = 0;
    for (int i = 0; i < FLOOD_CALLS; i++)
        wrong += sbi_call(SBI_EXT_BASE, SBI_BASE_PROBE, SBI_EXT_HSM, 0, 0, 0).value != 1;
    for (int i = 0; i < FLOOD_IPIS; i++) {
        wrong += sbi_call(SBI_EXT_IPI, SBI_IPI_SEND, 1, peer, 0, 0).error != SBI_SUCCESS;
        wrong += sbi_call(SBI_EXT_IPI, SBI_IPI_SEND, 1, self, 0, 0).error != SBI_SUCCESS;
        if (i % FENCE_EVERY == 0)
            wrong +=
                sbi_call(SBI_EXT_RFENCE, SBI_RFENCE_FENCE_I, 1, peer, 0, 0).error != SBI_SUCCESS;
    }
    uint64_t end = time_now() + LIMIT_S * timebase, before = second.ipis;
    sbi_call(SBI_EXT_IPI, SBI_IPI_SEND, 1, peer, 0, 0);
    while (second.ipis == before && time_now() < end)
        ;
    check_equal("flood of calls, IPIs and fences", "wrong, last IPI came",
                VALUES(wrong, second.ipis != before), VALUES(0, true), 2);
    csr_clear(sip, IRQ_BIT(IRQ_SSI));
}

void harts_init(const struct machine *machine, uint64_t self)
{
    timebase = machine->timebase;
    ipi_target = self;
}

void hart_cases(const struct machine *machine, uint64_t self)
{
    if (!machine->has_peer)
        return;
    check_starts(machine->peer);
    second_start_at(machine->peer, 0);
    check_started(machine->peer);
    flood(machine->peer, self);
    second_stop(machine->peer);
}
