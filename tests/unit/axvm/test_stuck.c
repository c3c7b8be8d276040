/* What looks at a guest say: each test changes one thing of a guest that traps in its vector. */
#include <axhal/csr_bits.h>
#include <axvm/stuck.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define VECTOR UINT64_C(0x80200000)

static struct stuck stuck;
static struct vcpu_look look;

static int setup(void **state)
{
    (void)state;
    stuck = (struct stuck){0};
    look = (struct vcpu_look){
        .pc = VECTOR, .trap_pc = VECTOR, .cause = EXC_ILLEGAL, .vector = VECTOR, .in_trap = true};
    return 0;
}

static bool look_often(void)
{
    bool found = false;
    for (unsigned i = 0; i < 2 * STUCK_LOOKS; i++)
        found |= stuck_look(&stuck, &look);
    return found;
}

static void finds_one_at_the_third_look(void **state)
{
    (void)state;
    for (unsigned i = 1; i < STUCK_LOOKS; i++)
        assert_false(stuck_look(&stuck, &look));
    assert_true(stuck_look(&stuck, &look));
    assert_true(stuck_by_its_vector(&look));
}

static void knows_the_vectors_mode(void **state)
{
    (void)state;
    look.vector |= 1;
    assert_true(look_often());
}

static void finds_one_that_stays_in_its_handler(void **state)
{
    (void)state;
    look.trap_pc = VECTOR + 0x10000;
    assert_true(look_often());
    assert_false(stuck_by_its_vector(&look));
}

static void lets_a_guest_be_that_is_elsewhere(void **state)
{
    (void)state;
    look.pc = VECTOR + STUCK_DISTANCE - 1;
    assert_true(look_often());
    look.pc = VECTOR + STUCK_DISTANCE;
    assert_false(look_often());
    look.pc = VECTOR - 1;
    assert_false(look_often());
}

static void lets_a_guest_be_that_came_back(void **state)
{
    (void)state;
    look.in_trap = false;
    assert_false(look_often());
}

static void lets_a_guest_be_that_has_an_interrupt(void **state)
{
    (void)state;
    look.cause = CAUSE_INTERRUPT | IRQ_STI;
    assert_false(look_often());
}

static void counts_anew_at_another_trap(void **state)
{
    (void)state;
    uint64_t *const parts[] = {&look.trap_pc, &look.cause, &look.vector};
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++)
        for (unsigned n = 0; n < 2 * STUCK_LOOKS; n++) {
            *parts[i] ^= 4;
            look.pc = look.vector;
            assert_false(stuck_look(&stuck, &look));
            assert_int_equal(stuck.alike, 1);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(finds_one_at_the_third_look, setup),
        cmocka_unit_test_setup(knows_the_vectors_mode, setup),
        cmocka_unit_test_setup(finds_one_that_stays_in_its_handler, setup),
        cmocka_unit_test_setup(lets_a_guest_be_that_is_elsewhere, setup),
        cmocka_unit_test_setup(lets_a_guest_be_that_came_back, setup),
        cmocka_unit_test_setup(lets_a_guest_be_that_has_an_interrupt, setup),
        cmocka_unit_test_setup(counts_anew_at_another_trap, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
