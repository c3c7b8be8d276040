/* For tests of modules that book: a fresh ledger on the current fake hart. */
#pragma once
#include <axtrace/ledger_book.h>
#include <axtrace/trace.h>

#define FAKE_LEDGERS 64

struct ledger *fake_ledger(uint16_t vcpu, const uint64_t *exits);
void trace_piece(const struct ledger *ledger, enum ledger_column column, uint64_t ticks,
                 uint64_t now);
void trace_late(const struct ledger *ledger, uint64_t deadline, uint64_t ticks,
                enum trace_blame blame, enum ledger_column column);
