/* What stands in the tables: page sizes, every byte's translation, and tables that ran out. */
#include "fake_frames.h"
#include "groups.h"
#include <axaddrspace/addrspace.h>

#define RAM UINT64_C(0x80000000)
#define HOST UINT64_C(0x140000000) /* 1 GiB-aligned */
#define ROOT_BYTES UINT64_C(16384)

static const enum gstage_mode modes[] = {GSTAGE_SV39X4, GSTAGE_SV48X4};
static struct addrspace as;

static void start(enum gstage_mode mode)
{
    fake_frames_fail_after(FRAMES_NEVER_FAIL);
    assert_int_equal(addrspace_init(&as, mode, 3), OK);
}

static void end(void)
{
    addrspace_destroy(&as);
    assert_int_equal(fake_frames_live(), 0);
}

/* Asserts that `at` leads to `host`, by a leaf for a page of `page` bytes with exactly our bits. */
static void assert_leads_to(uint64_t at, uint64_t host, uint64_t page)
{
    hpa_t out;
    uint64_t pte;
    assert_int_equal(addrspace_walk(&as, gpa(at), &out, &pte), OK);
    assert_int_equal(out.a, host);
    /* D A - U X W R V, and no other bit but the PPN (Priv 1.13 §18.5.1) */
    assert_int_equal(pte, (host & -page) >> 2 | 0xdf);
}

static void assert_unmapped(uint64_t at)
{
    hpa_t out;
    uint64_t pte;
    assert_int_equal(addrspace_walk(&as, gpa(at), &out, &pte), ERR_NOT_FOUND);
}

/* Maps one page of `page` bytes and asserts its leaf, its edges and the tables that it took. */
static void assert_one_page(enum gstage_mode mode, uint64_t page, uint64_t tables)
{
    start(mode);
    assert_int_equal(addrspace_map_ram(&as, gpa(RAM), page, hpa(HOST), RAM_ALL), OK);
    assert_leads_to(RAM, HOST, page);
    assert_leads_to(RAM + page - 1, HOST + page - 1, page);
    assert_unmapped(RAM - 1);
    assert_unmapped(RAM + page);
    assert_int_equal(as.table_bytes, ROOT_BYTES + tables * PAGE_SIZE);
    assert_int_equal(fake_frames_live(), as.table_bytes);
    end();
}

static void takes_the_page_size_that_fits(void **state)
{
    assert_one_page(GSTAGE_SV39X4, SIZE_1G, 0);
    assert_one_page(GSTAGE_SV39X4, SIZE_2M, 1);
    assert_one_page(GSTAGE_SV39X4, PAGE_SIZE, 2);
    assert_one_page(GSTAGE_SV48X4, SIZE_1G, 1);
    assert_one_page(GSTAGE_SV48X4, SIZE_2M, 2);
    assert_one_page(GSTAGE_SV48X4, PAGE_SIZE, 3);
}

static void alignment_of_the_host_bounds_the_page_size(void **state)
{
    start(GSTAGE_SV39X4);
    assert_int_equal(addrspace_map_ram(&as, gpa(RAM), SIZE_1G, hpa(HOST + SIZE_2M), RAM_ALL), OK);
    assert_leads_to(RAM + 5 * SIZE_2M + 7, HOST + 6 * SIZE_2M + 7, SIZE_2M);
    uint64_t next = RAM + SIZE_1G;
    assert_int_equal(addrspace_map_ram(&as, gpa(next), SIZE_2M, hpa(HOST + PAGE_SIZE), RAM_ALL),
                     OK);
    assert_leads_to(next + 9, HOST + PAGE_SIZE + 9, PAGE_SIZE);
    end();
}

/* With pages of 2 MiB and of 4 KiB; the tables go with the address space, hidden or not. */
static void hides_and_shows(void **state)
{
    for (unsigned largest = 0; largest < 2; largest++) {
        const uint64_t at = 0x20000000, size = 4 * SIZE_2M;
        start(GSTAGE_SV39X4);
        as.largest_level = largest;
        assert_int_equal(addrspace_map_ram(&as, gpa(at), size, hpa(HOST), RAM_ALL), OK);
        assert_int_equal(addrspace_map_ram(&as, gpa(at + size), SIZE_2M, hpa(HOST + size), RAM_ALL),
                         OK);
        addrspace_show(&as, gpa(at), size, false);
        assert_unmapped(at);
        assert_unmapped(at + size - 1);
        assert_leads_to(at + size, HOST + size, largest == 0 ? PAGE_SIZE : SIZE_2M);
        assert_true(guest_is_ram(&as, gpa(at), size, RAM_READ)); /* to the host it stays */
        addrspace_show(&as, gpa(at), size, true);
        assert_leads_to(at + 5, HOST + 5, largest == 0 ? PAGE_SIZE : SIZE_2M);
        assert_leads_to(at + size - 1, HOST + size - 1, largest == 0 ? PAGE_SIZE : SIZE_2M);
        addrspace_show(&as, gpa(at), SIZE_2M, false);
        end();
    }
}

static void pages_grow_and_shrink_over_an_odd_range(void **state)
{
    for (size_t m = 0; m < 2; m++) {
        start(modes[m]);
        const uint64_t base = RAM - SIZE_2M - PAGE_SIZE;
        const uint64_t host = HOST - SIZE_2M - PAGE_SIZE;
        const uint64_t size = PAGE_SIZE + SIZE_2M + SIZE_1G + SIZE_2M + PAGE_SIZE;
        assert_int_equal(addrspace_map_ram(&as, gpa(base), size, hpa(host), RAM_ALL), OK);

        assert_unmapped(base - 1);
        assert_leads_to(base, host, PAGE_SIZE);
        assert_leads_to(RAM - 1, HOST - 1, SIZE_2M);
        assert_leads_to(RAM, HOST, SIZE_1G);
        assert_leads_to(RAM + SIZE_1G - 1, HOST + SIZE_1G - 1, SIZE_1G);
        assert_leads_to(RAM + SIZE_1G, HOST + SIZE_1G, SIZE_2M);
        assert_leads_to(base + size - 1, host + size - 1, PAGE_SIZE);
        assert_unmapped(base + size);
        end();
    }
}

static void every_page_of_a_range_leads_to_its_own(void **state)
{
    start(GSTAGE_SV48X4);
    const uint64_t base = RAM + 3 * PAGE_SIZE;
    const uint64_t host = HOST + 5 * SIZE_2M + 3 * PAGE_SIZE;
    const uint64_t size = 3 * SIZE_2M;
    assert_int_equal(addrspace_map_ram(&as, gpa(base), size, hpa(host), RAM_ALL), OK);
    for (uint64_t at = 0; at < size; at += PAGE_SIZE) {
        hpa_t out;
        uint64_t pte;
        assert_int_equal(addrspace_walk(&as, gpa(base + at + 1), &out, &pte), OK);
        assert_int_equal(out.a, host + at + 1);
    }
    end();
}

static void the_last_page_of_each_mode_is_reached(void **state)
{
    static const unsigned bits[] = {41, 50};
    for (size_t m = 0; m < 2; m++) {
        start(modes[m]);
        uint64_t last = (UINT64_C(1) << bits[m]) - PAGE_SIZE;
        assert_int_equal(addrspace_map_ram(&as, gpa(last), PAGE_SIZE, hpa(HOST), RAM_ALL), OK);
        assert_leads_to(last, HOST, PAGE_SIZE);
        assert_unmapped(last - 1);
        assert_unmapped(last + PAGE_SIZE); /* beyond the width, not wrapped to 0 */
        assert_unmapped(last + (UINT64_C(1) << bits[m]));
        assert_unmapped(UINT64_MAX);
        end();
    }
}

/* The leaf has exactly the bits of the rights, at every page size (Priv 1.13 §18.5.1). */
static void leaves_say_what_the_guest_may(void **state)
{
    static const struct {
        unsigned rights;
        uint64_t bits;
    } cases[] = {
        {RAM_READ, 0xd3},
        {RAM_READ | RAM_WRITE, 0xd7},
        {RAM_READ | RAM_EXECUTE, 0xdb},
        {RAM_ALL, 0xdf},
    };
    static const uint64_t pages[] = {PAGE_SIZE, SIZE_2M, SIZE_1G};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        start(GSTAGE_SV39X4);
        for (uint64_t p = 0; p < 3; p++) {
            hpa_t out;
            uint64_t pte, at = (p + 1) * SIZE_1G;
            assert_int_equal(addrspace_map_ram(&as, gpa(at), pages[p], hpa(HOST), cases[i].rights),
                             OK);
            assert_int_equal(addrspace_walk(&as, gpa(at), &out, &pte), OK);
            assert_int_equal(pte, HOST >> 2 | cases[i].bits);
        }
        end();
    }
}

static void rights_without_reading_are_refused(void **state)
{
    static const unsigned rights[] = {0, RAM_WRITE, RAM_EXECUTE, RAM_WRITE | RAM_EXECUTE};
    start(GSTAGE_SV39X4);
    for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++)
        assert_int_equal(addrspace_map_ram(&as, gpa(RAM), PAGE_SIZE, hpa(HOST), rights[i]),
                         ERR_INVALID);
    assert_int_equal(as.ram_count, 0);
    end();
}

/* Odd at both ends, so that tables of every level are made, and some are shared with `before`. */
static enum err map_odd(void)
{
    return addrspace_map_ram(&as, gpa(RAM + SIZE_2M), 2 * SIZE_1G + PAGE_SIZE, hpa(HOST + SIZE_2M),
                             RAM_ALL);
}

static void a_map_that_runs_out_of_frames_leaves_nothing(void **state)
{
    for (size_t m = 0; m < 2; m++) {
        start(modes[m]);
        assert_int_equal(addrspace_map_ram(&as, gpa(RAM), PAGE_SIZE, hpa(HOST), RAM_ALL), OK);
        const struct addrspace before = as;
        uint32_t failures = 0;
        enum err err = ERR_NO_MEMORY;
        while (err != OK) {
            fake_frames_fail_after(failures);
            err = map_odd();
            if (err == OK)
                break;
            failures++;
            assert_int_equal(err, ERR_NO_MEMORY);
            assert_memory_equal(&as, &before, sizeof(as));
            assert_int_equal(fake_frames_live(), as.table_bytes);
            assert_leads_to(RAM, HOST, PAGE_SIZE);
            for (uint64_t at = SIZE_2M; at < 2 * SIZE_1G + 2 * SIZE_2M; at += SIZE_2M)
                assert_unmapped(RAM + at);
        }
        assert_int_equal(failures * PAGE_SIZE, as.table_bytes - before.table_bytes);
        assert_true(failures >= 2);
        end();
    }
}

int run_map_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_page_size_that_fits),
        cmocka_unit_test(alignment_of_the_host_bounds_the_page_size),
        cmocka_unit_test(hides_and_shows),
        cmocka_unit_test(pages_grow_and_shrink_over_an_odd_range),
        cmocka_unit_test(every_page_of_a_range_leads_to_its_own),
        cmocka_unit_test(the_last_page_of_each_mode_is_reached),
        cmocka_unit_test(leaves_say_what_the_guest_may),
        cmocka_unit_test(rights_without_reading_are_refused),
        cmocka_unit_test(a_map_that_runs_out_of_frames_leaves_nothing),
    };
    return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
