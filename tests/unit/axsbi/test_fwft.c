#include "fixture.h"
#include <axhal/csr_bits.h>

#define SET SBI_EXT_FWFT, SBI_FWFT_SET
#define GET SBI_EXT_FWFT, SBI_FWFT_GET
#define ALL (HENVCFG_LPE | HENVCFG_SSE | HENVCFG_ADUE | HENVCFG_PMM)

/* A hart that has these, all off; it has asked before. */
static void give(uint64_t bits)
{
    f.vcpus[CALLER].environment = f.possible = bits;
    f.harts[CALLER].updating_known = true;
}

static const struct {
    uint64_t feature, bit;
    const char *on, *off;
} switches[] = {
    {SBI_FWFT_LANDING_PAD, HENVCFG_LPE, "environment 0x4 of 0x4\n", "environment 0 of 0x4\n"},
    {SBI_FWFT_SHADOW_STACK, HENVCFG_SSE, "environment 0x8 of 0x8\n", "environment 0 of 0x8\n"},
    {SBI_FWFT_PTE_AD_HW_UPDATING, HENVCFG_ADUE,
     "environment 0x2000000000000000 of 0x2000000000000000\n",
     "environment 0 of 0x2000000000000000\n"},
};

static void misaligned_accesses_are_served_below_until_it_wants_them(void **state)
{
    ASSERT_RETURNS(0, GET, SBI_FWFT_MISALIGNED_EXC_DELEG);
    ASSERT_DOES("misaligned 1\n", SET, SBI_FWFT_MISALIGNED_EXC_DELEG, 1, 0);
    ASSERT_RETURNS(1, GET, SBI_FWFT_MISALIGNED_EXC_DELEG);
    ASSERT_DOES("misaligned 0\n", SET, SBI_FWFT_MISALIGNED_EXC_DELEG, 0, 0);
    ASSERT_RETURNS(0, GET, SBI_FWFT_MISALIGNED_EXC_DELEG);
    static const uint64_t none[] = {2, 0xffffffff, UINT64_C(1) << 32, UINT64_MAX};
    for (size_t i = 0; i < COUNT(none); i++) {
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SET, SBI_FWFT_MISALIGNED_EXC_DELEG, none[i], 0);
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SET, SBI_FWFT_MISALIGNED_EXC_DELEG, 0, none[i]);
    }
    f.firmware_refuses = true;
    ASSERT_REFUSED(SBI_ERR_DENIED, SET, SBI_FWFT_MISALIGNED_EXC_DELEG, 1, SBI_FWFT_LOCK);
    ASSERT_RETURNS(0, GET, SBI_FWFT_MISALIGNED_EXC_DELEG);
    f.firmware_refuses = false;
    ASSERT_DOES("misaligned 1\n", SET, SBI_FWFT_MISALIGNED_EXC_DELEG, 1, SBI_FWFT_LOCK);
    sbi_hart_reset(&f.machine, &f.vcpus[CALLER]);
    assert_events("misaligned 0\nenvironment reset 1\n");
    ASSERT_RETURNS(0, GET, SBI_FWFT_MISALIGNED_EXC_DELEG);
    ASSERT_DOES("misaligned 1\n", SET, SBI_FWFT_MISALIGNED_EXC_DELEG, 1, 0); /* not locked */
}

/* On where the tree says that hardware always updates, until the guest shows that it knows better.
 */
static void updating_is_off_once_asked_for(void **state)
{
    static const char off[] = "environment 0 of 0x2000000000000000\n";
    give(HENVCFG_ADUE);
    f.harts[CALLER].updating_known = false;
    f.environment = HENVCFG_ADUE;
    ASSERT_RETURNS(0, GET, SBI_FWFT_MISALIGNED_EXC_DELEG);
    assert_int_equal(f.environment, HENVCFG_ADUE); /* another feature says nothing of this one */
    assert_int_equal(CALL(GET, SBI_FWFT_PTE_AD_HW_UPDATING).value, 0);
    assert_events(off);
    ASSERT_DOES(switches[2].on, SET, SBI_FWFT_PTE_AD_HW_UPDATING, 1, 0);
    ASSERT_RETURNS(1, GET, SBI_FWFT_PTE_AD_HW_UPDATING); /* it stays as it was set */

    sbi_hart_reset(&f.machine, &f.vcpus[CALLER]);
    f.events[0] = '\0';
    f.environment = HENVCFG_ADUE;
    assert_int_equal(CALL(SET, SBI_FWFT_PTE_AD_HW_UPDATING, 2, 0).error, SBI_ERR_INVALID_PARAM);
    assert_events(off);
    ASSERT_RETURNS(0, GET, SBI_FWFT_PTE_AD_HW_UPDATING);
}

static void switches_what_the_hart_has(void **state)
{
    for (size_t i = 0; i < COUNT(switches); i++) {
        give(switches[i].bit);
        ASSERT_RETURNS(0, GET, switches[i].feature);
        ASSERT_DOES(switches[i].on, SET, switches[i].feature, 1, 0);
        ASSERT_RETURNS(1, GET, switches[i].feature);
        ASSERT_DOES(switches[i].off, SET, switches[i].feature, 0, 0);
        ASSERT_RETURNS(0, GET, switches[i].feature);
    }
}

static void what_the_hart_lacks_is_not_supported(void **state)
{
    for (size_t i = 0; i < COUNT(switches); i++) {
        give(ALL & ~switches[i].bit);
        ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, SET, switches[i].feature, 1, 0);
        ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, SET, switches[i].feature, 2, 2); /* before these */
        ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, GET, switches[i].feature);
    }
    give(UINT64_MAX);
    ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, SET, SBI_FWFT_DOUBLE_TRAP, 1, 0);
    ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, GET, SBI_FWFT_DOUBLE_TRAP);
    give(ALL & ~HENVCFG_PMM);
    ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, SET, SBI_FWFT_POINTER_MASKING_PMLEN, 0, 0);
    ASSERT_REFUSED(SBI_ERR_NOT_SUPPORTED, GET, SBI_FWFT_POINTER_MASKING_PMLEN);
}

static void masks_pointers_at_least_as_long_as_asked(void **state)
{
    give(ALL);
    ASSERT_RETURNS(0, GET, SBI_FWFT_POINTER_MASKING_PMLEN);
    for (uint64_t n = 1; n <= 16; n++) {
        const char *does = n <= 7 ? "environment 0x200000000 of 0x300000000\n"
                                  : "environment 0x300000000 of 0x300000000\n";
        ASSERT_DOES(does, SET, SBI_FWFT_POINTER_MASKING_PMLEN, n, 0);
        ASSERT_RETURNS(n <= 7 ? 7 : 16, GET, SBI_FWFT_POINTER_MASKING_PMLEN);
    }
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SET, SBI_FWFT_POINTER_MASKING_PMLEN, 17, 0);
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SET, SBI_FWFT_POINTER_MASKING_PMLEN, UINT64_MAX, 0);
    ASSERT_DOES("environment 0 of 0x300000000\n", SET, SBI_FWFT_POINTER_MASKING_PMLEN, 0, 0);
    ASSERT_RETURNS(0, GET, SBI_FWFT_POINTER_MASKING_PMLEN);
}

static void a_hart_with_the_short_mask_alone_refuses_the_long(void **state)
{
    give(ALL);
    f.possible = FIELD_PUT(HENVCFG_PMM, 2);
    ASSERT_DOES("environment 0x200000000 of 0x300000000\n", SET, SBI_FWFT_POINTER_MASKING_PMLEN, 7,
                0);
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SET, SBI_FWFT_POINTER_MASKING_PMLEN, 8, 0);
}

static void a_locked_value_stays(void **state)
{
    give(ALL);
    ASSERT_DOES("environment 0x4 of 0x4\n", SET, SBI_FWFT_LANDING_PAD, 1, SBI_FWFT_LOCK);
    ASSERT_REFUSED(SBI_ERR_DENIED_LOCKED, SET, SBI_FWFT_LANDING_PAD, 0, 0);
    ASSERT_REFUSED(SBI_ERR_DENIED_LOCKED, SET, SBI_FWFT_LANDING_PAD, 1, SBI_FWFT_LOCK);
    ASSERT_RETURNS(1, GET, SBI_FWFT_LANDING_PAD);
    ASSERT_DOES("misaligned 1\n", SET, SBI_FWFT_MISALIGNED_EXC_DELEG, 1, SBI_FWFT_LOCK);
    ASSERT_REFUSED(SBI_ERR_DENIED_LOCKED, SET, SBI_FWFT_MISALIGNED_EXC_DELEG, 1, 0);
    ASSERT_DOES("environment 0x8 of 0x8\n", SET, SBI_FWFT_SHADOW_STACK, 1, 0); /* not locked */
}

static void a_lock_is_of_one_hart_until_it_starts_again(void **state)
{
    give(ALL);
    ASSERT_DOES("environment 0x4 of 0x4\n", SET, SBI_FWFT_LANDING_PAD, 1, SBI_FWFT_LOCK);
    assert_int_equal(f.harts[0].locked_features, 0);
    sbi_hart_reset(&f.machine, &f.vcpus[CALLER]);
    assert_events("environment reset 1\n");
    ASSERT_DOES("environment 0 of 0x4\n", SET, SBI_FWFT_LANDING_PAD, 0, 0);
}

static void what_is_refused_is_not_locked(void **state)
{
    give(ALL);
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SET, SBI_FWFT_LANDING_PAD, 2, SBI_FWFT_LOCK);
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SET, SBI_FWFT_MISALIGNED_EXC_DELEG, 2, SBI_FWFT_LOCK);
    assert_int_equal(f.harts[CALLER].locked_features, 0);
}

static void refuses_wrong_values_and_flags(void **state)
{
    static const uint64_t flags[] = {2, 3, UINT64_C(1) << 63, UINT64_MAX};
    give(ALL);
    for (size_t i = 0; i < COUNT(switches); i++) {
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SET, switches[i].feature, 2, 0);
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SET, switches[i].feature, UINT64_MAX, 0);
        for (size_t j = 0; j < COUNT(flags); j++)
            ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SET, switches[i].feature, 1, flags[j]);
    }
}

static void denies_features_that_are_not_there(void **state)
{
    static const uint64_t features[] = {6,          0x3fffffff, 0x40000000, 0x7fffffff,
                                        0x80000000, 0xbfffffff, 0xc0000000, 0xffffffff};
    give(ALL);
    for (size_t i = 0; i < COUNT(features); i++) {
        ASSERT_REFUSED(SBI_ERR_DENIED, SET, features[i], 0, 0);
        ASSERT_REFUSED(SBI_ERR_DENIED, SET, features[i], 5, 7);
        ASSERT_REFUSED(SBI_ERR_DENIED, GET, features[i]);
    }
    ASSERT_RETURNS(0, GET, UINT64_C(1) << 32); /* 32 bits wide */
    ASSERT_DOES("misaligned 1\n", SET, UINT64_C(1) << 32, 1, 0);
}

int run_fwft_tests(void)
{
    const struct CMUnitTest tests[] = {
        TEST(misaligned_accesses_are_served_below_until_it_wants_them),
        TEST(updating_is_off_once_asked_for),
        TEST(switches_what_the_hart_has),
        TEST(what_the_hart_lacks_is_not_supported),
        TEST(masks_pointers_at_least_as_long_as_asked),
        TEST(a_hart_with_the_short_mask_alone_refuses_the_long),
        TEST(a_locked_value_stays),
        TEST(a_lock_is_of_one_hart_until_it_starts_again),
        TEST(what_is_refused_is_not_locked),
        TEST(refuses_wrong_values_and_flags),
        TEST(denies_features_that_are_not_there),
    };
    return cmocka_run_group_tests_name("fwft", tests, NULL, NULL);
}
