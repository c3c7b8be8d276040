#include "fixture.h"
#include <axhal/arch/csr.h>
#include <string.h>

#define SET SBI_EXT_STA, SBI_STA_SET_SHMEM
#define AREA (RAM + 64)
#define OFF UINT64_MAX

static struct {
    uint32_t sequence, flags;
    uint64_t steal;
    uint8_t preempted, pad[47];
} area;

static void read_area(void)
{
    memcpy(&area, f.ram + 64, sizeof area);
    assert_int_equal(area.flags, 0);
    assert_int_equal(area.preempted, 0);
    for (size_t i = 0; i < sizeof area.pad; i++)
        assert_int_equal(area.pad[i], 0);
}

/* The hypervisor takes this much of the hart's time; then the guest is entered. */
static void take(uint64_t ticks)
{
    struct ledger *ledger = f.vcpus[CALLER].ledger;
    ledger_switch(ledger, LEDGER_MMIO_UART);
    fake_csr.time += ticks;
    ledger_switch(ledger, LEDGER_GUEST);
    if (f.vcpus[CALLER].before_entry)
        sbi_before_entry(&f.machine, &f.vcpus[CALLER]);
}

static void writes_what_was_stolen(void **state)
{
    memset(f.ram, 0xee, RAM_SIZE);
    ASSERT_DOES("", SET, AREA, 0, 0);
    read_area();
    assert_int_equal(area.sequence, 0);
    assert_int_equal(area.steal, 0);
    assert_int_equal((uint8_t)f.ram[63], 0xee);
    assert_int_equal((uint8_t)f.ram[128], 0xee);
    take(7);
    read_area();
    assert_int_equal(area.steal, 700); /* ns: the timebase is 10 MHz */
    assert_int_equal(area.sequence, 2);
    take(UINT64_C(10000000) * 3600 * 24 * 365); /* a year: no product overflows */
    read_area();
    assert_int_equal(area.steal, 700 + UINT64_C(31536000000000000));
    assert_int_equal(area.sequence, 4);
}

static void writes_only_when_more_was_stolen(void **state)
{
    ASSERT_DOES("", SET, AREA, 0, 0);
    take(5);
    memset(f.ram + 64, 0x11, 64);
    fake_csr.time += 1000; /* the guest's own */
    sbi_before_entry(&f.machine, &f.vcpus[CALLER]);
    assert_int_equal(f.ram[64], 0x11);
    take(1); /* what the guest wrote meanwhile does no harm */
    memcpy(&area, f.ram + 64, sizeof area);
    assert_int_equal(area.sequence, 4);
    assert_int_equal(area.steal, 600);
}

static void does_not_count_sleep_and_stop(void **state)
{
    static const enum ledger_column own[] = {LEDGER_IDLE, LEDGER_STOPPED, LEDGER_GUEST};
    ASSERT_DOES("", SET, AREA, 0, 0);
    for (size_t i = 0; i < COUNT(own); i++) {
        ledger_switch(f.vcpus[CALLER].ledger, own[i]);
        fake_csr.time += 50;
        ledger_switch(f.vcpus[CALLER].ledger, LEDGER_GUEST);
    }
    take(3);
    read_area();
    assert_int_equal(area.steal, 300);
}

static void stops_when_told_to_and_with_the_hart(void **state)
{
    ASSERT_DOES("", SET, AREA, 0, 0);
    assert_true(f.vcpus[CALLER].ledger->armed & LEDGER_ARMED_STEAL);
    ASSERT_DOES("", SET, OFF, OFF, 0);
    assert_int_equal(f.vcpus[CALLER].ledger->armed, 0);
    take(9);
    read_area();
    assert_int_equal(area.steal, 0);
    ASSERT_DOES("", SET, AREA, 0, 0);
    sbi_hart_reset(&f.machine, &f.vcpus[CALLER]);
    assert_int_equal(f.vcpus[CALLER].ledger->armed, 0);
    take(9);
    read_area();
    assert_int_equal(area.steal, 0);
}

static void takes_the_last_64_bytes_of_ram(void **state)
{
    ASSERT_DOES("", SET, RAM_END - 64, 0, 0);
    take(1);
    assert_int_equal(f.ram[RAM_SIZE - 64 + 8], 100);
}

static void refuses_flags_and_misaligned_areas(void **state)
{
    static const uint64_t low[] = {RAM + 1, RAM + 32, RAM + 63, UINT64_MAX};
    static const uint64_t flags[] = {1, 2, UINT64_C(1) << 63, UINT64_MAX};
    for (size_t i = 0; i < COUNT(low); i++)
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SET, low[i], 0, 0);
    for (size_t i = 0; i < COUNT(flags); i++) {
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SET, AREA, 0, flags[i]);
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SET, OFF, OFF, flags[i]);
    }
}

static void refuses_areas_that_are_not_ram(void **state)
{
    static const uint64_t low[] = {0, 0x10000000, RAM - 64, RAM_END, UINT64_MAX - 63};
    for (size_t i = 0; i < COUNT(low); i++)
        ASSERT_REFUSED(SBI_ERR_INVALID_ADDRESS, SET, low[i], 0, 0);
    ASSERT_REFUSED(SBI_ERR_INVALID_ADDRESS, SET, AREA, 1, 0);
    ASSERT_REFUSED(SBI_ERR_INVALID_ADDRESS, SET, AREA, OFF, 0);
    ASSERT_DOES("", SET, AREA, 0, 0);
    ASSERT_REFUSED(SBI_ERR_INVALID_ADDRESS, SET, RAM_END, 0, 0); /* the first one stays */
    take(2);
    read_area();
    assert_int_equal(area.steal, 200);
}

/* The host writes there for the guest: so only where the guest itself may. */
static void refuses_memory_that_the_guest_may_only_read(void **state)
{
    f.memory.ram[0].rights = RAM_READ;
    ASSERT_REFUSED(SBI_ERR_INVALID_ADDRESS, SET, AREA, 0, 0);
}

int run_sta_tests(void)
{
    const struct CMUnitTest tests[] = {
        TEST(writes_what_was_stolen),         TEST(writes_only_when_more_was_stolen),
        TEST(does_not_count_sleep_and_stop),  TEST(stops_when_told_to_and_with_the_hart),
        TEST(takes_the_last_64_bytes_of_ram), TEST(refuses_flags_and_misaligned_areas),
        TEST(refuses_areas_that_are_not_ram), TEST(refuses_memory_that_the_guest_may_only_read),
    };
    return cmocka_run_group_tests_name("sta", tests, NULL, NULL);
}
