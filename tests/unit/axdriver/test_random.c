#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <axdriver/random.h>
#include <axhal/arch/csr.h>
#include <axlog/log.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEED 64

enum log_level log_level = LOG_LEVEL_OFF;

void log_line(enum log_level level, const char *format, ...) {}

static void never_gives_the_same_twice(void **state)
{
    uint8_t a[SEED], b[SEED];
    random_bytes(a, sizeof a);
    random_bytes(b, sizeof b); /* at the same time */
    assert_memory_not_equal(a, b, sizeof a);
}

/* What a host that has just started gives out first: in a process of its own. */
static void first_bytes(uint8_t first, int size, uint8_t out[SEED])
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    if (fork() == 0) {
        const uint8_t seed[SEED] = {first};
        random_init((struct tree_value){seed, (uint32_t)size});
        random_bytes(out, SEED);
        _exit(write(ends[1], out, SEED) != SEED);
    }
    assert_int_equal(read(ends[0], out, SEED), SEED);
    close(ends[0]);
    close(ends[1]);
    wait(NULL);
}

static void depends_on_every_byte_of_the_hosts_seed(void **state)
{
    uint8_t given[SEED], again[SEED];
    first_bytes(0, SEED, given);
    first_bytes(0, SEED, again);
    assert_memory_equal(given, again, SEED);
    first_bytes(1, SEED, again);
    assert_memory_not_equal(given, again, SEED);
    first_bytes(0, 32, again);
    assert_memory_not_equal(given, again, SEED);
}

static void fills_any_length_and_no_more(void **state)
{
    for (size_t n = 0; n <= 130; n++) {
        uint8_t out[140];
        memset(out, 0xee, sizeof out);
        random_pinned(1, 2, out, n);
        for (size_t i = n; i < sizeof out; i++)
            assert_int_equal(out[i], 0xee);
    }
}

static void pinned_bytes_depend_on_seed_and_start_alone(void **state)
{
    uint8_t a[SEED], b[SEED];
    random_pinned(42, 0, a, sizeof a);
    fake_csr.time += 1000;
    random_bytes(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    random_pinned(42, 0, b, sizeof b);
    assert_memory_equal(a, b, sizeof a);
    random_pinned(42, 1, b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    random_pinned(43, 0, b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(never_gives_the_same_twice),
        cmocka_unit_test(depends_on_every_byte_of_the_hosts_seed),
        cmocka_unit_test(fills_any_length_and_no_more),
        cmocka_unit_test(pinned_bytes_depend_on_seed_and_start_alone),
    };
    return cmocka_run_group_tests_name("axdriver/random", tests, NULL, NULL);
}
