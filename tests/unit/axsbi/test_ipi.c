/* IPIs, and with them every rule of hart masks (SBI 2.0 §3.1). */
#include "fixture.h"
#include <stdio.h>
#include <string.h>

#define SEND SBI_EXT_IPI, SBI_IPI_SEND

static void goes_to_the_harts_of_the_mask(void **state)
{
    ASSERT_DOES("post 0 0x1\n", SEND, 1, 0);
    ASSERT_DOES("post 2 0x1\n", SEND, 4, 0);
    ASSERT_DOES("post 2 0x1\n", SEND, 1, 2);
    ASSERT_DOES("post 0 0x1\npost 2 0x1\n", SEND, 5, 0);
    ASSERT_DOES("post 1 0x1\npost 2 0x1\n", SEND, 3, 1);
}

static void goes_to_the_caller_itself(void **state)
{
    ASSERT_DOES("post 1 0x1\n", SEND, 2, 0);
    ASSERT_DOES("post 1 0x1\n", SEND, 1, 1);
}

static void an_empty_mask_sends_nothing(void **state)
{
    ASSERT_DOES("", SEND, 0, 0);
    ASSERT_DOES("", SEND, 0, 3);
    ASSERT_DOES("", SEND, 0, HARTS); /* SBI 3.0 §3.1, note: no hart is named */
    ASSERT_DOES("", SEND, 0, UINT64_MAX - 1);
}

static void a_base_of_minus_one_means_all_and_the_mask_is_ignored(void **state)
{
    static const uint64_t masks[] = {0, 1, UINT64_C(1) << 40, UINT64_MAX};
    for (size_t i = 0; i < COUNT(masks); i++)
        ASSERT_DOES("post 0 0x1\npost 1 0x1\npost 2 0x1\n", SEND, masks[i], UINT64_MAX);
}

static void a_stopped_hart_gets_none(void **state)
{
    ASSERT_DOES("", SEND, 8, 0);
    ASSERT_DOES("post 2 0x1\n", SEND, 0xc, 0);
}

static void a_hart_in_any_other_state_gets_it(void **state)
{
    for (uint32_t s = SBI_HSM_START_PENDING; s <= SBI_HSM_RESUME_PENDING; s++) {
        f.vcpus[3].hsm_state = s;
        ASSERT_DOES("post 3 0x1\n", SEND, 8, 0);
    }
}

static void a_hart_that_is_not_there_is_refused(void **state)
{
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SEND, 1 << HARTS, 0);
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SEND, 1 | 1 << HARTS, 0);
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SEND, 1 | UINT64_C(1) << 63, 0);
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SEND, UINT64_MAX, 0);
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SEND, 2, 3);
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SEND, 1 | UINT64_C(1) << 63, 1); /* shifted out */
}

static void a_base_that_is_no_hart_is_refused(void **state)
{
    static const uint64_t bases[] = {HARTS, 63, 64, 65, 128, UINT64_C(1) << 32, UINT64_MAX - 1};
    for (size_t i = 0; i < COUNT(bases); i++) {
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SEND, 1, bases[i]);
        ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SEND, UINT64_MAX, bases[i]);
    }
}

static void reaches_64_harts(void **state)
{
    f.machine.vcpu_count = MAX_HARTS;
    ASSERT_DOES("post 63 0x1\n", SEND, UINT64_C(1) << 63, 0);
    ASSERT_DOES("post 63 0x1\n", SEND, 1, 63);
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SEND, 2, 63);
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SEND, 1, 64);

    char all[1024] = "";
    for (int i = 0; i < MAX_HARTS; i++)
        if (i != 3)
            sprintf(all + strlen(all), "post %d 0x1\n", i);
    ASSERT_DOES(all, SEND, UINT64_MAX, 0);
    ASSERT_DOES(all, SEND, 0, UINT64_MAX);
}

static void a_machine_of_one_hart_has_only_that(void **state)
{
    f.machine.vcpu_count = 1;
    ASSERT_DOES("post 0 0x1\n", SEND, 1, 0);
    ASSERT_DOES("post 0 0x1\n", SEND, 0, UINT64_MAX);
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SEND, 2, 0);
    ASSERT_REFUSED(SBI_ERR_INVALID_PARAM, SEND, 1, 1);
}

int run_ipi_tests(void)
{
    const struct CMUnitTest tests[] = {
        TEST(goes_to_the_harts_of_the_mask),
        TEST(goes_to_the_caller_itself),
        TEST(an_empty_mask_sends_nothing),
        TEST(a_base_of_minus_one_means_all_and_the_mask_is_ignored),
        TEST(a_stopped_hart_gets_none),
        TEST(a_hart_in_any_other_state_gets_it),
        TEST(a_hart_that_is_not_there_is_refused),
        TEST(a_base_that_is_no_hart_is_refused),
        TEST(reaches_64_harts),
        TEST(a_machine_of_one_hart_has_only_that),
    };
    return cmocka_run_group_tests_name("ipi", tests, NULL, NULL);
}
