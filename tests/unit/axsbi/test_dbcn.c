#include "fixture.h"
#include <extension.h>
#include <string.h>

#define WRITE SBI_EXT_DBCN, SBI_DBCN_WRITE
#define READ SBI_EXT_DBCN, SBI_DBCN_READ
#define WRITE_BYTE SBI_EXT_DBCN, SBI_DBCN_WRITE_BYTE

/* Buffers that are not wholly the guest's RAM: count, low, high. */
static const uint64_t no_buffers[][3] = {
    {1, 0, 0},
    {1, RAM - 1, 0},
    {2, RAM - 1, 0},
    {1, RAM_END, 0},
    {2, RAM_END - 1, 0},
    {RAM_SIZE + 1, RAM, 0},
    {UINT64_MAX, RAM, 0},
    {-RAM + 1, RAM, 0}, /* the sum wraps */
    {UINT64_MAX, RAM + 1, 0},
    {1, UINT64_MAX, 0},
    {2, UINT64_MAX, 0},
    {1, 0x10000000, 0}, /* a device */
    {1, RAM, 1},
    {1, RAM, UINT64_MAX},
};

static void writes_from_guest_memory(void **state)
{
    memcpy(f.ram + 100, "Hello", 5);
    ASSERT_CALL("write 5\n", 5, WRITE, 5, RAM + 100, 0);
    assert_int_equal(f.output_length, 5);
    assert_memory_equal(f.output, "Hello", 5);
}

static void writes_up_to_the_last_byte_of_ram(void **state)
{
    f.ram[RAM_SIZE - 1] = '!';
    ASSERT_CALL("write 1\n", 1, WRITE, 1, RAM_END - 1, 0);
    assert_int_equal(f.output[0], '!');
}

static void a_long_write_does_its_first_part(void **state)
{
    for (size_t i = 0; i < 600; i++)
        f.ram[i] = (char)i;
    for (uint64_t done = 0; done < 512; done += 128)
        ASSERT_CALL("write 128\n", 128, WRITE, 600 - done, RAM + done, 0);
    ASSERT_CALL("write 88\n", 88, WRITE, 88, RAM + 512, 0);
    assert_int_equal(f.output_length, 600);
    assert_memory_equal(f.output, f.ram, 600);
    ASSERT_CALL("write 128\n", 128, WRITE, RAM_SIZE, RAM, 0);
}

/* SBI 2.0 §12.1: the guest sees how much was written, and asks again. */
static void a_full_console_takes_what_it_has_room_for(void **state)
{
    memcpy(f.ram, "Hello", 5);
    f.output_room = 3;
    ASSERT_CALL("write 3\n", 3, WRITE, 5, RAM, 0);
    ASSERT_CALL("write 2\n", 2, WRITE, 2, RAM + 3, 0);
    assert_memory_equal(f.output, "Hello", 5);
}

/* SBI 2.0 §12.1: to write nothing is a success; §12.3: a byte that can't be written is none. */
static void a_console_without_room(void **state)
{
    f.output_broken = true;
    ASSERT_CALL("", 0, WRITE, 5, RAM, 0);
    ASSERT_REFUSED(SBI_ERR_FAILED, WRITE_BYTE, 'x', 0, 0);
}

/* The guest makes the call again, and finds its registers as they were. */
static void a_byte_waits_for_room(void **state)
{
    struct vcpu *vcpu = &f.vcpus[CALLER];
    f.output_full = true;
    vcpu->x[REG_A7] = SBI_EXT_DBCN;
    vcpu->x[REG_A6] = SBI_DBCN_WRITE_BYTE;
    vcpu->x[REG_A0] = 'x';
    vcpu->x[REG_A1] = 1;
    assert_int_equal(handle_call(vcpu), SBI_AGAIN);
    assert_int_equal(vcpu->x[REG_A0], 'x');
    assert_int_equal(vcpu->x[REG_A1], 1);
    vcpu->x[REG_A7] = SBI_EXT_LEGACY_PUTCHAR;
    assert_int_equal(handle_call(vcpu), SBI_AGAIN);
    assert_int_equal(vcpu->x[REG_A0], 'x');
    f.output_full = false;
    assert_int_equal(handle_call(vcpu), SBI_RESUME);
    assert_int_equal(vcpu->x[REG_A0], 0);
    assert_memory_equal(f.output, "x", 2);
}

static void reads_what_is_there(void **state)
{
    f.input = "root\n";
    ASSERT_CALL("read 5 of 64\n", 5, READ, 64, RAM + 8, 0);
    assert_memory_equal(f.ram + 8, "root\n\0", 6);
    ASSERT_CALL("read 0 of 64\n", 0, READ, 64, RAM + 8, 0);
}

static void reads_no_more_than_there_is_room_for(void **state)
{
    f.input = "reboot";
    ASSERT_CALL("read 2 of 2\n", 2, READ, 2, RAM_END - 2, 0);
    assert_memory_equal(f.ram + RAM_SIZE - 2, "re", 2);
    ASSERT_CALL("read 4 of 128\n", 4, READ, RAM_SIZE, RAM, 0);
    assert_memory_equal(f.ram, "boot\0", 5);
}

static void no_bytes_are_never_wrong(void **state)
{
    f.input = "x";
    for (size_t i = 0; i < COUNT(no_buffers); i++) {
        ASSERT_RETURNS(0, WRITE, 0, no_buffers[i][1], no_buffers[i][2]);
        ASSERT_RETURNS(0, READ, 0, no_buffers[i][1], no_buffers[i][2]);
    }
}

static void refuses_buffers_that_are_not_wholly_ram(void **state)
{
    f.input = "x";
    for (size_t i = 0; i < COUNT(no_buffers); i++) {
        const uint64_t *b = no_buffers[i];
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, WRITE, b[0], b[1], b[2]);
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, READ, b[0], b[1], b[2]);
    }
}

/* As a VM may have memory that it shares with another. */
static void does_with_read_only_memory_what_the_guest_may(void **state)
{
    f.memory.ram[0].rights = RAM_READ;
    f.input = "x";
    f.ram[8] = '!';
    ASSERT_CALL("write 1\n", 1, WRITE, 1, RAM + 8, 0);
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, READ, 1, RAM + 8, 0);
    assert_int_equal(f.ram[8], '!');
}

static void writes_one_byte(void **state)
{
    ASSERT_DOES("write 1\n", WRITE_BYTE, 'A');
    ASSERT_DOES("write 1\n", WRITE_BYTE, ~UINT64_C(0xff) | 'B'); /* 8 bits wide */
    ASSERT_DOES("write 1\n", WRITE_BYTE, 0);
    assert_memory_equal(f.output, "AB\0", 3);
}

/* Without the general way: the console gets the byte, and the guest what it gets by that. */
static void a_byte_takes_the_shortcut(void **state)
{
    struct vcpu *vcpu = &f.vcpus[CALLER];
    for (uint64_t function = SBI_DBCN_WRITE; function <= SBI_DBCN_WRITE_BYTE; function++) {
        const bool byte = function == SBI_DBCN_WRITE_BYTE;
        f.ram[5] = 'x';
        vcpu->x[REG_A7] = SBI_EXT_DBCN;
        vcpu->x[REG_A6] = function;
        vcpu->x[REG_A0] = byte ? 'y' : 1;
        vcpu->x[REG_A1] = RAM + 5;
        vcpu->x[REG_A2] = 0;
        assert_int_equal(sbi_dbcn.shortcut(&f.machine, vcpu), function != SBI_DBCN_READ);
    }
    assert_events("write 1\nwrite 1\n");
    assert_memory_equal(f.output, "xy", 2);
}

int run_dbcn_tests(void)
{
    const struct CMUnitTest tests[] = {
        TEST(writes_from_guest_memory),
        TEST(writes_up_to_the_last_byte_of_ram),
        TEST(a_long_write_does_its_first_part),
        TEST(a_full_console_takes_what_it_has_room_for),
        TEST(a_console_without_room),
        TEST(a_byte_waits_for_room),
        TEST(reads_what_is_there),
        TEST(reads_no_more_than_there_is_room_for),
        TEST(no_bytes_are_never_wrong),
        TEST(refuses_buffers_that_are_not_wholly_ram),
        TEST(does_with_read_only_memory_what_the_guest_may),
        TEST(writes_one_byte),
        TEST(a_byte_takes_the_shortcut),
    };
    return cmocka_run_group_tests_name("dbcn", tests, NULL, NULL);
}
