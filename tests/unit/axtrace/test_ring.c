/* What rings keep, and when they stop. */
#include "fixture.h"
#include "parts.h"

static const struct trace_record *last(uint32_t hart)
{
    struct ring_view ring = ring_of_hart(hart);
    assert_true(ring.written > 0);
    return &ring.records[(ring.written - 1) % ring.size];
}

static void nothing_is_kept_when_off(void **state)
{
    assert_int_equal(trace_set(TRACE_OVERWRITE), OK);
    uint64_t before = ring_of_hart(0).written;
    assert_int_equal(trace_set(TRACE_OFF), OK);
    trace(TRACE_WFI, 0, 0, 1, 0);
    assert_int_equal(ring_of_hart(0).written, before);
}

static void events_go_to_the_own_hart(void **state)
{
    assert_int_equal(trace_set(TRACE_OVERWRITE), OK);
    fake_hart = &f.harts[1];
    fake_csr.time = 2000;
    trace(TRACE_INJECT, 3, 1, 12, 0x1234);
    assert_int_equal(ring_of_hart(0).written, 0);
    const struct trace_record *r = last(1);
    assert_int_equal(r->time, 2000);
    assert_int_equal(r->event, TRACE_INJECT);
    assert_int_equal(r->vm, 3);
    assert_int_equal(r->vcpu, 1);
    assert_int_equal(r->a, 12);
    assert_int_equal(r->b, 0x1234);
}

static void the_boot_comes_first(void **state)
{
    f.harts[1].step_time[HART_STEP_HART_START] = 17;
    f.harts[1].step_time[HART_STEP_SECONDARY_ENTRY] = 19;
    assert_int_equal(trace_set(TRACE_STOP), OK);
    assert_int_equal(ring_of_hart(1).written, 2);
    assert_int_equal(ring_of_hart(1).records[0].time, 17);
    assert_int_equal(ring_of_hart(1).records[0].b, 7);
    assert_int_equal(last(1)->a, HART_STEP_SECONDARY_ENTRY);
}

static void the_newest_are_kept(void **state)
{
    assert_int_equal(trace_set(TRACE_OVERWRITE), OK);
    uint64_t size = ring_of_hart(0).size;
    for (uint64_t i = 0; i < size + 5; i++)
        trace(TRACE_WFI, 0, 0, i, 0);
    assert_int_equal(ring_of_hart(0).written, size + 5);
    assert_int_equal(last(0)->a, size + 4);
}

static void a_full_one_stops_if_told_to(void **state)
{
    assert_int_equal(trace_set(TRACE_STOP), OK);
    uint64_t size = ring_of_hart(0).size;
    for (uint64_t i = 0; i < size + 5; i++)
        trace(TRACE_WFI, 0, 0, i, 0);
    assert_int_equal(ring_of_hart(0).written, size);
    assert_int_equal(ring_of_hart(0).refused, 5);
    assert_int_equal(last(0)->a, size - 1);
}

/* `number` counts the events of the hart, as `a` does in this test. */
static bool is_kept(uint64_t number)
{
    uint64_t found = number;
    const struct trace_record *record = kept_next(0, &found);
    return record != NULL && found == number && record->a == number;
}

static void fill(uint64_t from, uint64_t to)
{
    for (uint64_t i = from; i < to; i++)
        trace(TRACE_WFI, 0, 0, i, 0);
}

static void the_latest_timers_are_kept(void **state)
{
    assert_int_equal(trace_set(TRACE_OVERWRITE), OK);
    fill(0, 100);
    trace_late(f.ledger, 100, 5000, TRACE_BLAME_EXIT, LEDGER_SBI_BASE); /* its number is 100 */
    fill(101, 110);
    trace_late(f.ledger, 110, 70, TRACE_BLAME_EXIT, LEDGER_SBI_BASE);
    fill(111, 20000);
    assert_false(is_kept(68));
    for (uint64_t number = 69; number <= 110; number++)
        assert_true(is_kept(number));
    uint64_t beyond = 111;
    assert_null(kept_next(0, &beyond));
    /* Eight that are later take the place of the least one, and leave the latest. */
    for (uint64_t i = 0; i < 7; i++) {
        fill(20000 + 100 * i, 20099 + 100 * i);
        trace_late(f.ledger, 20099 + 100 * i, 100 + i, TRACE_BLAME_EXIT, LEDGER_SBI_BASE);
    }
    assert_true(is_kept(100));
    assert_false(is_kept(110));
    trace_late(f.ledger, 20700, 99, TRACE_BLAME_EXIT, LEDGER_SBI_BASE);
    assert_false(is_kept(20700));
    assert_int_equal(trace_set(TRACE_OVERWRITE), OK);
    uint64_t none = 0;
    assert_null(kept_next(0, &none));
}

static void the_first_events_are_kept_around_a_late_timer(void **state)
{
    assert_int_equal(trace_set(TRACE_OVERWRITE), OK);
    trace_late(f.ledger, 0, 9, TRACE_BLAME_EXIT, LEDGER_SBI_BASE);
    assert_true(is_kept(0));
    uint64_t next = 1;
    assert_null(kept_next(0, &next));
}

static void pieces_are_events(void **state)
{
    assert_int_equal(trace_set(TRACE_OVERWRITE), OK);
    spend(4, LEDGER_GUEST);
    f.ledger->exit.pc = 0x80200000;
    spend(9, LEDGER_SBI_BASE);
    struct ring_view ring = ring_of_hart(0);
    const struct trace_record *piece = &ring.records[ring.written - 2], *out = last(0);
    assert_int_equal(piece->event, TRACE_PIECE);
    assert_int_equal(piece->a, LEDGER_GUEST);
    assert_int_equal(piece->b, 9);
    assert_int_equal(out->event, TRACE_EXIT);
    assert_int_equal(out->a, 0x80200000);
}

static void the_trigger_ends_it(void **state)
{
    assert_int_equal(trace_set(TRACE_OVERWRITE), OK);
    trace_trigger(LEDGER_SBI_BASE, 50);
    spend(1, LEDGER_SBI_BASE);
    spend(49, LEDGER_SBI_BASE);
    assert_true(trace_recording);
    spend(50, LEDGER_GUEST);
    assert_false(trace_recording);
    uint64_t written = ring_of_hart(0).written;
    spend(50, LEDGER_GUEST);
    assert_int_equal(ring_of_hart(0).written, written);
    assert_int_equal(last(0)->b, 50);
}

static void a_vcpu_that_starts_later_is_recorded(void **state)
{
    assert_int_equal(trace_set(TRACE_OVERWRITE), OK);
    ledger_stop(f.ledger);
    ledger_start(f.ledger);
    uint64_t written = ring_of_hart(0).written;
    spend(2, LEDGER_GUEST);
    spend(2, LEDGER_GUEST);
    spend(2, LEDGER_GUEST);
    assert_true(ring_of_hart(0).written >= written + 3);
}

int run_ring_tests(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_kept_when_off),    TEST(events_go_to_the_own_hart),
        TEST(the_boot_comes_first),        TEST(the_newest_are_kept),
        TEST(a_full_one_stops_if_told_to), TEST(pieces_are_events),
        TEST(the_trigger_ends_it),         TEST(a_vcpu_that_starts_later_is_recorded),
        TEST(the_latest_timers_are_kept),  TEST(the_first_events_are_kept_around_a_late_timer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
