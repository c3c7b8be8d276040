/* All that a VM's memory has is erased, a little in each call. */
#include <internal.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RAM SIZE_2M
#define MOST (64 * 1024) /* bytes in a call: some 10 us */

static struct vm_config config = {.name = "wiped", .memory = RAM, .flash_count = 1};
static struct vm vm = {.config = &config};
static uint8_t *ram;

void *guest_ptr(const struct addrspace *as, gpa_t at, uint64_t size)
{
    assert_int_equal(size, RAM);
    return ram;
}

static size_t count_dirty(const uint8_t *bytes, size_t size)
{
    size_t dirty = 0;
    for (size_t i = 0; i < size; i++)
        dirty += bytes[i] != 0;
    return dirty;
}

static void erases_all_in_pieces(void **state)
{
    uint8_t *flash = malloc(PFLASH_SIZE);
    ram = malloc(RAM);
    memset(ram, 0x5a, RAM);
    memset(flash, 0x5a, PFLASH_SIZE);
    vm.flash[0].bytes = flash;
    vm.flash_filled = true;
    unsigned calls = 0;
    vm_begin_to_wipe(&vm);
    for (size_t left = RAM; vm_wipe_piece(&vm); calls++) {
        if (left == 0)
            continue;
        size_t dirty = count_dirty(ram, RAM);
        assert_in_range(left - dirty, 1, MOST);
        left = dirty;
        assert_int_equal(flash[0], 0x5a); /* it comes after the RAM */
    }
    assert_in_range(calls, (RAM + PFLASH_SIZE) / MOST, SIZE_MAX);
    assert_int_equal(count_dirty(ram, RAM), 0);
    assert_int_equal(count_dirty(flash, PFLASH_SIZE), 0);
    assert_false(vm.flash_filled); /* the next life has what its file says */
    free(flash);
    free(ram);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(erases_all_in_pieces)};
    return cmocka_run_group_tests_name("axvm/wipe", tests, NULL, NULL);
}
