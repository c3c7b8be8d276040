/* No event is recorded; and a ledger for each vCPU that a test of another module needs. */
#include "fake_ledger.h"

_Atomic bool trace_recording;

void trace_record(enum trace_event event, uint16_t vm, uint16_t vcpu, uint64_t a, uint64_t b) {}

void trace_piece(const struct ledger *ledger, enum ledger_column column, uint64_t ticks,
                 uint64_t now)
{
}

void trace_late(const struct ledger *ledger, uint64_t deadline, uint64_t ticks,
                enum trace_blame blame, enum ledger_column column)
{
}

static struct ledger ledgers[FAKE_LEDGERS];

struct ledger *fake_ledger(uint16_t vcpu, const uint64_t *exits)
{
    static struct hart hart;
    if (fake_hart == NULL)
        fake_hart = &hart;
    struct ledger *ledger = &ledgers[vcpu];
    *ledger = (struct ledger){0};
    ledger_init(ledger, 0, vcpu, "test", exits);
    ledger_start(ledger);
    return ledger;
}
