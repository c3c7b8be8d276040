/* PMU: arguments, and the counters of the hypervisor. */
#include "fixture.h"
#include <axhal/arch/csr.h>
#include <string.h>

#define PMU(function) SBI_EXT_PMU, SBI_PMU_##function
#define FW 32 /* the first firmware counter */
#define ALL_FW UINT64_C(0xffff)
#define EVENT(code) SBI_PMU_EVENT(SBI_PMU_TYPE_FIRMWARE, code)
#define IPIS EVENT(SBI_PMU_FW_IPI_SENT)
#define PLATFORM EVENT(SBI_PMU_FW_PLATFORM)
#define PAGE (RAM + PAGE_SIZE)

static struct vcpu *const vcpu = &f.vcpus[CALLER];

static void count_ipis(uint64_t n)
{
    ASSERT_RETURNS(n, PMU(CONFIG_MATCHING), n, 1, 0, IPIS, 0);
}

static void tells_its_counters(void **state)
{
    ASSERT_RETURNS(48, PMU(NUM_COUNTERS));
    for (uint64_t n = FW; n < 48; n++)
        ASSERT_RETURNS(SBI_PMU_INFO_FIRMWARE | 0x3f000, PMU(COUNTER_INFO), n);
    static const uint64_t none[] = {1, 4, 30, 48, 63, 64, UINT64_C(1) << 32, UINT64_MAX};
    for (size_t i = 0; i < COUNT(none); i++)
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, PMU(COUNTER_INFO), none[i]);
}

static void counts_while_it_runs(void **state)
{
    vcpu->events[SBI_PMU_FW_IPI_SENT] = 5;
    count_ipis(FW);
    ASSERT_RETURNS(0, PMU(FW_READ), FW);
    ASSERT_DOES("", PMU(START), FW, 1, 0, 77); /* the value is for the flag alone */
    ASSERT_RETURNS(0, PMU(FW_READ), FW);
    vcpu->events[SBI_PMU_FW_IPI_SENT] += 3;
    ASSERT_RETURNS(3, PMU(FW_READ), FW);
    ASSERT_RETURNS(0, PMU(FW_READ_HI), FW);
    ASSERT_DOES("", PMU(STOP), FW, 1, 0);
    vcpu->events[SBI_PMU_FW_IPI_SENT] += 10;
    ASSERT_RETURNS(3, PMU(FW_READ), FW);
    ASSERT_DOES("", PMU(START), FW, 1, 0);
    vcpu->events[SBI_PMU_FW_IPI_SENT] += 1;
    ASSERT_RETURNS(4, PMU(FW_READ), FW);
    ASSERT_DOES("", PMU(STOP), FW, 1, 0);
    ASSERT_DOES("", PMU(START), FW, 1, SBI_PMU_START_SET_VALUE, UINT64_MAX);
    vcpu->events[SBI_PMU_FW_IPI_SENT] += 3;
    ASSERT_RETURNS(2, PMU(FW_READ), FW); /* it wraps */
}

static void counts_an_ipi_to_another_hart(void **state)
{
    count_ipis(FW);
    ASSERT_DOES("", PMU(START), FW, 1, 0);
    ASSERT_DOES("post 0 0x1\npost 1 0x1\npost 2 0x1\n", SBI_EXT_IPI, SBI_IPI_SEND, 15, 0);
    ASSERT_RETURNS(2, PMU(FW_READ), FW); /* not itself, and not the one that is stopped */
}

static void counts_fences_to_other_harts(void **state)
{
    ASSERT_RETURNS(FW, PMU(CONFIG_MATCHING), FW, 1, SBI_PMU_AUTO_START,
                   EVENT(SBI_PMU_FW_FENCE_I_SENT), 0);
    ASSERT_RETURNS(FW + 1, PMU(CONFIG_MATCHING), FW, 2, SBI_PMU_AUTO_START,
                   EVENT(SBI_PMU_FW_SFENCE_VMA_SENT), 0);
    ASSERT_RETURNS(FW + 2, PMU(CONFIG_MATCHING), FW, 4, SBI_PMU_AUTO_START,
                   EVENT(SBI_PMU_FW_SFENCE_VMA_ASID_SENT), 0);
    CALL(SBI_EXT_RFENCE, SBI_RFENCE_FENCE_I, 15, 0);
    CALL(SBI_EXT_RFENCE, SBI_RFENCE_SFENCE_VMA, 5, 0);
    CALL(SBI_EXT_RFENCE, SBI_RFENCE_SFENCE_VMA_ASID, 3, 0);
    f.events[0] = '\0';
    ASSERT_RETURNS(3, PMU(FW_READ), FW);
    ASSERT_RETURNS(2, PMU(FW_READ), FW + 1);
    ASSERT_RETURNS(1, PMU(FW_READ), FW + 2);
}

static void counts_exits_columns_and_what_was_stolen(void **state)
{
    static const uint64_t data[] = {0, 1, 0x100 + LEDGER_MMIO_UART, 0x100 + LEDGER_COLUMNS - 1};
    for (uint64_t i = 0; i < COUNT(data); i++)
        ASSERT_RETURNS(FW + i, PMU(CONFIG_MATCHING), FW, ALL_FW, SBI_PMU_AUTO_START, PLATFORM,
                       data[i]);
    assert_true(vcpu->ledger->armed & LEDGER_ARMED_STEAL);
    vcpu->exits += 9;
    for (int i = 0; i < 4; i++) {
        ledger_switch(vcpu->ledger, LEDGER_MMIO_UART);
        fake_csr.time += 100;
        ledger_switch(vcpu->ledger, LEDGER_GUEST);
        fake_csr.time += 1000;
    }
    ASSERT_RETURNS(9, PMU(FW_READ), FW);
    ASSERT_RETURNS(400, PMU(FW_READ), FW + 1);
    ASSERT_RETURNS(4, PMU(FW_READ), FW + 2);
    ASSERT_DOES("", PMU(STOP), FW, 15, SBI_PMU_STOP_RESET);
    assert_true(vcpu->ledger->armed & LEDGER_ARMED_STEAL); /* until the hart starts anew */
    sbi_hart_reset(&f.machine, vcpu);
    assert_int_equal(vcpu->ledger->armed, 0);
}

static void set_timer_is_counted_by_the_ledger(void **state)
{
    ASSERT_RETURNS(FW, PMU(CONFIG_MATCHING), FW, 1, SBI_PMU_AUTO_START, EVENT(SBI_PMU_FW_SET_TIMER),
                   0);
    ledger_switch(vcpu->ledger, LEDGER_SBI_TIME);
    ledger_switch(vcpu->ledger, LEDGER_GUEST);
    ASSERT_RETURNS(1, PMU(FW_READ), FW);
}

static void only_events_that_happen_here_can_be_counted(void **state)
{
    static const uint64_t none[][2] = {
        {EVENT(0), 0}, /* misaligned accesses are the guest's own */
        {EVENT(1), 0},
        {EVENT(13), 0}, /* received fences of one address space are not told apart */
        {EVENT(14), 0},
        {EVENT(21), 0}, /* H */
        {EVENT(22), 0},
        {EVENT(256), 0},
        {EVENT(65534), 0},
        {IPIS, 1}, /* reserved */
        {PLATFORM, 2},
        {PLATFORM, 0xff},
        {PLATFORM, 0x100 + LEDGER_COLUMNS},
        {PLATFORM, UINT64_MAX},
        {SBI_PMU_EVENT(4, 0), 0}, /* no such type */
        {SBI_PMU_EVENT(14, 6), 0},
        {IPIS | 1 << 20, 0},
        {IPIS | UINT64_C(1) << 63, 0},
    };
    for (size_t i = 0; i < COUNT(none); i++) {
        ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, PMU(CONFIG_MATCHING), FW, ALL_FW, 0, none[i][0],
                       none[i][1]);
        ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, PMU(CONFIG_MATCHING), FW, ALL_FW, SBI_PMU_SKIP_MATCH,
                       none[i][0], none[i][1]);
    }
    for (uint64_t code = SBI_PMU_FW_ACCESS_LOAD; code < SBI_PMU_FW_EVENTS; code++)
        ASSERT_RETURNS(FW + code - 2, PMU(CONFIG_MATCHING), FW, ALL_FW, 0, EVENT(code), 0);
}

static void a_counter_is_taken_until_it_is_reset(void **state)
{
    for (uint64_t n = FW; n < 48; n++)
        ASSERT_RETURNS(n, PMU(CONFIG_MATCHING), FW, ALL_FW, 0, IPIS, 0);
    ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, PMU(CONFIG_MATCHING), FW, ALL_FW, 0, IPIS, 0);
    ASSERT_REFUSED(SBI_ERR_ALREADY_STOPPED, PMU(STOP), 40, 1, 0);
    ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, PMU(CONFIG_MATCHING), FW, ALL_FW, 0, IPIS, 0);
    struct answer a = CALL(PMU(STOP), 40, 1, SBI_PMU_STOP_RESET); /* Linux does it so */
    assert_int_equal(a.error, SBI_ERR_ALREADY_STOPPED);
    ASSERT_RETURNS(40, PMU(CONFIG_MATCHING), FW, ALL_FW, 0, IPIS, 0);
}

static void skip_match_takes_the_first(void **state)
{
    ASSERT_RETURNS(FW + 4, PMU(CONFIG_MATCHING), FW, 0xf0, SBI_PMU_SKIP_MATCH, IPIS, 0);
    ASSERT_RETURNS(FW + 4, PMU(CONFIG_MATCHING), FW, 0xf0, SBI_PMU_SKIP_MATCH | SBI_PMU_AUTO_START,
                   PLATFORM, 0);
    vcpu->exits += 2;
    ASSERT_RETURNS(2, PMU(FW_READ), FW + 4); /* another event now */
    ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, PMU(CONFIG_MATCHING), FW, 0xf0, SBI_PMU_SKIP_MATCH, IPIS,
                   0);
}

static void clears_a_value_on_demand(void **state)
{
    count_ipis(FW);
    ASSERT_DOES("", PMU(START), FW, 1, SBI_PMU_START_SET_VALUE, 50);
    ASSERT_DOES("", PMU(STOP), FW, 1, SBI_PMU_STOP_RESET);
    count_ipis(FW);
    ASSERT_RETURNS(50, PMU(FW_READ), FW);
    ASSERT_RETURNS(FW, PMU(CONFIG_MATCHING), FW, 1, SBI_PMU_SKIP_MATCH | SBI_PMU_CLEAR_VALUE, IPIS,
                   0);
    ASSERT_RETURNS(0, PMU(FW_READ), FW);
}

static const uint64_t no_sets[][2] = {
    {48, 1},
    {47, 3},
    {FW, ALL_FW + 1},
    {1, 1},
    {0, 3},
    {4, 1},
    {64, 1},
    {UINT64_MAX, 1},
    {63, 2},
    {33, UINT64_C(1) << 31},
    {UINT64_C(1) << 32, 1},
};

static void refuses_sets_with_a_counter_that_is_not_there(void **state)
{
    for (size_t i = 0; i < COUNT(no_sets); i++) {
        const uint64_t *s = no_sets[i];
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, PMU(CONFIG_MATCHING), s[0], s[1], 0, IPIS, 0);
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, PMU(START), s[0], s[1], 0, 0);
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, PMU(STOP), s[0], s[1], 0);
    }
}

static void an_empty_set_is_served(void **state)
{
    ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, PMU(CONFIG_MATCHING), 99, 0, 0, IPIS, 0);
    ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, PMU(CONFIG_MATCHING), 99, 0, SBI_PMU_SKIP_MATCH, IPIS, 0);
    ASSERT_DOES("", PMU(START), 99, 0, 0, 0);
    ASSERT_DOES("", PMU(STOP), 99, 0, 0);
}

static void refuses_reserved_flags(void **state)
{
    count_ipis(FW);
    for (unsigned bit = 0; bit < 64; bit++) {
        const uint64_t flag = UINT64_C(1) << bit;
        if (bit >= 8)
            ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, PMU(CONFIG_MATCHING), FW, 2, flag, IPIS, 0);
        if (bit >= 2) {
            ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, PMU(START), FW, 1, flag, 0);
            ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, PMU(STOP), FW, 1, flag);
        }
    }
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, PMU(START), FW, 1, 3, 0); /* both ways to set a value */
}

static void says_what_was_started_or_stopped_already(void **state)
{
    count_ipis(FW);
    count_ipis(FW + 1);
    ASSERT_REFUSED(SBI_ERR_ALREADY_STOPPED, PMU(STOP), FW, 1, 0);
    ASSERT_REFUSED(SBI_ERR_ALREADY_STOPPED, PMU(STOP), FW + 9, 1, 0);
    ASSERT_DOES("", PMU(START), FW, 1, 0);
    ASSERT_REFUSED(SBI_ERR_ALREADY_STARTED, PMU(START), FW, 1, 1, 7);
    struct answer a = CALL(PMU(START), FW, 3, 0); /* the other one is started */
    assert_int_equal(a.error, SBI_ERR_ALREADY_STARTED);
    ASSERT_DOES("", PMU(STOP), FW + 1, 1, 0);
    a = CALL(PMU(STOP), FW, ALL_FW, 0);
    assert_int_equal(a.error, SBI_ERR_ALREADY_STOPPED);
    ASSERT_DOES("", PMU(START), FW, 1, 0);                           /* it was stopped */
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, PMU(START), FW + 9, 1, 0); /* no event */
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, PMU(START), FW + 1, 3, 0);
}

static void reads_firmware_counters_alone(void **state)
{
    static const uint64_t none[] = {0, 1, 2, 3, 31, 48, 64, UINT64_C(1) << 32 | FW, UINT64_MAX};
    for (size_t i = 0; i < COUNT(none); i++) {
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, PMU(FW_READ), none[i]);
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, PMU(FW_READ_HI), none[i]);
    }
}

/* §11.13: optional. With it Linux would believe an area that it does not set again. */
static void there_is_no_snapshot(void **state)
{
    count_ipis(FW);
    ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, PMU(SNAPSHOT_SET_SHMEM), PAGE, 0, 0);
    ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, PMU(SNAPSHOT_SET_SHMEM), UINT64_MAX, UINT64_MAX, 0);
    ASSERT_REFUSED(SBI_ERR_NO_SHMEM, PMU(START), FW, 1, SBI_PMU_START_SNAPSHOT);
    ASSERT_REFUSED(SBI_ERR_NO_SHMEM, PMU(STOP), FW, 1, SBI_PMU_STOP_SNAPSHOT);
}

struct entry {
    uint32_t event, output;
    uint64_t data;
};

static void tells_which_events_it_has(void **state)
{
    struct entry entries[] = {{IPIS, 9, 0}, {EVENT(0), 9, 0}, {PLATFORM, 9, 1}, {PLATFORM, 9, 2}};
    memcpy(f.ram + 16, entries, sizeof entries);
    ASSERT_DOES("", PMU(EVENT_INFO), RAM + 16, 0, COUNT(entries), 0);
    memcpy(entries, f.ram + 16, sizeof entries);
    for (uint32_t i = 0; i < COUNT(entries); i++)
        assert_int_equal(entries[i].output, i % 2 == 0);
    ASSERT_DOES("", PMU(EVENT_INFO), RAM, 0, 0, 0);
}

static void refuses_wrong_event_tables(void **state)
{
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, PMU(EVENT_INFO), RAM, 0, 1, 1);
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, PMU(EVENT_INFO), RAM + 8, 0, 1, 0);
    ASSERT_REFUSED(SBI_ERR_INVALID_ADDRESS, PMU(EVENT_INFO), RAM, 1, 1, 0);
    ASSERT_REFUSED(SBI_ERR_INVALID_ADDRESS, PMU(EVENT_INFO), RAM_END - 16, 0, 2, 0);
    ASSERT_REFUSED(SBI_ERR_INVALID_ADDRESS, PMU(EVENT_INFO), RAM, 0, UINT64_MAX, 0);
    ASSERT_REFUSED(SBI_ERR_INVALID_ADDRESS, PMU(EVENT_INFO), RAM, 0, UINT64_C(1) << 60, 0);
    f.memory.ram[0].size = RAM_SIZE;
    struct entry bad[] = {{IPIS, 9, 0}, {1 << 20, 9, 0}};
    memcpy(f.ram, bad, sizeof bad);
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, PMU(EVENT_INFO), RAM, 0, 2, 0);
}

static void writes_only_where_the_guest_may(void **state)
{
    f.memory.ram[0].rights = RAM_READ;
    ASSERT_REFUSED(SBI_ERR_INVALID_ADDRESS, PMU(EVENT_INFO), RAM, 0, 1, 0);
}

/* Until a part is done no register has changed; in the end all of them are as if at once. */
static void serves_many_counters_in_parts(void **state)
{
    for (uint64_t n = FW; n < 48; n++)
        count_ipis(n);
    ASSERT_DOES("", PMU(START), FW, ALL_FW, SBI_PMU_START_SET_VALUE, 5);
    assert_int_equal(f.parts, 4);
    vcpu->events[SBI_PMU_FW_IPI_SENT] += 2;
    ASSERT_REFUSED(SBI_ERR_ALREADY_STARTED, PMU(START), FW, ALL_FW, 0, 0);
    for (uint64_t n = FW; n < 48; n++)
        ASSERT_RETURNS(7, PMU(FW_READ), n);
    ASSERT_DOES("", PMU(STOP), FW + 3, 1, 0);
    struct answer a = CALL(PMU(STOP), FW, ALL_FW, SBI_PMU_STOP_RESET);
    assert_int_equal(a.error, SBI_ERR_ALREADY_STOPPED); /* one of them, in the first part */
    assert_int_equal(f.parts, 4);
    for (uint64_t n = FW; n < 48; n++)
        count_ipis(n);
}

static struct answer one_part(uint64_t pc, const uint64_t call[8])
{
    vcpu->sepc = pc;
    vcpu->x[REG_A7] = call[0];
    vcpu->x[REG_A6] = call[1];
    memcpy(&vcpu->x[REG_A0], &call[2], 6 * sizeof call[0]);
    enum sbi_verdict verdict = sbi_handle(&f.machine, vcpu);
    return (struct answer){verdict, (long)vcpu->x[REG_A0], (long)vcpu->x[REG_A1]};
}
#define PART(pc, ...) one_part(pc, (const uint64_t[8]){__VA_ARGS__})

static unsigned started(void)
{
    unsigned count = 0;
    for (unsigned n = FW; n < 48; n++)
        count += f.harts[CALLER].pmu.counters[n].started;
    return count;
}

/* What is kept is of one call: another pc, or other arguments, or a hart's start begin anew. */
static void a_part_goes_on_only_where_it_was(void **state)
{
    for (uint64_t n = FW; n < 48; n++)
        count_ipis(n);
    assert_int_equal(PART(0x100, PMU(START), FW, ALL_FW, 0, 0).verdict, SBI_AGAIN);
    assert_int_equal(started(), 4);
    assert_int_equal(PART(0x100, PMU(START), FW, ALL_FW, 0, 0).verdict, SBI_AGAIN);
    assert_int_equal(started(), 8);
    /* An interrupt's handler stops some of them, and what began comes back: anew. */
    assert_int_equal(PART(0x200, PMU(STOP), FW, 1, 0).verdict, SBI_RESUME);
    assert_int_equal(started(), 7);
    assert_int_equal(PART(0x100, PMU(START), FW, ALL_FW, 0, 0).verdict, SBI_AGAIN);
    assert_int_equal(started(), 8);
    sbi_hart_reset(&f.machine, vcpu);
    assert_false(f.harts[CALLER].progress.unfinished);
    assert_int_equal(started(), 0);
    struct answer a = PART(0x100, PMU(START), FW, ALL_FW, 0, 0);
    assert_int_equal(a.verdict, SBI_RESUME);
    assert_int_equal(a.error, SBI_ERR_INVALID_PARAM); /* none has an event now */
}

static struct entry *const table = (struct entry *)f.ram;
#define ENTRIES (RAM_SIZE / sizeof(struct entry))

static void fill_table(void)
{
    for (uint64_t i = 0; i < ENTRIES; i++)
        table[i] = (struct entry){IPIS, 9, i % 2};
}

/* As long as the guest likes, and no part asks for more than a bounded number. */
static void answers_a_long_table_in_parts(void **state)
{
    fill_table();
    ASSERT_DOES("", PMU(EVENT_INFO), RAM, 0, ENTRIES, 0);
    assert_int_equal(f.parts, ENTRIES / 128 + ENTRIES / 16);
    for (uint64_t i = 0; i < ENTRIES; i++)
        assert_int_equal(table[i].output, i % 2 == 0);
    fill_table();
    table[ENTRIES - 1].event |= 1U << 31; /* the last is wrong: nothing is written */
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, PMU(EVENT_INFO), RAM, 0, ENTRIES, 0);
    assert_int_equal(table[0].output, 9);
}

static void spoil(void)
{
    if (f.parts == ENTRIES / 128)
        table[300].event = UINT32_MAX;
}

/* What was checked may be another thing by now. */
static void checks_again_what_the_guest_changes_in_between(void **state)
{
    fill_table();
    f.between = spoil;
    struct answer a = CALL(PMU(EVENT_INFO), RAM, 0, ENTRIES, 0);
    assert_int_equal(a.error, SBI_ERR_INVALID_PARAM);
    assert_int_equal(table[299].output, 0);
    assert_int_equal(table[300].output, 9);
    assert_int_equal(table[301].output, 9);
    f.between = NULL;
}

static void begins_anew_with_the_hart(void **state)
{
    count_ipis(FW);
    ASSERT_DOES("", PMU(START), FW, 1, SBI_PMU_START_SET_VALUE, 44);
    sbi_hart_reset(&f.machine, vcpu);
    assert_events("environment reset 1\n");
    ASSERT_RETURNS(0, PMU(FW_READ), FW);
    ASSERT_REFUSED(SBI_ERR_ALREADY_STOPPED, PMU(STOP), FW, 1, 0);
    count_ipis(FW);
}

int run_pmu_tests(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tells_its_counters),
        TEST(counts_while_it_runs),
        TEST(counts_an_ipi_to_another_hart),
        TEST(counts_fences_to_other_harts),
        TEST(counts_exits_columns_and_what_was_stolen),
        TEST(set_timer_is_counted_by_the_ledger),
        TEST(only_events_that_happen_here_can_be_counted),
        TEST(a_counter_is_taken_until_it_is_reset),
        TEST(skip_match_takes_the_first),
        TEST(clears_a_value_on_demand),
        TEST(refuses_sets_with_a_counter_that_is_not_there),
        TEST(an_empty_set_is_served),
        TEST(refuses_reserved_flags),
        TEST(says_what_was_started_or_stopped_already),
        TEST(reads_firmware_counters_alone),
        TEST(there_is_no_snapshot),
        TEST(tells_which_events_it_has),
        TEST(refuses_wrong_event_tables),
        TEST(writes_only_where_the_guest_may),
        TEST(serves_many_counters_in_parts),
        TEST(a_part_goes_on_only_where_it_was),
        TEST(answers_a_long_table_in_parts),
        TEST(checks_again_what_the_guest_changes_in_between),
        TEST(begins_anew_with_the_hart),
    };
    return cmocka_run_group_tests_name("pmu", tests, NULL, NULL);
}
