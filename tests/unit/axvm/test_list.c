/* The list of VMs: holes, which live, what memory is left. */
#include <axsync/spinlock.h>
#include <internal.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MIB UINT64_C(0x100000)

static struct vm_set all;
static struct vm machines[4];
static struct message reason;

bool vm_is_being_made(void)
{
    return false;
}

/* The real one is another test's: here it shows what it was asked. */
uint64_t vmconfig_shared_memory(const struct vm_set *set)
{
    return set->shared_count * SIZE_2M;
}

uint64_t vmconfig_vm_memory(const struct vm_config *vm)
{
    return vm->memory;
}

enum err vmconfig_check_memory(const struct vm_set *set, const struct vm_config *vm, uint64_t total,
                               uint64_t left, struct message *why)
{
    assert_ptr_equal(set, &all);
    assert_int_equal(total, 64 * MIB);
    check_expected(left);
    return vm->memory <= left ? OK : ERR_NO_MEMORY;
}

uint64_t frames_free_bytes(void)
{
    return 5 * MIB;
}

static int setup(void **state)
{
    all.vm_count = 4;
    for (uint32_t i = 0; i < 4; i++) {
        all.vms[i].memory = 16 * MIB;
        all.vms[i].quiet = false;
        machines[i] = (struct vm){.config = &all.vms[i], .index = i, .end = VM_SHUTDOWN};
    }
    vm_describe(&all, 64 * MIB);
    for (uint32_t i = 0; i < vm_count; i++)
        vm_list_set(i, NULL);
    return 0;
}

static void make(uint32_t index, enum vm_life life)
{
    machines[index].life = life;
    vm_list_set(index, &machines[index]);
}

static void knows_descriptions_without_vms(void **state)
{
    assert_int_equal(vm_count, 4);
    assert_ptr_equal(vm_description(3), &all.vms[3]);
    assert_null(vms[3]);
    assert_true(vm_list_all_ended());
    assert_false(vm_list_any_failed());
    assert_null(vm_list_next_living(0));
}

static void finds_the_next_that_lives(void **state)
{
    make(0, VM_LIVES);
    make(1, VM_CREATED);
    make(3, VM_LIVES);
    assert_ptr_equal(vm_list_next_living(0), &machines[3]);
    assert_ptr_equal(vm_list_next_living(3), &machines[0]);
    all.vms[3].quiet = true; /* a key is an exit: only if there is no other */
    assert_ptr_equal(vm_list_next_living(0), &machines[0]);
    make(0, VM_ENDED);
    assert_ptr_equal(vm_list_next_living(0), &machines[3]);
    make(0, VM_LIVES);
    make(3, VM_LEAVES);
    assert_ptr_equal(vm_list_next_living(1), &machines[0]);
    make(0, VM_ENDED);
    assert_null(vm_list_next_living(1));
    vm_list_set(0, NULL);
    make(3, VM_WIPES);
    assert_null(vm_list_next_living(1));
}

static void all_have_ended_when_none_can_go_on(void **state)
{
    static const enum vm_life others[] = {VM_CREATED, VM_LIVES, VM_LEAVES, VM_WIPES};
    make(2, VM_ENDED);
    assert_true(vm_list_all_ended());
    for (unsigned i = 0; i < ARRAY_SIZE(others); i++) {
        make(3, others[i]);
        assert_false(vm_list_all_ended());
    }
    vm_list_set(3, NULL);
    assert_true(vm_list_all_ended());
}

static void a_failure_counts_while_its_vm_is_there(void **state)
{
    make(1, VM_ENDED);
    make(2, VM_ENDED);
    assert_false(vm_list_any_failed());
    machines[2].end = VM_FAILED;
    assert_true(vm_list_any_failed());
    vm_list_set(2, NULL);
    assert_false(vm_list_any_failed());
    make(3, VM_CREATED);
    machines[3].end = VM_RUNS; /* it was never started */
    assert_false(vm_list_any_failed());
    machines[3].life = VM_LIVES;
    assert_true(vm_list_any_failed());
}

/* The description, the node and the property; the error's name; of memory what there is. */
static void says_why_a_vm_cannot_be_made(void **state)
{
    all.source = "vms.dts";
    all.vms[2].name = "two";
    assert_int_equal(vm_complain(&all.vms[2], &reason, ERR_EXISTS, "its BAR %u", 3), ERR_EXISTS);
    assert_string_equal(reason.text,
                        "vms.dts: /two: its BAR 3: it exists already, or overlaps another");
    assert_int_equal(vm_complain(&all.vms[2], &reason, ERR_NO_MEMORY, "cpus = <%u>", 4),
                     ERR_NO_MEMORY);
    assert_string_equal(reason.text, "vms.dts: /two: cpus = <4>: no memory (5120 KiB of the "
                                     "host's are free)");
}

static void memory_is_left_by_those_that_are_not_made(void **state)
{
    make(1, VM_ENDED);
    make(3, VM_LIVES);
    expect_value(vmconfig_check_memory, left, 32 * MIB);
    assert_int_equal(vm_list_check_memory(&all.vms[0], &reason), OK);
    make(0, VM_CREATED);
    all.vms[2].memory = 18 * MIB;
    expect_value(vmconfig_check_memory, left, 16 * MIB);
    assert_int_equal(vm_list_check_memory(&all.vms[2], &reason), ERR_NO_MEMORY);
    vm_list_set(1, NULL);
    expect_value(vmconfig_check_memory, left, 32 * MIB);
    assert_int_equal(vm_list_check_memory(&all.vms[2], &reason), OK);
    all.shared_count = 1; /* shared memory is taken, whichever VM is made */
    expect_value(vmconfig_check_memory, left, 30 * MIB);
    assert_int_equal(vm_list_check_memory(&all.vms[2], &reason), OK);
    all.shared_count = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(knows_descriptions_without_vms, setup),
        cmocka_unit_test_setup(finds_the_next_that_lives, setup),
        cmocka_unit_test_setup(all_have_ended_when_none_can_go_on, setup),
        cmocka_unit_test_setup(a_failure_counts_while_its_vm_is_there, setup),
        cmocka_unit_test(says_why_a_vm_cannot_be_made),
        cmocka_unit_test_setup(memory_is_left_by_those_that_are_not_made, setup),
    };
    return cmocka_run_group_tests_name("axvm/list", tests, NULL, NULL);
}
