/*
 * steal: makes exits of several kinds, then one of a kind of its own (FWFT), reads its steal time,
 * prints `steal N` and ends. With `wait=NS` in its command line it first waits, without an exit,
 * until so much more was stolen; it prints `waits` before. So what the ledger has in other columns
 * than FWFT's and the two of the end must be what the guest has read.
 */
#include <axbare/arch/sbi.h>
#include <axbare/machine.h>
#include <axbare/say.h>
#include <inttypes.h>

#define ROUNDS 100
#define CLOCK UINT64_C(0x101000) /* the RTC's time */

static volatile struct {
    uint32_t sequence, flags;
    uint64_t steal;
    uint8_t preempted, pad[47];
} area __attribute__((aligned(64)));

void fail(const char *what)
{
    sayf("steal: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

/* SBI 3.0 §16.1: what is read between two equal and even numbers. */
static uint64_t read_steal(void)
{
    uint64_t steal;
    uint32_t before;
    do {
        before = area.sequence;
        steal = area.steal;
    } while (before != area.sequence || before % 2 != 0);
    return steal;
}

/* The legacy call, so that the ledger has DBCN but once, at the end. */
static void wait_for_steal(uint64_t ns)
{
    uint64_t before = read_steal();
    for (const char *c = "waits\n"; ns != 0 && *c != '\0'; c++)
        sbi_call(SBI_EXT_LEGACY_PUTCHAR, 0, (uint8_t)*c, 0, 0, 0);
    while (read_steal() - before < ns)
        continue;
}

void bare_main(uint64_t id, const void *fdt)
{
    long error = sbi_call(SBI_EXT_STA, SBI_STA_SET_SHMEM, (uintptr_t)&area, 0, 0, 0).error;
    for (unsigned i = 0; i < ROUNDS; i++) {
        sbi_hart_status(id);
        sbi_send_ipi(1, id); /* the fast path */
        (void)*(const volatile uint32_t *)CLOCK;
    }
    wait_for_steal(bootargs_number(fdt, "wait", 0));
    sbi_call(SBI_EXT_FWFT, SBI_FWFT_GET, SBI_FWFT_MISALIGNED_EXC_DELEG, 0, 0, 0);
    uint64_t steal = read_steal();
    sayf("steal %" PRIu64 " after %u updates, error %ld\n", steal, area.sequence / 2, error);
    shut_down(SBI_SRST_NO_REASON);
}
