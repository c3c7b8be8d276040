/* Checked access: what is wholly RAM is reached, what is not is refused with nothing copied. */
#include "fake_frames.h"
#include "groups.h"
#include <axaddrspace/addrspace.h>
#include <axhal/memory.h>
#include <stdlib.h>
#include <string.h>

#define LOW UINT64_C(0x10000)
#define RAM UINT64_C(0x80000000)
#define LOW_SIZE PAGE_SIZE
#define RAM_SIZE (2 * PAGE_SIZE)
#define END (RAM + RAM_SIZE)

static struct addrspace as;
static uint8_t *low, *ram;

static int setup(void **state)
{
    fake_frames_fail_after(FRAMES_NEVER_FAIL);
    low = aligned_alloc(PAGE_SIZE, LOW_SIZE);
    ram = aligned_alloc(PAGE_SIZE, RAM_SIZE);
    for (size_t i = 0; i < RAM_SIZE; i++)
        ram[i] = (uint8_t)(i * 7 + 1);
    memset(low, 0x11, LOW_SIZE);
    assert_int_equal(addrspace_init(&as, GSTAGE_SV39X4, 1), OK);
    assert_int_equal(addrspace_map_ram(&as, gpa(LOW), LOW_SIZE, ptr_to_hpa(low), RAM_ALL), OK);
    assert_int_equal(addrspace_map_ram(&as, gpa(RAM), RAM_SIZE, ptr_to_hpa(ram), RAM_ALL), OK);
    return 0;
}

static int teardown(void **state)
{
    addrspace_destroy(&as);
    free(low);
    free(ram);
    return fake_frames_live() == 0 ? 0 : -1;
}

static void reads_and_writes_where_the_ram_is(void **state)
{
    uint8_t bytes[16];
    assert_int_equal(guest_read(&as, gpa(END - 16), bytes, 16), OK);
    assert_memory_equal(bytes, ram + RAM_SIZE - 16, 16);
    assert_int_equal(guest_write(&as, gpa(RAM + PAGE_SIZE - 2), "host", 4), OK);
    assert_memory_equal(ram + PAGE_SIZE - 2, "host", 4);
    assert_int_equal(guest_write(&as, gpa(LOW), "low", 3), OK);
    assert_memory_equal(low, "low\x11", 4);
}

static void gives_the_host_pointer(void **state)
{
    assert_ptr_equal(guest_ptr(&as, gpa(RAM), RAM_SIZE), ram);
    assert_ptr_equal(guest_ptr(&as, gpa(END - 1), 1), ram + RAM_SIZE - 1);
    assert_ptr_equal(guest_ptr(&as, gpa(LOW + 5), LOW_SIZE - 5), low + 5);
    assert_true(guest_is_ram(&as, gpa(RAM), RAM_SIZE, RAM_READ));
}

static void does_only_what_the_guest_may(void **state)
{
    uint8_t bytes[4] = {1, 2, 3, 4};
    as.ram[1].rights = RAM_READ;
    assert_int_equal(guest_read(&as, gpa(RAM), bytes, 4), OK);
    assert_memory_equal(bytes, ram, 4);
    memset(bytes, 0xee, 4);
    assert_int_equal(guest_write(&as, gpa(RAM), bytes, 4), ERR_RANGE);
    assert_int_not_equal(ram[0], 0xee);
    assert_ptr_equal(guest_ptr_read(&as, gpa(RAM), 4), ram);
    assert_null(guest_ptr(&as, gpa(RAM), 4));
    assert_true(guest_is_ram(&as, gpa(RAM), 4, RAM_READ));
    assert_false(guest_is_ram(&as, gpa(RAM), 4, RAM_WRITE));
    assert_false(guest_is_ram(&as, gpa(RAM), 4, RAM_READ | RAM_EXECUTE));
    assert_ptr_equal(guest_ptr(&as, gpa(LOW), 4), low);
}

static void refuses_what_is_not_wholly_ram(void **state)
{
    static const struct {
        uint64_t at, size;
    } bad[] = {
        {0, 1},
        {LOW - 1, 1},
        {LOW - 1, 2},
        {LOW, LOW_SIZE + 1},
        {LOW, RAM_SIZE + RAM - LOW}, /* from one region to the other, over the hole */
        {RAM - 1, 2},
        {RAM, RAM_SIZE + 1},
        {END - 1, 2},
        {END, 1},
        {RAM, UINT64_MAX},
        {RAM + 1, UINT64_MAX},
        {RAM + 1, -RAM},           /* the sum wraps to 1 */
        {RAM + 8, UINT64_MAX - 7}, /* the sum wraps to RAM */
        {UINT64_MAX, 1},
        {UINT64_MAX, 2},
        {-RAM, RAM_SIZE},
    };
    uint8_t before[RAM_SIZE], buffer[8], untouched[8];
    memcpy(before, ram, RAM_SIZE);
    memset(buffer, 0x5a, sizeof(buffer));
    memcpy(untouched, buffer, sizeof(buffer));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        gpa_t at = gpa(bad[i].at);
        assert_null(guest_ptr(&as, at, bad[i].size));
        assert_false(guest_is_ram(&as, at, bad[i].size, RAM_READ));
        assert_int_equal(guest_read(&as, at, buffer, bad[i].size), ERR_RANGE);
        assert_int_equal(guest_write(&as, at, buffer, bad[i].size), ERR_RANGE);
    }
    assert_memory_equal(buffer, untouched, sizeof(buffer));
    assert_memory_equal(ram, before, RAM_SIZE);
}

int run_guest_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_and_writes_where_the_ram_is, setup, teardown),
        cmocka_unit_test_setup_teardown(gives_the_host_pointer, setup, teardown),
        cmocka_unit_test_setup_teardown(does_only_what_the_guest_may, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_what_is_not_wholly_ram, setup, teardown),
    };
    return cmocka_run_group_tests_name("guest", tests, NULL, NULL);
}
