#include "fixture.h"

#define FENCE_I SBI_EXT_RFENCE, SBI_RFENCE_FENCE_I
#define VMA SBI_EXT_RFENCE, SBI_RFENCE_SFENCE_VMA
#define VMA_ASID SBI_EXT_RFENCE, SBI_RFENCE_SFENCE_VMA_ASID

static void fence_i_reaches_the_harts_of_the_mask(void **state)
{
    ASSERT_DOES("remote fence from 1 to 0x5 0x8\n", FENCE_I, 5, 0);
    ASSERT_DOES("remote fence from 1 to 0xc 0x8\n", FENCE_I, 3, 2);
}

static void the_caller_fences_itself(void **state)
{
    ASSERT_DOES("local fence 1 0x8\n", FENCE_I, 2, 0);
    ASSERT_DOES("local fence 1 0x10\n", VMA, 1, 1, 0, 0);
    ASSERT_DOES("remote fence from 1 to 0xd 0x8\nlocal fence 1 0x8\n", FENCE_I, 0xf, 0);
    ASSERT_DOES("remote fence from 1 to 0xd 0x10\nlocal fence 1 0x10\n", VMA, 0, UINT64_MAX, 0, 0);
}

static void an_empty_mask_fences_nothing(void **state)
{
    ASSERT_DOES("", FENCE_I, 0, 0);
    ASSERT_DOES("", VMA_ASID, 0, 2, 0, 4096, 1);
}

static void sfence_takes_every_range_that_is_one(void **state)
{
    static const struct {
        uint64_t start, size;
    } ranges[] = {
        {0, 0},                   /* all */
        {0, UINT64_MAX},          /* all */
        {0x1000, UINT64_MAX},     /* all, whatever the start */
        {UINT64_MAX, UINT64_MAX}, /* all */
        {0x1000, 0},              /* nothing */
        {0x1000, 0x1000},
        {1, 1}, /* no alignment is asked for */
        {0, UINT64_MAX - 1},
        {UINT64_C(0xffffffff80000000), 0x80000000}, /* up to the last byte */
        {UINT64_MAX, 1},                            /* the last byte */
    };
    for (size_t i = 0; i < COUNT(ranges); i++) {
        const uint64_t start = ranges[i].start, size = ranges[i].size;
        ASSERT_DOES("remote fence from 1 to 0x1 0x10\n", VMA, 1, 0, start, size);
        ASSERT_DOES("remote fence from 1 to 0x1 0x10\n", VMA_ASID, 1, 0, start, size, 7);
    }
}

static void a_range_beyond_the_last_byte_is_refused(void **state)
{
    static const struct {
        uint64_t start, size;
    } ranges[] = {
        {UINT64_MAX, 2},
        {3, UINT64_MAX - 1},
        {UINT64_C(0xffffffff80000000), 0x80000001},
        {UINT64_C(0x8000000000000001), UINT64_C(0x8000000000000000)},
        {UINT64_MAX, UINT64_MAX - 1},
    };
    for (size_t i = 0; i < COUNT(ranges); i++) {
        const uint64_t start = ranges[i].start, size = ranges[i].size;
        ASSERT_REFUSED(SBI_ERR_INVALID_ADDRESS, VMA, 1, 0, start, size);
        ASSERT_REFUSED(SBI_ERR_INVALID_ADDRESS, VMA_ASID, 0, UINT64_MAX, start, size, 7);
    }
}

static void harts_that_are_not_there_are_refused(void **state)
{
    static const struct {
        uint64_t mask, base;
    } lists[] = {{1 << HARTS, 0}, {UINT64_MAX, 0}, {1, HARTS},
                 {2, 3},          {1, 64},         {1, UINT64_MAX - 1}};
    for (size_t i = 0; i < COUNT(lists); i++) {
        const uint64_t mask = lists[i].mask, base = lists[i].base;
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, FENCE_I, mask, base);
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, VMA, mask, base, 0, 0);
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, VMA_ASID, mask, base, 0x1000, 0x1000, 1);
    }
}

/* A stopped hart is one of the machine: the running ones of the same mask get their fence. */
static void a_stopped_hart_in_the_mask_is_no_error(void **state)
{
    ASSERT_DOES("remote fence from 1 to 0x9 0x10\n", VMA, 9, 0, 0, 0);
}

static void an_address_space_wider_than_the_harts_is_refused(void **state)
{
    static const uint64_t asids[] = {LAST_ASID + 1, 0x10000, UINT64_C(1) << 32, UINT64_MAX};
    ASSERT_DOES("remote fence from 1 to 0x1 0x10\n", VMA_ASID, 1, 0, 0, 0, LAST_ASID);
    for (size_t i = 0; i < COUNT(asids); i++)
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, VMA_ASID, 1, 0, 0, 0, asids[i]);
}

/* The caller must not free what the other hart may still use. Its own fence is done. */
static void a_fence_that_a_hart_did_not_take_fails(void **state)
{
    f.fence_times_out = true;
    struct answer a = CALL(VMA, 3, 0, 0, 0);
    assert_int_equal(a.error, SBI_ERR_FAILED);
    assert_int_equal(a.value, 0);
    assert_events("remote fence from 1 to 0x1 0x10\nlocal fence 1 0x10\n");
}

static void hfences_are_not_supported(void **state)
{
    for (uint64_t id = SBI_RFENCE_HFENCE_GVMA_VMID; id <= SBI_RFENCE_HFENCE_VVMA; id++)
        ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, SBI_EXT_RFENCE, id, 1, 0, 0, 0, 0);
}

int run_rfence_tests(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fence_i_reaches_the_harts_of_the_mask),
        TEST(the_caller_fences_itself),
        TEST(an_empty_mask_fences_nothing),
        TEST(sfence_takes_every_range_that_is_one),
        TEST(a_range_beyond_the_last_byte_is_refused),
        TEST(harts_that_are_not_there_are_refused),
        TEST(a_stopped_hart_in_the_mask_is_no_error),
        TEST(an_address_space_wider_than_the_harts_is_refused),
        TEST(a_fence_that_a_hart_did_not_take_fails),
        TEST(hfences_are_not_supported),
    };
    return cmocka_run_group_tests_name("rfence", tests, NULL, NULL);
}
