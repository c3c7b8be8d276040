#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include <lib/chacha.h>

/* RFC 8439 §2.3.2 */
static void test_the_rfcs_vector(void **state)
{
    static const uint32_t nonce[3] = {0x09000000, 0x4a000000, 0};
    static const uint8_t expected[CHACHA_BLOCK] = {
        0x10, 0xf1, 0xe7, 0xe4, 0xd1, 0x3b, 0x59, 0x15, 0x50, 0x0f, 0xdd, 0x1f, 0xa3,
        0x20, 0x71, 0xc4, 0xc7, 0xd1, 0xf4, 0xc7, 0x33, 0xc0, 0x68, 0x03, 0x04, 0x22,
        0xaa, 0x9a, 0xc3, 0xd4, 0x6c, 0x4e, 0xd2, 0x82, 0x64, 0x46, 0x07, 0x9f, 0xaa,
        0x09, 0x14, 0xc2, 0xd7, 0x05, 0xd9, 0x8b, 0x02, 0xa2, 0xb5, 0x12, 0x9c, 0xd1,
        0xde, 0x16, 0x4e, 0xb9, 0xcb, 0xd0, 0x83, 0xe8, 0xa2, 0x50, 0x3c, 0x4e};
    uint8_t key[CHACHA_BLOCK], out[CHACHA_BLOCK];
    for (unsigned i = 0; i < CHACHA_KEY; i++)
        key[i] = (uint8_t)i;
    chacha_block(out, key, 1, nonce);
    assert_memory_equal(out, expected, sizeof out);
    chacha_block(key, key, 1, nonce); /* in place */
    assert_memory_equal(key, expected, sizeof out);
}

static void test_counter_nonce_and_key_all_matter(void **state)
{
    static const uint32_t zero[3], one[3] = {0, 0, 1};
    uint8_t key[CHACHA_KEY] = {0}, a[CHACHA_BLOCK], b[CHACHA_BLOCK];
    chacha_block(a, key, 0, zero);
    chacha_block(b, key, 1, zero);
    assert_memory_not_equal(a, b, sizeof a);
    chacha_block(b, key, 0, one);
    assert_memory_not_equal(a, b, sizeof a);
    key[31] = 1;
    chacha_block(b, key, 0, zero);
    assert_memory_not_equal(a, b, sizeof a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_rfcs_vector),
                                       cmocka_unit_test(test_counter_nonce_and_key_all_matter)};
    return cmocka_run_group_tests_name("lib/chacha", tests, NULL, NULL);
}
