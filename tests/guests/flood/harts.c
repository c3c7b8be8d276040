/* What two harts of a VM do to each other, as fast as they can. */
#include "kinds.h"
#include <axbare/arch/sbi.h>
#include <axbare/hart.h>
#include <axbare/imsic.h>
#include <axbare/machine.h>
#include <axbare/say.h>
#include <stdbool.h>
#include <stddef.h>

#define ALL_HARTS UINT64_MAX /* as the mask's base: SBI 2.0 §3.1 */
#define LIMIT_S 60

static struct machine machine;
static void (*volatile repeated)(void);
static volatile bool ends;

uint64_t harts_prepare(const void *fdt, uint64_t self)
{
    machine_read(&machine, fdt, self);
    return machine.timebase;
}

static void repeat(void)
{
    kinds_prepare();
    while (!ends)
        repeated();
    stop_self();
}

static void start_second(void (*main)(void))
{
    if (second_start(machine.peer, main) != SBI_SUCCESS)
        fail("the second hart does not start");
}

static void wait_until_stopped(void)
{
    uint64_t limit = time_now() + LIMIT_S * machine.timebase;
    while (sbi_hart_status(machine.peer) != SBI_HSM_STOPPED)
        if (time_now() > limit)
            fail("the second hart does not stop");
}

void harts_begin(void (*meanwhile)(void))
{
    repeated = meanwhile;
    ends = false;
    start_second(repeat);
}

/* It may be asleep. */
void harts_end(void)
{
    ends = true;
    wake_other();
    wait_until_stopped();
    csr_clear(sip, IRQ_BIT(IRQ_SSI));
}

void churn_hart(void)
{
    start_second(stop_self);
    wait_until_stopped();
}

void storm_ipi(void)
{
    sbi_send_ipi(0, ALL_HARTS);
    csr_clear(sip, IRQ_BIT(IRQ_SSI));
}

void storm_fence(void)
{
    sbi_remote_fence(SBI_RFENCE_FENCE_I, 0, ALL_HARTS, 0, 0, 0);
    sbi_remote_fence(SBI_RFENCE_SFENCE_VMA, 0, ALL_HARTS, 0, UINT64_MAX, 0);
    sbi_remote_fence(SBI_RFENCE_SFENCE_VMA_ASID, 0, ALL_HARTS, 0, UINT64_MAX, 1);
}

/* As kernels interrupt harts that have interrupt files. */
void storm_messages(void)
{
    imsic_send(machine.imsic, 1);
    imsic_send(machine.peer_imsic, 1);
}

void wake_other(void)
{
    sbi_send_ipi(1, machine.peer);
}

void sleep_until_woken(void)
{
    csr_set(sie, IRQ_BIT(IRQ_SSI));
    sbi_call(SBI_EXT_HSM, SBI_HSM_SUSPEND, SBI_HSM_SUSPEND_RETENTIVE, 0, 0, 0);
    csr_clear(sip, IRQ_BIT(IRQ_SSI));
}
