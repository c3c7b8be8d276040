/*
 * heartbeat: prints `beat N` at every timer interrupt, 50 ms apart, for ever; and `heartbeat: …`
 * and no more if any other trap comes.
 */
#include "../../../apps/jitter/csr.h"
#include "../../../apps/jitter/sbi.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PERIOD 500000 /* ticks: 50 ms of QEMU's 10 MHz */

void heartbeat_init(void);
void heartbeat_trap(uint64_t cause, uint64_t pc);

static uint64_t beats, deadline;

static void print(const char *line)
{
    sbi_call(SBI_EXT_DBCN, SBI_DBCN_WRITE, strlen(line), (uintptr_t)line, 0, 0);
}

void heartbeat_init(void)
{
    deadline = time_now() + PERIOD;
    sbi_set_timer(deadline);
    csr_set(sie, IRQ_BIT(IRQ_STI));
    csr_set(sstatus, SSTATUS_SIE);
}

void heartbeat_trap(uint64_t cause, uint64_t pc)
{
    char line[80];
    if (cause == (CAUSE_INTERRUPT | IRQ_STI)) {
        snprintf(line, sizeof line, "beat %" PRIu64 "\n", ++beats);
        deadline += PERIOD;
    } else {
        snprintf(line, sizeof line, "heartbeat: unexpected scause %" PRIx64 " sepc %" PRIx64 "\n",
                 cause, pc);
        deadline = UINT64_MAX;
        csr_write(sie, 0);
    }
    print(line);
    sbi_set_timer(deadline);
}
