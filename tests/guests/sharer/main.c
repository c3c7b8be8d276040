/*
 * sharer: lets apps/doubler, the last peer, double `rounds=N` numbers, each with a doorbell there
 * and one back; then starts again until it has done so `starts=N` times, counted in the shared
 * memory, and ends. It prints `sharer: start N: …` each time.
 */
#include <axbare/arch/csr.h>
#include <axbare/arch/sbi.h>
#include <axbare/doorbell.h>
#include <axbare/machine.h>
#include <axbare/say.h>
#include <inttypes.h>

#define READY 1
#define STARTS 16 /* the word that counts them */

static volatile uint32_t *words;

void fail(const char *what)
{
    sayf("sharer: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

/* Its state comes with an interrupt, or was there before this guest asked for any. */
static void wait_for(uint32_t peer)
{
    while (shared_states()[peer] != READY)
        doorbell_wait();
}

static void run_round(uint32_t peer, uint32_t number)
{
    words[0] = number;
    doorbell_write(DOORBELL_RING, peer << 16);
    while (words[1] != 2 * number)
        doorbell_wait();
}

static uint64_t run_rounds(uint32_t peer, uint64_t rounds)
{
    uint64_t start = time_now();
    for (uint64_t n = 1; n <= rounds; n++)
        run_round(peer, (uint32_t)n);
    return time_now() - start;
}

void bare_main(uint64_t id, const void *fdt)
{
    static struct machine machine;
    machine_read(&machine, fdt, id);
    words = shared_words();
    uint64_t rounds = bootargs_number(fdt, "rounds", 1000),
             starts = bootargs_number(fdt, "starts", 1);
    uint32_t peer = doorbell_read(DOORBELL_PEERS) - 1;
    words[1] = 0;
    words[STARTS] = words[STARTS] + 1;
    doorbell_open();
    doorbell_write(DOORBELL_STATE, READY);
    wait_for(peer);
    uint64_t ticks = run_rounds(peer, rounds);
    sayf("sharer: start %u: %" PRIu64 " rounds, %" PRIu64 " ns each\n", (unsigned)words[STARTS],
         rounds, ticks * (UINT64_C(1000000000) / machine.timebase) / rounds);
    if (words[STARTS] < starts)
        reboot();
    shut_down(SBI_SRST_NO_REASON);
}
