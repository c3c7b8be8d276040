/* What an address space starts as, and every argument that is refused. */
#include "fake_frames.h"
#include "groups.h"
#include <axaddrspace/addrspace.h>
#include <string.h>

#define GUEST_WIDTH_39 (UINT64_C(1) << 41)
#define GUEST_WIDTH_48 (UINT64_C(1) << 50)
#define HOST_WIDTH (UINT64_C(1) << 56)
#define RAM UINT64_C(0x80000000)
#define HOST UINT64_C(0x140000000)

static struct addrspace as;

static int setup(void **state)
{
    fake_frames_fail_after(FRAMES_NEVER_FAIL);
    return addrspace_init(&as, GSTAGE_SV39X4, 1) == OK ? 0 : -1;
}

static int teardown(void **state)
{
    addrspace_destroy(&as);
    return fake_frames_live() == 0 ? 0 : -1;
}

/* Maps with these arguments, and asserts the error and that nothing at all has changed. */
static void assert_refused(uint64_t base, uint64_t size, uint64_t host, enum err expected)
{
    struct addrspace before = as;
    uint64_t live = fake_frames_live();
    assert_int_equal(addrspace_map_ram(&as, gpa(base), size, hpa(host), RAM_ALL), expected);
    assert_memory_equal(&as, &before, sizeof(as));
    assert_int_equal(fake_frames_live(), live);
}

static void assert_mapped(uint64_t base, uint64_t size, uint64_t host)
{
    assert_int_equal(addrspace_map_ram(&as, gpa(base), size, hpa(host), RAM_ALL), OK);
}

static void starts_empty(void **state)
{
    hpa_t out;
    uint64_t pte;
    assert_int_equal(as.table_bytes, 16384);
    assert_int_equal(fake_frames_live(), 16384);
    assert_int_equal(as.root.a % 16384, 0);
    assert_int_equal(addrspace_walk(&as, gpa(0), &out, &pte), ERR_NOT_FOUND);
    assert_int_equal(addrspace_walk(&as, gpa(RAM), &out, &pte), ERR_NOT_FOUND);
    assert_false(guest_is_ram(&as, gpa(RAM), 1, RAM_READ));
}

static void refuses_a_mode_that_is_not_known(void **state)
{
    struct addrspace other;
    static const unsigned modes[] = {0, 1, 7, 10, 11};
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
        assert_int_equal(addrspace_init(&other, (enum gstage_mode)modes[i], 1), ERR_INVALID);
}

static void refuses_a_vmid_of_more_than_14_bits(void **state)
{
    struct addrspace other;
    assert_int_equal(addrspace_init(&other, GSTAGE_SV39X4, 0x4000), ERR_INVALID);
    assert_int_equal(addrspace_init(&other, GSTAGE_SV39X4, 0xffff), ERR_INVALID);
    assert_int_equal(addrspace_init(&other, GSTAGE_SV39X4, 0x3fff), OK);
    addrspace_destroy(&other);
}

static void reports_that_there_is_no_frame_for_the_root(void **state)
{
    struct addrspace other;
    fake_frames_fail_after(0);
    assert_int_equal(addrspace_init(&other, GSTAGE_SV48X4, 1), ERR_NO_MEMORY);
}

static void gives_hgatp(void **state)
{
    struct addrspace other;
    assert_int_equal(addrspace_init(&other, GSTAGE_SV48X4, 0x3ffe), OK);
    assert_int_equal(addrspace_hgatp(&other),
                     UINT64_C(9) << 60 | UINT64_C(0x3ffe) << 44 | other.root.a >> 12);
    addrspace_destroy(&other);
    assert_int_equal(addrspace_hgatp(&as), UINT64_C(8) << 60 | UINT64_C(1) << 44 | as.root.a >> 12);
}

static void refuses_what_is_not_page_aligned(void **state)
{
    assert_refused(RAM, 0, HOST, ERR_INVALID);
    assert_refused(RAM + 1, PAGE_SIZE, HOST, ERR_INVALID);
    assert_refused(RAM + 2048, PAGE_SIZE, HOST, ERR_INVALID);
    assert_refused(RAM, PAGE_SIZE - 1, HOST, ERR_INVALID);
    assert_refused(RAM, PAGE_SIZE + 8, HOST, ERR_INVALID);
    assert_refused(RAM, PAGE_SIZE, HOST + 4, ERR_INVALID);
}

static void refuses_what_sv39x4_cannot_reach(void **state)
{
    assert_refused(GUEST_WIDTH_39, PAGE_SIZE, HOST, ERR_RANGE);
    assert_refused(GUEST_WIDTH_39 - PAGE_SIZE, 2 * PAGE_SIZE, HOST, ERR_RANGE);
    assert_refused(0, GUEST_WIDTH_39 + PAGE_SIZE, HOST, ERR_RANGE);
    assert_refused(PAGE_SIZE, GUEST_WIDTH_39, HOST, ERR_RANGE);
    assert_mapped(GUEST_WIDTH_39 - PAGE_SIZE, PAGE_SIZE, HOST);
}

static void refuses_what_sv48x4_cannot_reach(void **state)
{
    addrspace_destroy(&as);
    assert_int_equal(addrspace_init(&as, GSTAGE_SV48X4, 1), OK);
    assert_refused(GUEST_WIDTH_48, PAGE_SIZE, HOST, ERR_RANGE);
    assert_refused(GUEST_WIDTH_48 - PAGE_SIZE, 2 * PAGE_SIZE, HOST, ERR_RANGE);
    assert_mapped(GUEST_WIDTH_39, PAGE_SIZE, HOST);
    assert_mapped(GUEST_WIDTH_48 - PAGE_SIZE, PAGE_SIZE, HOST);
}

static void refuses_sums_that_overflow(void **state)
{
    const uint64_t last_page = -PAGE_SIZE;
    assert_refused(last_page, PAGE_SIZE, HOST, ERR_RANGE);
    assert_refused(last_page, 2 * PAGE_SIZE, HOST, ERR_RANGE);
    assert_refused(RAM, last_page, HOST, ERR_RANGE);
    assert_refused(RAM, -RAM, HOST, ERR_RANGE);
    assert_refused(RAM, -RAM + PAGE_SIZE, HOST, ERR_RANGE);
    assert_refused(RAM, 2 * PAGE_SIZE, last_page, ERR_RANGE);
}

static void refuses_host_memory_that_a_pte_cannot_name(void **state)
{
    assert_refused(RAM, PAGE_SIZE, HOST_WIDTH, ERR_RANGE);
    assert_refused(RAM, 2 * PAGE_SIZE, HOST_WIDTH - PAGE_SIZE, ERR_RANGE);
    assert_mapped(RAM, PAGE_SIZE, HOST_WIDTH - PAGE_SIZE);
}

static void refuses_overlaps(void **state)
{
    const uint64_t p = PAGE_SIZE;
    assert_mapped(RAM, 4 * p, HOST);
    assert_refused(RAM, 4 * p, HOST, ERR_EXISTS);             /* the same */
    assert_refused(RAM + p, p, HOST, ERR_EXISTS);             /* inside */
    assert_refused(RAM - p, 6 * p, HOST, ERR_EXISTS);         /* around */
    assert_refused(RAM - p, 2 * p, HOST, ERR_EXISTS);         /* over the start */
    assert_refused(RAM + 3 * p, 2 * p, HOST, ERR_EXISTS);     /* over the end */
    assert_refused(0, GUEST_WIDTH_39, HOST, ERR_EXISTS);      /* everything */
    assert_mapped(RAM - p, p, HOST + 4 * p);                  /* up to the start */
    assert_mapped(RAM + 4 * p, p, HOST + 8 * p);              /* from the end */
    assert_refused(RAM + 4 * p, p, HOST + 9 * p, ERR_EXISTS); /* a later region */
}

static void refuses_a_region_too_many(void **state)
{
    for (uint64_t i = 0; i < ADDRSPACE_MAX_RAM; i++)
        assert_mapped(RAM + i * SIZE_2M, SIZE_2M, HOST);
    assert_refused(RAM + ADDRSPACE_MAX_RAM * SIZE_2M, SIZE_2M, HOST, ERR_NO_MEMORY);
}

/* No fetch, no RAM; its tables go with the address space (teardown counts the frames). */
static void maps_a_device(void **state)
{
    hpa_t host;
    uint64_t pte;
    assert_int_equal(addrspace_map_device(&as, gpa(0x101000), PAGE_SIZE, hpa(0x777000)), OK);
    assert_int_equal(addrspace_walk(&as, gpa(0x101004), &host, &pte), OK);
    assert_int_equal(host.a, 0x777004);
    assert_int_equal(pte & 0xff, 0xd7); /* D A U W R V */
    assert_false(guest_is_ram(&as, gpa(0x101000), 4, RAM_READ));
    assert_mapped(RAM, SIZE_2M, HOST);
    assert_int_equal(addrspace_map_device(&as, gpa(RAM), PAGE_SIZE, hpa(0x777000)), ERR_EXISTS);
    assert_int_equal(addrspace_map_device(&as, gpa(1), PAGE_SIZE, hpa(0x777000)), ERR_INVALID);
}

/* What is mapped, for a device too, and what is kept for software refuse each other. */
static void refuses_to_map_over_a_mapping(void **state)
{
    static const uint64_t device = 0x12000000, kept = 0x10000100, window = 0x40000000;
    hpa_t host;
    uint64_t pte;
    assert_int_equal(addrspace_map_device(&as, gpa(device), PAGE_SIZE, hpa(0x777000)), OK);
    assert_refused(device, SIZE_2M, HOST, ERR_EXISTS);
    assert_refused(device - SIZE_2M + PAGE_SIZE, SIZE_2M, HOST, ERR_EXISTS);
    assert_int_equal(addrspace_map_device(&as, gpa(device), PAGE_SIZE, hpa(0x888000)), ERR_EXISTS);
    assert_int_equal(addrspace_walk(&as, gpa(device), &host, &pte), OK);
    assert_int_equal(host.a, 0x777000);
    assert_int_equal(addrspace_reserve(&as, gpa(device + 8), 8, RANGE_THING), ERR_EXISTS);
    assert_int_equal(addrspace_reserve(&as, gpa(kept), 8, RANGE_THING), OK);
    assert_refused(align_down(kept, PAGE_SIZE), PAGE_SIZE, HOST, ERR_EXISTS);
    assert_int_equal(addrspace_reserve(&as, gpa(window), 2 * PAGE_SIZE, RANGE_WINDOW), OK);
    assert_refused(window + PAGE_SIZE, 2 * PAGE_SIZE, HOST, ERR_EXISTS);
    assert_mapped(window + PAGE_SIZE, PAGE_SIZE, HOST);
    assert_refused(window, 2 * PAGE_SIZE, HOST, ERR_EXISTS);
}

/* What could not be mapped for want of tables leaves its place free. */
static void gives_the_place_of_a_failure_back(void **state)
{
    fake_frames_fail_after(0);
    assert_refused(RAM, PAGE_SIZE, HOST, ERR_NO_MEMORY);
    fake_frames_fail_after(FRAMES_NEVER_FAIL);
    assert_mapped(RAM, PAGE_SIZE, HOST);
}

int run_addrspace_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(starts_empty, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_a_mode_that_is_not_known, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_a_vmid_of_more_than_14_bits, setup, teardown),
        cmocka_unit_test_setup_teardown(reports_that_there_is_no_frame_for_the_root, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(gives_hgatp, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_what_is_not_page_aligned, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_what_sv39x4_cannot_reach, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_what_sv48x4_cannot_reach, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_sums_that_overflow, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_host_memory_that_a_pte_cannot_name, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(refuses_overlaps, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_a_region_too_many, setup, teardown),
        cmocka_unit_test_setup_teardown(maps_a_device, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_to_map_over_a_mapping, setup, teardown),
        cmocka_unit_test_setup_teardown(gives_the_place_of_a_failure_back, setup, teardown),
    };
    return cmocka_run_group_tests_name("addrspace", tests, NULL, NULL);
}

int main(void)
{
    return run_addrspace_tests() + run_map_tests() + run_guest_tests();
}
