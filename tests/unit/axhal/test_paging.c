/* The host's tables for machines whose RAM is where QEMU's is not: each address is looked up in
 * them. */
#include "axsync/fake_panic.h"
#include <axhal/arch/csr.h>
#include <axhal/arch/layout.h>
#include <axhal/csr_bits.h>
#include <axhal/hart.h>
#include <axhal/paging.h>

#define RAM UINT64_C(0x100000000)
#define IMAGE (RAM + 0x200000)
#define FDT (RAM + 0x7fe00000)
#define READ 2
#define WRITE 4
#define EXECUTE 8

static struct hart_stacks *stacks; /* an address alone */

struct hart_stacks *hart_stacks_at(uint32_t index)
{
    return index == 0 ? stacks : NULL;
}

static struct platform machine(uint64_t ram)
{
    fake_image = (char *)(uintptr_t)(ram + 0x200000);
    stacks = (struct hart_stacks *)(uintptr_t)(ram + 0x300000);
    return (struct platform){.memory = {{hpa(ram), 0x80000000}},
                             .memory_count = 1,
                             .address_end = ram + 0x80000000,
                             .reserved = {{hpa(ram), 0x80000}, {hpa(ram + 0x7fe00000), 0x3000}},
                             .reserved_count = 2,
                             .fdt = (void *)(uintptr_t)(ram + 0x7fe00000),
                             .fdt_size = 0x2345};
}

/* The rights of the page at `at` by the tables that satp names; 0: none. */
static uint64_t rights(uint64_t at)
{
    paging_enable();
    uint64_t satp = csr_read_satp(), pte = FIELD_GET(SATP_PPN, satp) << 10;
    for (unsigned level = FIELD_GET(SATP_MODE, satp) == SATP_MODE_SV48 ? 4 : 3; level-- > 0;) {
        const uint64_t *table = (uint64_t *)(uintptr_t)(FIELD_GET(MASK(53, 10), pte) << 12);
        pte = table[(at >> (12 + 9 * level)) % 512];
        if ((pte & 1) == 0)
            return 0;
        if ((pte & (READ | WRITE | EXECUTE)) != 0) {
            uint64_t span = UINT64_C(1) << (12 + 9 * level);
            assert_int_equal(FIELD_GET(MASK(53, 10), pte) << 12, align_down(at, span));
            return pte & (READ | WRITE | EXECUTE);
        }
    }
    fail_msg("0x%lx: a pointer where a leaf is due", (unsigned long)at);
    return 0;
}

static void check_parts(uint64_t ram)
{
    assert_int_equal(rights(ram), 0); /* the firmware's */
    assert_int_equal(rights(ram + 0x7ffff), 0);
    assert_int_equal(rights(ram + 0x80000), READ | WRITE);
    assert_int_equal(rights(ram + 0x200000), READ | EXECUTE);
    assert_int_equal(rights(ram + 0x201000), READ);
    assert_int_equal(rights(ram + 0x202000), READ | WRITE);
    assert_int_equal(rights((uintptr_t)stacks->guard), 0);
    assert_int_equal(rights((uintptr_t)stacks->stack), READ | WRITE);
    assert_int_equal(rights((uintptr_t)stacks->fault_guard), 0);
    assert_int_equal(rights((uintptr_t)stacks->fault_stack), READ | WRITE);
    assert_int_equal(rights(ram + 0x7fe00000), READ); /* the tree, to its last page */
    assert_int_equal(rights(ram + 0x7fe02fff), READ);
    assert_int_equal(rights(ram + 0x7fe03000), READ | WRITE);
    assert_int_equal(rights(ram + 0x7fffffff), READ | WRITE);
    assert_int_equal(rights(ram + 0x80000000), 0);
    assert_int_equal(rights(ram - 1), 0);
    assert_int_equal(rights(0), 0);
}

static void maps_ram_at_4_gib(void **state)
{
    struct platform p = machine(RAM);
    paging_init(&p);
    check_parts(RAM);
    assert_int_equal(paging_width(), 39);
    assert_int_equal(rights(UINT64_C(0x80000000)), 0);
    assert_int_equal(paging_map_device(hpa(0x10000000), 0x100), OK);
    assert_int_equal(rights(0x10000fff), READ | WRITE);
}

static void maps_ram_beyond_sv39(void **state)
{
    struct platform p = machine(UINT64_C(0x8000000000));
    paging_init(&p);
    check_parts(UINT64_C(0x8000000000));
    assert_int_equal(paging_width(), 48);
    assert_int_equal(csr_read_satp() >> 60, SATP_MODE_SV48);
}

/* Three levels reach the tree and the memory; the image itself may need a fourth. */
static void counts_the_image_and_the_tree(void **state)
{
    struct platform p = machine(RAM);
    p.fdt = (void *)(uintptr_t)UINT64_C(0x4000000000);
    paging_init(&p);
    assert_int_equal(paging_width(), 48);
    assert_int_equal(rights(UINT64_C(0x4000000000)), READ);
    p = machine(RAM);
    fake_image = (char *)(uintptr_t)UINT64_C(0x4000000000);
    paging_init(&p);
    assert_int_equal(rights(UINT64_C(0x4000000000)), READ | EXECUTE);
    assert_int_equal(rights(UINT64_C(0x4000003fff)), READ | WRITE);
}

/* A firmware may leave the image, the tree and the bundle out of what it says is memory. */
static void maps_what_lies_outside_of_memory(void **state)
{
    struct platform p = machine(RAM);
    p.fdt = (void *)(uintptr_t)UINT64_C(0x90000800);
    p.initrd = (struct memory_range){hpa(0xa0000804), 0x1000};
    fake_image = (char *)(uintptr_t)UINT64_C(0x80200000);
    paging_init(&p);
    assert_int_equal(rights(0x90000000), READ);
    assert_int_equal(rights(0x90002fff), READ);
    assert_int_equal(rights(0x90003000), 0);
    assert_int_equal(rights(0x9fffffff), 0);
    assert_int_equal(rights(0xa0000000), READ);
    assert_int_equal(rights(0xa0001803), READ);
    assert_int_equal(rights(0xa0002000), 0);
    assert_int_equal(rights(0x80200000), READ | EXECUTE);
    assert_int_equal(rights(0x80203fff), READ | WRITE);
    assert_int_equal(rights(0x80204000), 0);
}

static void reads_what_a_boot_loader_reserves_with_more_around(void **state)
{
    struct platform p = machine(RAM);
    p.initrd = (struct memory_range){hpa(RAM + 0x10000000), 0x1000};
    p.reserved[1] = (struct memory_range){hpa(RAM + 0xf000000), 0x2000000};
    paging_init(&p);
    assert_int_equal(rights(RAM + 0xf000000), 0);
    assert_int_equal(rights(RAM + 0x10000000), READ);
    assert_int_equal(rights(RAM + 0x10001000), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_ram_at_4_gib),
        cmocka_unit_test(maps_ram_beyond_sv39),
        cmocka_unit_test(counts_the_image_and_the_tree),
        cmocka_unit_test(maps_what_lies_outside_of_memory),
        cmocka_unit_test(reads_what_a_boot_loader_reserves_with_more_around),
    };
    return cmocka_run_group_tests_name("axhal-paging", tests, NULL, NULL);
}
