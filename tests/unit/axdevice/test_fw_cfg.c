/* fw_cfg, as firmware and Linux use it: by its registers, and by copies into memory. */
#include "guest.h"
#include <axdevice/fw_cfg.h>
#include <lib/bits.h>
#include <string.h>

#define BASE UINT64_C(0x10100000)
#define MEMORY UINT64_C(0x80000000)
enum { DATA = 0, SELECTOR = 8, DMA = 0x10 };
enum { ERROR = 1, READ = 2, SKIP = 4, SELECT = 8, WRITE = 16 };

static struct fw_cfg fw;
static uint8_t memory[8192];

static bool in_memory(gpa_t at, size_t size)
{
    return range_inside(at.a, size, MEMORY, sizeof memory);
}

static bool read_memory(void *context, gpa_t at, void *to, size_t size)
{
    assert_ptr_equal(context, &fw);
    if (in_memory(at, size))
        memcpy(to, memory + (at.a - MEMORY), size);
    return in_memory(at, size);
}

static bool write_memory(void *context, gpa_t at, const void *from, size_t size)
{
    if (in_memory(at, size))
        memcpy(memory + (at.a - MEMORY), from, size);
    return in_memory(at, size);
}

static int start(void **state)
{
    memset(memory, 0xee, sizeof memory);
    fw_cfg_init(&fw, gpa(BASE), (struct fw_cfg_memory){read_memory, write_memory, &fw});
    assert_int_equal(fw_cfg_add_file(&fw, "bootorder", "", 0), OK);
    assert_int_equal(fw_cfg_add_file(&fw, "etc/number", "12345678", 8), OK);
    return 0;
}

static void select_key(uint16_t key)
{
    guest_write(&fw.device, SELECTOR, 2, __builtin_bswap16(key));
}

static void the_registers(void **state)
{
    assert_int_equal(guest_read(&fw.device, DATA, 4), 0x554d4551); /* "QEMU" in memory */
    assert_int_equal(guest_read(&fw.device, DATA, 8), 0);
    select_key(0);
    assert_int_equal(guest_read(&fw.device, DATA, 1), 'Q');
    assert_int_equal(guest_read(&fw.device, DATA, 2), 'E' | 'M' << 8);
    assert_int_equal(guest_read(&fw.device, DATA, 8), 'U');
    select_key(1);
    assert_int_equal(guest_read(&fw.device, DATA, 4), 3);
    select_key(0x7777); /* no item */
    assert_int_equal(guest_read(&fw.device, DATA, 8), 0);
    assert_int_equal(guest_read(&fw.device, DMA, 8), UINT64_C(0x47464320554d4551));
    assert_int_equal(guest_read(&fw.device, DMA + 4, 4), 0x47464320);
    assert_int_equal(guest_read(&fw.device, DMA + 3, 1), 'U');
    guest_write(&fw.device, DATA, 8, 1); /* ignored */
}

static void refusals(void **state)
{
    uint64_t value = 0;
    guest_refused(&fw.device, 1, 1);
    guest_refused(&fw.device, 4, 4);
    guest_refused(&fw.device, SELECTOR, 1);
    guest_refused(&fw.device, SELECTOR, 8);
    assert_int_equal(guest_try(&fw.device, SELECTOR, 2, false, &value), ERR_INVALID);
    assert_int_equal(guest_try(&fw.device, DMA, 1, true, &value), ERR_INVALID);
    assert_int_equal(guest_try(&fw.device, DMA + 2, 2, true, &value), ERR_INVALID);
}

static void the_directory(void **state)
{
    static const uint8_t head[] = {0, 0, 0, 2, /* files */
                                   0, 0, 0, 0, 0, 0x20, 0, 0, 'b', 'o', 'o', 't'};
    select_key(0x19);
    for (size_t i = 0; i < sizeof head; i++)
        assert_int_equal(guest_read(&fw.device, DATA, 1), head[i]);
    assert_int_equal(fw.directory.files[1].key, __builtin_bswap16(0x21));
    assert_int_equal(fw.directory.files[1].size, __builtin_bswap32(8));
    assert_string_equal(fw.directory.files[1].name, "etc/number");
}

/* A request at MEMORY, for data at MEMORY + 0x100. The control word that it ends with. */
static uint32_t copy(uint32_t control, uint32_t length, uint64_t to)
{
    uint32_t words[2] = {__builtin_bswap32(control), __builtin_bswap32(length)};
    uint64_t address = __builtin_bswap64(to);
    memcpy(memory, words, sizeof words);
    memcpy(memory + 8, &address, sizeof address);
    guest_write(&fw.device, DMA, 4, __builtin_bswap32((uint32_t)(MEMORY >> 32)));
    guest_write(&fw.device, DMA + 4, 4, __builtin_bswap32((uint32_t)MEMORY));
    memcpy(words, memory, sizeof words[0]);
    return __builtin_bswap32(words[0]);
}

static void copies(void **state)
{
    static const uint64_t to = MEMORY + 0x100;
    assert_int_equal(copy(0x210000 | SELECT | READ, 4, to), 0);
    assert_memory_equal(memory + 0x100, "1234\xee", 5);
    assert_int_equal(copy(SKIP, 2, 0), 0);
    assert_int_equal(copy(READ, 4, to), 0);
    assert_memory_equal(memory + 0x100, "78\0\0\xee", 5); /* what is beyond its end is 0 */
    assert_int_equal(copy(0x210000 | SELECT | WRITE, 4, to), ERROR);
    assert_int_equal(copy(READ, FW_CFG_ITEM_SIZE, to), 0);
    assert_int_equal(copy(READ, FW_CFG_ITEM_SIZE + 1, to), ERROR);
    assert_int_equal(copy(READ, UINT32_MAX, to), ERROR);
    assert_int_equal(copy(READ, 4, 0x1000), ERROR);
    assert_int_equal(copy(READ, 512, MEMORY + sizeof memory - 300), ERROR);
    uint64_t request = __builtin_bswap64(MEMORY);
    assert_int_equal(copy(0, 0, 0), 0);
    memory[3] = SELECT;
    guest_write(&fw.device, DMA, 8, request);
    assert_int_equal(memory[3], 0);
    guest_write(&fw.device, DMA, 8, __builtin_bswap64(0x1000)); /* no memory: no answer */
    guest_write(&fw.device, DMA, 8, UINT64_MAX);
}

static void reset(void **state)
{
    select_key(0x21);
    guest_read(&fw.device, DATA, 2);
    guest_write(&fw.device, DMA, 4, 5);
    fw.device.ops->reset(&fw.device);
    assert_int_equal(guest_read(&fw.device, DATA, 4), 0x554d4551);
    assert_int_equal(fw.dma_high, 0);
}

static void what_can_be_added(void **state)
{
    static const char name[] = "a name that has one character more than the 55 there are for";
    assert_int_equal(fw_cfg_add_file(&fw, name, "", 0), ERR_INVALID);
    assert_int_equal(fw_cfg_add_file(&fw, "x", memory, FW_CFG_ITEM_SIZE + 1), ERR_INVALID);
    for (uint32_t i = fw.file_count; i < FW_CFG_FILES; i++)
        assert_int_equal(fw_cfg_add_file(&fw, "x", memory, FW_CFG_ITEM_SIZE), OK);
    assert_int_equal(fw_cfg_add_file(&fw, "x", "", 0), ERR_NO_MEMORY);
    for (uint32_t i = fw.item_count; i < FW_CFG_ITEMS; i++)
        assert_int_equal(fw_cfg_add(&fw, (uint16_t)i, "", 0), OK);
    assert_int_equal(fw_cfg_add(&fw, 1, "", 0), ERR_NO_MEMORY);
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_registers), TEST(refusals), TEST(the_directory),
        TEST(copies),        TEST(reset),    TEST(what_can_be_added),
    };
    return cmocka_run_group_tests_name("axdevice fw_cfg", tests, NULL, NULL);
}
