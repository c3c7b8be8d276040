/* The flash: what chips say of themselves, writes and erasure, and where reads go meanwhile. */
#include "guest.h"
#include <axdevice/pflash.h>
#include <lib/bits.h>
#include <string.h>

#define BLOCK (3 * PFLASH_BLOCK)

#define READY UINT32_C(0x800080)

static struct pflash flash;
static uint8_t bytes[PFLASH_SIZE];
static bool shown;
static unsigned changes, settled;

static void show(void *context, struct pflash *changed, bool wanted)
{
    assert_ptr_equal(context, bytes);
    assert_ptr_equal(changed, &flash);
    assert_true(spin_held(&flash.lock));
    assert_int_not_equal(shown, wanted);
    shown = wanted;
    changes++;
}

/* Harts that are asked to forget the old mapping may be waiting for the lock. */
static void settle(void *context)
{
    assert_ptr_equal(context, bytes);
    assert_false(spin_held(&flash.lock));
    assert_true(changes > settled);
    settled = changes;
}

static const struct pflash_view view = {show, settle, bytes};

static int start(void **state)
{
    memset(bytes, 0x11, sizeof bytes);
    shown = true;
    changes = settled = 0;
    pflash_init(&flash, gpa(0x20000000), bytes, &view);
    return 0;
}

static int start_blank(void **state)
{
    pflash_init(&flash, gpa(0x20000000), NULL, NULL);
    return 0;
}

static void put(uint64_t offset, uint32_t value)
{
    guest_write(&flash.device, offset, 4, value);
}

static uint32_t get(uint64_t offset)
{
    return (uint32_t)guest_read(&flash.device, offset, 4);
}

static void wait_until_ready(uint64_t offset)
{
    unsigned looks = 0;
    while (get(offset) != READY)
        assert_true(++looks < PFLASH_BLOCK / PFLASH_ERASE_PART);
}

static void array(void **state)
{
    assert_int_equal(get(0), 0x11111111);
    bytes[5] = 0x22;
    assert_int_equal(guest_read(&flash.device, 0, 8), UINT64_C(0x1111221111111111));
    put(0, 0x00ff00ff);
    put(0, 0x00f000f0);
    put(0, 0x12345678); /* no command */
    assert_int_equal(get(0), 0x11111111);
    assert_int_equal(changes, 0);
}

static void query(void **state)
{
    put(0x154, 0x00980098);
    assert_false(shown);
    assert_int_equal(get(0x40), 0x00510051);
    assert_int_equal(get(0x44), 0x00520052);
    assert_int_equal(get(0x48), 0x00590059);
    assert_int_equal(get(4 * 0x27), 0x00180018); /* two chips of 2^24 bytes */
    assert_int_equal(get(4 * 0x2d), 0x007f007f); /* 128 blocks … */
    assert_int_equal(get(4 * 0x30), 0x00020002); /* of 2 times 256 times 256 bytes */
    assert_int_equal(get(4 * 0x31), 0x00500050);
    assert_int_equal(get(4 * 0x3f), 0x00010001);
    assert_int_equal(get(4 * 0x40), 0);
    assert_int_equal(guest_read(&flash.device, 0x40, 1), 0x51);
    assert_int_equal(guest_read(&flash.device, 0x41, 2), 0x5151);
    assert_int_equal(guest_read(&flash.device, 0x40, 8), UINT64_C(0x0052005200510051));
    put(0, 0x00700070); /* only the array's command ends it */
    assert_int_equal(get(0x40), 0x00510051);
    put(0, 0x00ff00ff);
    assert_true(shown);
    put(0, 0x00900090);
    assert_int_equal(get(0), 0x00890089);
    assert_int_equal(get(4), 0x00180018);
    assert_int_equal(get(8), 0);
    put(0, 0x00ff00ff);
    assert_int_equal(get(0), 0x11111111);
    assert_int_equal(changes, 4);
    assert_int_equal(settled, 4);
}

static void programs_a_word(void **state)
{
    put(8, 0x00400040);
    put(8, 0x12345678);
    assert_int_equal(get(8), READY);
    assert_false(shown);
    put(8, 0x00ff00ff);
    assert_int_equal(get(8), 0x12345678);
    assert_int_equal(get(12), 0x11111111);
    put(0, 0x00100010);
    guest_write(&flash.device, 1, 1, 0x99);
    put(0, 0x00ff00ff);
    assert_int_equal(get(0), 0x11119911);
}

static void erases_a_block_in_parts(void **state)
{
    put(BLOCK + 0x100, 0x00200020);
    put(BLOCK + 0x100, 0x00d000d0);
    assert_int_equal(get(BLOCK) & READY, 0);
    assert_int_equal(bytes[BLOCK + PFLASH_ERASE_PART], 0x11); /* one access, one part */
    put(BLOCK, 0x00ff00ff);                                   /* ignored: it is busy */
    assert_false(shown);
    wait_until_ready(BLOCK);
    put(BLOCK, 0x00ff00ff);
    assert_true(shown);
    assert_int_equal(get(BLOCK), UINT32_MAX);
    assert_int_equal(get(BLOCK + PFLASH_BLOCK - 4), UINT32_MAX);
    assert_int_equal(get(BLOCK - 4), 0x11111111);
    assert_int_equal(get(BLOCK + PFLASH_BLOCK), 0x11111111);
    put(BLOCK, 0x00200020);
    put(BLOCK, 0x00ff00ff); /* not confirmed */
    assert_int_equal(get(BLOCK), UINT32_MAX);
}

static void writes_a_buffer(void **state)
{
    put(0x1008, 0x00e800e8);
    assert_int_equal(get(0x1008), READY);
    put(0x1008, 0x00010001); /* two words */
    put(0x1008, 0xaabbccdd);
    put(0x100c, 0x11223344);
    assert_int_equal(bytes[0x1008], 0x11); /* until it is confirmed */
    put(0x1008, 0x00d000d0);
    assert_int_equal(get(0x1008), READY);
    put(0x1008, 0x00ff00ff);
    assert_int_equal(get(0x1004), 0x11111111);
    assert_int_equal(get(0x1008), 0xaabbccdd);
    assert_int_equal(get(0x100c), 0x11223344);
    assert_int_equal(get(0x1010), 0x11111111);
}

/* Words of two buffers in one write are an error, and nothing is written. */
static void refuses_a_buffer_that_is_left(void **state)
{
    put(0x1ffc, 0x00e800e8);
    put(0x1ffc, 0x00010001);
    put(0x1ffc, 0xaabbccdd);
    put(0x2000, 0xaabbccdd);
    assert_int_equal(get(0), 0x00900090);
    put(0x1ffc, 0x00d000d0);
    assert_int_equal(get(0x1ffc), 0x11111111);
    put(0, 0x00500050);
    put(0, 0x00700070);
    assert_int_equal(get(0), 0);
}

static void locks_nothing(void **state)
{
    put(0, 0x00600060);
    put(0, 0x00010001);
    assert_int_equal(get(0), READY);
    put(0, 0x00600060);
    put(0, 0x00d000d0);
    assert_int_equal(get(0), READY);
    put(0, 0x00600060);
    put(0, 0x00330033);
    assert_int_equal(get(0), 0x11111111);
}

static void a_reset_shows_the_array(void **state)
{
    put(BLOCK, 0x00200020);
    put(BLOCK, 0x00d000d0);
    flash.device.ops->reset(&flash.device);
    assert_true(shown);
    assert_int_equal(settled, changes);
    assert_int_equal(get(0), 0x11111111);
    assert_int_equal(get(BLOCK + PFLASH_BLOCK - 4), 0x11111111);
    put(0, 0x00700070);
    assert_int_equal(get(0), READY);
}

static void a_blank_one_can_not_be_written(void **state)
{
    assert_int_equal(get(0), 0);
    put(0, 0x00980098);
    assert_int_equal(get(0x40), 0x00510051);
    put(0, 0x00ff00ff);
    put(0, 0x00200020);
    put(0, 0x00d000d0);
    assert_int_equal(get(0), 0x00a000a0);
    put(0, 0x00500050);
    put(0, 0x00400040);
    put(0, 0x12345678);
    assert_int_equal(get(0), 0x00900090);
    put(0, 0x00e800e8);
    put(0, 0);
    put(0, 5);
    put(0, 0x00d000d0);
    assert_int_equal(get(0), 0);
}

/* Whatever is written, no byte outside the bank is touched (sanitizers), and status answers. */
static void any_writes(void **state)
{
    uint64_t random = 1;
    for (unsigned i = 0; i < 200000; i++) {
        static const uint8_t commands[] = {0x10, 0x20, 0x40, 0x50, 0x60, 0x70, 0x90, 0x98,
                                           0xd0, 0xe8, 0xff, 0x01, 0x00, 0x28, 0xf0, 0x33};
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        uint64_t offset = (random >> 20) % (PFLASH_SIZE - 8);
        uint64_t value = random >> 60 == 0 ? random : commands[random >> 60];
        uint64_t out;
        (void)guest_try(&flash.device, offset, 1u << (random >> 40 & 3), true, &value);
        (void)guest_try(&flash.device, offset, 1u << (random >> 42 & 3), false, &out);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(array),
        TEST(query),
        TEST(programs_a_word),
        TEST(erases_a_block_in_parts),
        TEST(writes_a_buffer),
        TEST(refuses_a_buffer_that_is_left),
        TEST(locks_nothing),
        TEST(a_reset_shows_the_array),
        cmocka_unit_test_setup(a_blank_one_can_not_be_written, start_blank),
        TEST(any_writes),
        cmocka_unit_test_setup(any_writes, start_blank),
    };
    return cmocka_run_group_tests_name("axdevice pflash", tests, NULL, NULL);
}
