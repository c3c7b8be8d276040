/* Two harts with a ledger on the first; time stands still unless a test moves it. */
#pragma once
#include <axhal/arch/csr.h>
#include <axhal/arch/current.h>
#include <axhal/hart.h>
#include <axhal/platform.h>
#include <axtrace/ledger_book.h>
#include <axtrace/trace.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct fixture {
    struct hart harts[2];
    uint64_t exits;
    struct ledger *ledger; /* of VM 0's vCPU 0, started at time 1000 */
    struct ledger_view view;
    bool no_memory; /* of the heap */
};
extern struct fixture f;

int fixture_setup(void **state);
int fixture_teardown(void **state);
/* Time goes on by `ticks`, and what is current so far is left for `column`. */
void spend(uint64_t ticks, enum ledger_column column);
/* Reads f.view, and asserts that its columns sum to the wall clock. */
void read_ledger(void);

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int run_histogram_tests(void);
int run_ledger_tests(void);
int run_quiet_tests(void);
int run_ring_tests(void);
int run_dump_tests(void);
