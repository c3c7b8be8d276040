/* Two things at one address are refused, whichever two they are, with the names of both. */
#include <devices.h>
#include "cmocka_all.h"
#include <lib/bits.h>
#include <string.h>

#define AT UINT64_C(0x12000000)
#define SIZE UINT64_C(0x200000)

static const struct vm_taken_range nothing[] = {
    {{0x1000}, 0x1000, "boot ROM", .place = VM_PLACE_OWN}};
static struct vm_taken_range machine[1];
static struct host_limits limits;
static struct vm_set set;
static struct vm_config vm;
static struct message why;
static const struct shared_config memory = {.name = "ipc0", .size = SIZE};
static struct pci_function functions[2];

/* Each puts a thing at `at` into the VM. */
static void put_machine(uint64_t at)
{
    machine[0] = (struct vm_taken_range){{at}, SIZE, "flash", .place = VM_PLACE_OWN};
    limits.taken = machine;
}

static void put_shared(uint64_t at)
{
    vm.shared[vm.shared_count++] =
        (struct shared_use){.property = "shared", .name = "ipc0", .memory = &memory, .at = {at}};
}

static void put_device(uint64_t at)
{
    struct vm_device *device = &vm.devices[vm.device_count++];
    device->path = vm.device_count == 1 ? "/soc/timer" : "/soc/watchdog";
    device->host.base = hpa(at + 0x80); /* its page counts */
    device->host.size = 0x80;
}

static void put_function(uint64_t at)
{
    struct pci_function *function = &functions[vm.pci_count];
    *function = (struct pci_function){.bars = {{.size = 0}, {.base = {at}, .size = 0x100}}};
    vm.pci[vm.pci_count] =
        (struct vm_pci_device){vm.pci_count == 0 ? "00:03.0" : "00:04.0", function};
    vm.pci_count++;
}

static const struct {
    void (*put)(uint64_t at);
    const char *as_first, *as_second; /* how a message names it */
} things[] = {
    {put_machine, "it lies where every VM has its own flash", NULL},
    {put_shared, "it lies where the VM has the shared memory ipc0", "shared = \"ipc0\""},
    {put_device, "it lies where it has /soc/timer", "devices = \"/soc/timer\""},
    {put_function, "it lies where it has the registers of 00:03.0", "pci-devices = \"00:03.0\""},
};

static int setup(void **state)
{
    limits = (struct host_limits){.taken = nothing, .taken_count = 1};
    set = (struct vm_set){.source = "x.dts", .vm_count = 1};
    vm = (struct vm_config){.name = "a", .memory = 0x10000000};
    return 0;
}

static void all_pairs(void **state)
{
    for (size_t first = 0; first < ARRAY_SIZE(things); first++)
        for (size_t second = first + 1; second < ARRAY_SIZE(things); second++) {
            setup(state);
            things[second].put(AT);
            things[first].put(AT);
            assert_int_equal(places_check(&set, &limits, &vm, &why), ERR_INVALID);
            assert_non_null(strstr(why.text, "x.dts: /a: "));
            assert_non_null(strstr(why.text, things[first].as_first));
            assert_non_null(strstr(why.text, things[second].as_second));
        }
}

static void each_beside_the_others(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(things); i++)
        things[i].put(AT + i * SIZE);
    assert_int_equal(places_check(&set, &limits, &vm, &why), OK);
}

/* RAM is where it is: a clash with it says that less of it would help. */
static void in_the_memory(void **state)
{
    for (size_t i = 2; i < ARRAY_SIZE(things); i++) {
        setup(state);
        things[i].put(GUEST_RAM_BASE + vm.memory - 0x1000);
        assert_int_equal(places_check(&set, &limits, &vm, &why), ERR_INVALID);
        assert_non_null(strstr(why.text, things[i].as_second));
        assert_non_null(strstr(why.text, "or less memory: it lies where the VM has its memory"));
        vm.memory -= 0x200000;
        assert_int_equal(places_check(&set, &limits, &vm, &why), OK);
    }
}

static void two_of_a_kind(void **state)
{
    put_device(AT);
    put_device(AT);
    assert_int_equal(places_check(&set, &limits, &vm, &why), ERR_INVALID);
    assert_string_equal(why.text,
                        "x.dts: /a: devices = \"/soc/watchdog\": expected another device: "
                        "it lies where it has /soc/timer");
    setup(state);
    put_function(AT);
    put_function(AT);
    assert_int_equal(places_check(&set, &limits, &vm, &why), ERR_INVALID);
    assert_string_equal(why.text,
                        "x.dts: /a: pci-devices = \"00:04.0\": expected another function: it lies "
                        "where it has the registers of 00:03.0");
}

/* A device of the host's can take the VM's own one's place, and lie in a window, but not half. */
static void what_yields_and_what_holds(void **state)
{
    put_machine(AT);
    machine[0].place = VM_PLACE_YIELDS;
    put_device(AT);
    assert_int_equal(places_check(&set, &limits, &vm, &why), OK);
    machine[0].place = VM_PLACE_WINDOW;
    assert_int_equal(places_check(&set, &limits, &vm, &why), OK);
    vm.devices[0].host.size = 2 * SIZE;
    assert_int_equal(places_check(&set, &limits, &vm, &why), ERR_INVALID);
    setup(state);
    put_machine(AT);
    machine[0].place = VM_PLACE_SHARED;
    put_device(AT);
    assert_int_equal(places_check(&set, &limits, &vm, &why), OK);
    put_shared(AT + SIZE);
    assert_int_equal(places_check(&set, &limits, &vm, &why), ERR_INVALID);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_pairs),     TEST(each_beside_the_others),     TEST(in_the_memory),
        TEST(two_of_a_kind), TEST(what_yields_and_what_holds),
    };
    return cmocka_run_group_tests_name("axvmconfig/places", tests, NULL, NULL);
}
