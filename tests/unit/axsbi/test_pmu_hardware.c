/* PMU: the host's counters, cycle (0), instret (2), 3 and 31; the fixture is their firmware. */
#include "fixture.h"
#include <lib/bits.h>
#include <string.h>

#define PMU(function) SBI_EXT_PMU, SBI_PMU_##function
#define CYCLES 1
#define RUNNING(name) cmocka_unit_test_setup(name, with_running_counters)
#define ALL (BIT(0) | BIT(2) | BIT(3) | BIT(31))
#define MINE (SBI_PMU_UINH | SBI_PMU_SINH | SBI_PMU_MINH)

static void tells_the_hosts_counters(void **state)
{
    ASSERT_RETURNS(0x3fc00, PMU(COUNTER_INFO), 0);
    ASSERT_RETURNS(0x3fc02, PMU(COUNTER_INFO), 2);
    ASSERT_RETURNS(0x2fc03, PMU(COUNTER_INFO), 3);
    ASSERT_RETURNS(0x2fc1f, PMU(COUNTER_INFO), 31);
}

static void start_hart(void)
{
    for (unsigned step = 0; sbi_hart_start(&f.machine, &f.vcpus[CALLER], step); step++)
        continue;
}

/* As after a hart's start: cycle and instret run. */
static int with_running_counters(void **state)
{
    fixture_setup(state);
    start_hart();
    f.events[0] = '\0';
    return 0;
}

static void lets_cycle_and_instret_run_from_the_start(void **state)
{
    start_hart();
    assert_events("configure 0x1 as 0x1 0\nstart counter 0 flags 0 value 0\n"
                  "configure 0x4 as 0x2 0\nstart counter 2 flags 0 value 0\n");
    assert_int_equal(f.given_flags, MINE);                         /* for the guest alone */
    struct answer a = CALL(PMU(STOP), 0, ALL, SBI_PMU_STOP_RESET); /* Linux does so at its start */
    assert_int_equal(a.error, SBI_ERR_ALREADY_STOPPED);
    assert_events("");
}

static void counts_an_event_while_it_is_configured(void **state)
{
    ASSERT_CALL("stop counter 0 flags 1\nconfigure 0x1 as 0x1 0\n", 0, PMU(CONFIG_MATCHING), 0, ALL,
                0, CYCLES, 0);
    ASSERT_DOES("start counter 0 flags 1 value 42\n", PMU(START), 0, 1, 1, 42);
    ASSERT_DOES("stop counter 0 flags 0\n", PMU(STOP), 0, 1, 0);
    struct answer a = CALL(PMU(STOP), 0, 1, SBI_PMU_STOP_RESET);
    assert_int_equal(a.error, SBI_ERR_ALREADY_STOPPED);
    /* And it runs on for its readers. */
    assert_events(
        "stop counter 0 flags 1\nconfigure 0x1 as 0x1 0\nstart counter 0 flags 0 value 0\n");
}

/* The firmware is called once in an exit: a counter that it has lent to be asked about an event is
 * given back before the call goes on, or before another one begins. */
static void calls_the_firmware_once_a_part(void **state)
{
    struct {
        uint32_t event, output;
        uint64_t data;
    } *const table = (void *)f.ram;
    for (unsigned i = 0; i < 2; i++)
        table[i].event = 0x10003 + i; /* the second one is not counted */
    ASSERT_DOES(
        "configure 0x18 as 0x10003 0\nstop counter 3 flags 1\nconfigure 0x18 as 0x10004 0\n",
        PMU(EVENT_INFO), RAM, 0, 2, 0);
    assert_int_equal(f.parts, 3); /* an entry, its counter, an entry */
    assert_int_equal(table[0].output, 1);
    assert_int_equal(table[1].output, 0);
    assert_int_equal(f.taken & BIT(3), 0);
}

static void gives_back_what_was_lent(void **state)
{
    struct vcpu *vcpu = &f.vcpus[CALLER];
    *(uint32_t *)f.ram = 0x10003;
    const uint64_t call[] = {RAM, 0, 1, 0, 0, 0, SBI_PMU_EVENT_INFO, SBI_EXT_PMU};
    memcpy(&vcpu->x[REG_A0], call, sizeof call);
    while (f.harts[CALLER].pmu.lent == 0)
        assert_int_equal(handle_call(vcpu), SBI_AGAIN);
    f.events[0] = '\0';
    ASSERT_DOES("stop counter 3 flags 1\n", PMU(STOP), 0, 0, 0); /* another one */
    assert_int_equal(f.parts, 2);
    memcpy(&vcpu->x[REG_A0], call, sizeof call);
    vcpu->sepc += 4; /* one more from elsewhere: it begins */
    while (f.harts[CALLER].pmu.lent == 0)
        assert_int_equal(handle_call(vcpu), SBI_AGAIN);
    f.events[0] = '\0';
    sbi_hart_reset(&f.machine, vcpu);
    assert_non_null(strstr(f.events, "stop counter 3 flags 1\n"));
    assert_int_equal(f.harts[CALLER].pmu.lent, 0);
}

/* cycle may be unable to filter where the others can. */
static void counts_cycles_where_the_host_is_not_counted(void **state)
{
    f.has_sscofpmf = true;
    sbi_init();
    ASSERT_CALL("configure 0x18 as 0x1 0\n", 3, PMU(CONFIG_MATCHING), 0, ALL, 0, CYCLES, 0);
    ASSERT_CALL("configure 0x10 as 0x1 0\n", 31, PMU(CONFIG_MATCHING), 0, ALL, 0, CYCLES, 0);
    ASSERT_CALL("stop counter 0 flags 1\nconfigure 0x1 as 0x1 0\n", 0, PMU(CONFIG_MATCHING), 0, ALL,
                0, CYCLES, 0);
}

static void does_not_count_the_host(void **state)
{
    static const uint64_t guests[][2] = {
        {0, MINE},
        {SBI_PMU_UINH, MINE | SBI_PMU_VUINH},
        {SBI_PMU_SINH, MINE | SBI_PMU_VSINH},
        {SBI_PMU_VUINH | SBI_PMU_VSINH | SBI_PMU_MINH, MINE | SBI_PMU_VUINH | SBI_PMU_VSINH},
        {SBI_PMU_CLEAR_VALUE | SBI_PMU_SKIP_MATCH, MINE | SBI_PMU_CLEAR_VALUE},
    };
    for (size_t i = 0; i < COUNT(guests); i++) {
        CALL(PMU(CONFIG_MATCHING), 0, 1, guests[i][0], CYCLES, 0);
        assert_int_equal(f.given_flags, guests[i][1]);
        CALL(PMU(STOP), 0, 1, SBI_PMU_STOP_RESET);
    }
}

static void starts_at_once_on_demand(void **state)
{
    f.running = 0;
    ASSERT_CALL("stop counter 0 flags 1\nconfigure 0x1 as 0x1 0\nstart counter 0 flags 0 value 0\n",
                0, PMU(CONFIG_MATCHING), 0, 1, SBI_PMU_AUTO_START, CYCLES, 0);
    ASSERT_REFUSED(SBI_ERR_ALREADY_STARTED, PMU(START), 0, 1, 0);
}

/* A counter that does not count is not the guest's. */
/* A counter that does not count is not the guest's. */
static void a_start_that_fails_is_told(void **state)
{
    f.start_error = SBI_ERR_INVALID_PARAM;
    struct answer a = CALL(PMU(CONFIG_MATCHING), 3, 1, SBI_PMU_AUTO_START, 0x10003, 0);
    assert_int_equal(a.error, SBI_ERR_FAILED);
    assert_events("configure 0x8 as 0x10003 0\nstop counter 3 flags 1\n");
    f.start_error = SBI_SUCCESS;
    ASSERT_CALL("configure 0x8 as 0x10003 0\nstart counter 3 flags 0 value 0\n", 3,
                PMU(CONFIG_MATCHING), 3, 1, SBI_PMU_AUTO_START, 0x10003, 0);
}

/* It may count on, so the guest must not take it for stopped. */
static void a_stop_that_fails_is_told(void **state)
{
    CALL(PMU(CONFIG_MATCHING), 3, 1, SBI_PMU_AUTO_START, 0x10003, 0);
    f.stop_error = SBI_ERR_FAILED;
    struct answer a = CALL(PMU(STOP), 3, 1, 0);
    assert_int_equal(a.error, SBI_ERR_FAILED);
}

static void begins_anew_one_that_runs_since_the_firmwares_boot(void **state)
{
    f.running |= BIT(3);
    ASSERT_CALL("configure 0x8 as 0x10003 0\nstop counter 3 flags 0\n"
                "start counter 3 flags 0 value 0\n",
                3, PMU(CONFIG_MATCHING), 3, 1, SBI_PMU_AUTO_START, 0x10003, 0);
}

static void the_firmware_chooses_among_the_free(void **state)
{
    ASSERT_CALL("configure 0x18 as 0x10003 0\n", 3, PMU(CONFIG_MATCHING), 0, ALL, 0, 0x10003, 0);
    ASSERT_CALL("configure 0x10 as 0x20000 0x1234\n", 31, PMU(CONFIG_MATCHING), 0, ALL, 0, 0x20000,
                0x1234);
    ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, PMU(CONFIG_MATCHING), 0, ALL, 0, 0x10003, 0);
}

static void skip_match_gives_it_another_event(void **state)
{
    CALL(PMU(CONFIG_MATCHING), 3, 1, 0, 0x10003, 0);
    f.events[0] = '\0';
    ASSERT_CALL("stop counter 3 flags 1\nconfigure 0x8 as 0x10002 0\n", 3, PMU(CONFIG_MATCHING), 3,
                1, SBI_PMU_SKIP_MATCH, 0x10002, 0);
}

static void reserved_events_do_not_reach_the_firmware(void **state)
{
    static const uint64_t none[][2] = {{0, 0},       {CYCLES, 1},  {0x10003, 1}, {0x20001, 0},
                                       {0x30001, 0}, {0x40000, 0}, {0xe0000, 0}};
    for (size_t i = 0; i < COUNT(none); i++)
        ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, PMU(CONFIG_MATCHING), 0, ALL, 0, none[i][0],
                       none[i][1]);
    /* Nor does a firmware counter count them, or a hardware counter firmware events. */
    ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, PMU(CONFIG_MATCHING), 32, 1, 0, CYCLES, 0);
    ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, PMU(CONFIG_MATCHING), 0, ALL, 0, 0xf0006, 0);
}

static void tells_events_and_leaves_no_trace(void **state)
{
    struct {
        uint32_t event, output;
        uint64_t data;
    } entries[] = {{CYCLES, 9, 0}, {0x10003, 9, 0}, {0x10004, 9, 0}, {CYCLES, 9, 5}};
    memcpy(f.ram, entries, sizeof entries);
    ASSERT_DOES(
        "configure 0x18 as 0x10003 0\nstop counter 3 flags 1\nconfigure 0x18 as 0x10004 0\n",
        PMU(EVENT_INFO), RAM, 0, COUNT(entries), 0);
    memcpy(entries, f.ram, sizeof entries);
    assert_int_equal(entries[0].output, 1);
    assert_int_equal(entries[1].output, 1);
    assert_int_equal(entries[2].output, 0);
    assert_int_equal(entries[3].output, 0);
    assert_int_equal(f.taken, BIT(0) | BIT(2));
}

/* An entry that the firmware is asked about is a part. */
static void asks_the_firmware_in_parts(void **state)
{
    struct {
        uint32_t event, output;
        uint64_t data;
    } entries[7];
    for (size_t i = 0; i < COUNT(entries); i++)
        entries[i].event = 0x10004, entries[i].output = 9, entries[i].data = 0;
    memcpy(f.ram, entries, sizeof entries);
    struct answer a = CALL(PMU(EVENT_INFO), RAM, 0, COUNT(entries), 0);
    assert_int_equal(a.error, SBI_SUCCESS);
    assert_int_equal(f.parts, COUNT(entries));
}

static void serves_one_hardware_counter_a_part(void **state)
{
    CALL(PMU(CONFIG_MATCHING), 0, 1, 0, CYCLES, 0);
    CALL(PMU(CONFIG_MATCHING), 3, 1, 0, 0x10003, 0);
    f.events[0] = '\0';
    struct answer a = CALL(PMU(START), 0, BIT(0) | BIT(3), SBI_PMU_START_SET_VALUE, 7);
    assert_int_equal(a.error, SBI_SUCCESS);
    assert_int_equal(f.parts, 2);
    assert_events("start counter 0 flags 1 value 7\nstart counter 3 flags 1 value 7\n");
    a = CALL(PMU(STOP), 0, BIT(0) | BIT(3), 0);
    assert_int_equal(a.error, SBI_SUCCESS);
    assert_int_equal(f.parts, 2);
    assert_events("stop counter 0 flags 0\nstop counter 3 flags 0\n");
}

/* Nothing is left of what they counted, nor does anything run. */
static void gives_all_back_with_the_hart(void **state)
{
    CALL(PMU(CONFIG_MATCHING), 0, 1, SBI_PMU_AUTO_START, CYCLES, 0);
    CALL(PMU(CONFIG_MATCHING), 3, 1, 0, 0x10003, 0);
    f.events[0] = '\0';
    sbi_hart_reset(&f.machine, &f.vcpus[CALLER]);
    assert_events(
        "environment reset 1\nstop counter 0 flags 0\nstart counter 0 flags 1 value 0\n"
        "stop counter 0 flags 1\nstart counter 3 flags 1 value 0\nstop counter 3 flags 1\n"
        "stop counter 2 flags 1\n");
    assert_int_equal(f.taken, 0);
    assert_int_equal(f.running, 0);
}

int run_pmu_hardware_tests(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tells_the_hosts_counters),
        TEST(lets_cycle_and_instret_run_from_the_start),
        RUNNING(counts_an_event_while_it_is_configured),
        RUNNING(calls_the_firmware_once_a_part),
        RUNNING(gives_back_what_was_lent),
        RUNNING(counts_cycles_where_the_host_is_not_counted),
        RUNNING(does_not_count_the_host),
        RUNNING(starts_at_once_on_demand),
        RUNNING(a_start_that_fails_is_told),
        RUNNING(a_stop_that_fails_is_told),
        RUNNING(begins_anew_one_that_runs_since_the_firmwares_boot),
        RUNNING(the_firmware_chooses_among_the_free),
        RUNNING(skip_match_gives_it_another_event),
        RUNNING(reserved_events_do_not_reach_the_firmware),
        RUNNING(tells_events_and_leaves_no_trace),
        RUNNING(asks_the_firmware_in_parts),
        RUNNING(serves_one_hardware_counter_a_part),
        RUNNING(gives_all_back_with_the_hart),
    };
    return cmocka_run_group_tests_name("pmu hardware", tests, NULL, NULL);
}
