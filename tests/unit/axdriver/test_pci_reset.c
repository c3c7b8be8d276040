/* Resets of a PCI function over a model of its configuration space that forgets what a reset does.
 */
#include <axdriver/pci.h>
#include <axhal/arch/cpu.h>
#include <axhal/arch/csr.h>
#include <axhal/platform.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ID 0x18
#define POWER 0x40
#define EXPRESS 0x50
#define FEATURES 0x90
#define COMMON 0xa0
#define WINDOW 0xb8
#define BAR UINT32_C(0x40001000)

static uint8_t config[4096];
static struct pci_function function;
static unsigned resets, virtio_resets, put_backs;
static uint64_t last_touch; /* ticks */

const struct platform *platform(void)
{
    static const struct platform known = {.timebase = 1000}; /* a tick is a millisecond */
    return &known;
}

static void pass_time(void)
{
    fake_csr.time++;
}

static void forget(void)
{
    resets++;
    memset(&config[PCI_COMMAND], 0, 2);
    memset(&config[PCI_BAR0], 0, 4);
}

uint32_t pci_read(uint32_t id, uint32_t offset, unsigned width)
{
    uint32_t value = 0;
    assert_int_equal(id, ID);
    assert_true(offset % width == 0);
    memcpy(&value, &config[offset], width);
    last_touch = fake_csr.time;
    return value;
}

static bool leaves_sleep(uint32_t offset, uint32_t value)
{
    return offset == POWER + 4 && (config[POWER + 4] & 3) == 3 && (value & 3) == 0 &&
           (config[POWER + 4] & 8) == 0;
}

void pci_write(uint32_t id, uint32_t offset, unsigned width, uint32_t value)
{
    bool wakes = leaves_sleep(offset, value);
    assert_int_equal(id, ID);
    memcpy(&config[offset], &value, width);
    if (wakes || (offset == EXPRESS + 8 && (value & 0x8000) != 0) ||
        (offset == FEATURES + 4 && (value & 1) != 0))
        forget();
    if (offset == WINDOW + 0x10) {
        assert_int_equal(config[WINDOW + 4], 4);
        assert_int_equal(config[WINDOW + 8], 0x14);
        assert_int_equal(config[WINDOW + 12], 1);
        assert_int_equal(value, 0);
        virtio_resets++;
    }
    last_touch = fake_csr.time;
}

void pci_quiet(uint32_t id)
{
    pci_write(id, PCI_COMMAND, 2, PCI_COMMAND_NO_INTX);
}

void pci_put_bars(const struct pci_function *f)
{
    assert_ptr_equal(f, &function);
    uint32_t bar = BAR;
    memcpy(&config[PCI_BAR0], &bar, 4);
    put_backs++;
}

static void capability(uint8_t at, uint8_t id, uint8_t type)
{
    config[at] = id;
    config[at + 1] = config[PCI_CAPABILITIES];
    config[at + 3] = type;
    config[PCI_CAPABILITIES] = at;
    function.capabilities[function.capability_count++] = (struct pci_capability){at, id};
}

static int start(void **state)
{
    memset(config, 0, sizeof config);
    config[0x06] = 0x10;
    uint32_t bar = BAR;
    memcpy(&config[PCI_BAR0], &bar, 4);
    function = (struct pci_function){.id = ID};
    resets = virtio_resets = put_backs = 0;
    fake_cpu.relax = pass_time;
    return 0;
}

static void expect_ready(uint64_t after)
{
    uint64_t reset_at = fake_csr.time;
    pci_make_ready(&function);
    assert_in_range(fake_csr.time - reset_at, after, after + 1);
    assert_int_equal(config[PCI_COMMAND + 1], PCI_COMMAND_NO_INTX >> 8);
    assert_int_equal(put_backs, 1);
}

static void offers_none(void **state)
{
    capability(EXPRESS, PCI_CAPABILITY_EXPRESS, 0);
    capability(FEATURES, PCI_CAPABILITY_FEATURES, 0);
    capability(POWER, PCI_CAPABILITY_POWER, 0);
    config[POWER + 4] = 8; /* keeps its state */
    assert_null(pci_reset_name(&function));
    pci_reset(&function);
    assert_int_equal(resets, 0);
    pci_make_ready(&function);
    assert_int_equal(put_backs, 1);
}

/* The best of all that there are; not touched for 100 ms. */
static void function_level(void **state)
{
    capability(EXPRESS, PCI_CAPABILITY_EXPRESS, 0);
    capability(FEATURES, PCI_CAPABILITY_FEATURES, 2);
    capability(POWER, PCI_CAPABILITY_POWER, 0);
    config[EXPRESS + 7] = 0x10;
    assert_string_equal(pci_reset_name(&function), "function-level reset");
    pci_reset(&function);
    assert_int_equal(resets, 1);
    assert_int_equal(last_touch, fake_csr.time);
    expect_ready(100);
}

/* Reads that never end do not hold the reset up for ever. */
static void waits_for_answers_in_vain(void **state)
{
    capability(EXPRESS, PCI_CAPABILITY_EXPRESS, 0);
    config[EXPRESS + 7] = 0x10;
    config[EXPRESS + 10] = 0x20;
    uint64_t before = fake_csr.time;
    pci_reset(&function);
    assert_int_equal(resets, 1);
    assert_in_range(fake_csr.time - before, 100, 101);
    config[EXPRESS + 10] = 0;
}

static void of_conventional_pci(void **state)
{
    capability(FEATURES, PCI_CAPABILITY_FEATURES, 2);
    assert_string_equal(pci_reset_name(&function), "function-level reset of Advanced Features");
    pci_reset(&function);
    assert_int_equal(resets, 1);
    expect_ready(100);
}

static void by_power(void **state)
{
    capability(POWER, PCI_CAPABILITY_POWER, 0);
    assert_string_equal(pci_reset_name(&function), "power management");
    uint64_t before = fake_csr.time;
    pci_reset(&function);
    assert_int_equal(resets, 1);
    assert_in_range(fake_csr.time - before, 10, 11); /* in D3hot */
    expect_ready(10);
}

/* Registers alone: the header keeps what it has. */
static void of_virtio(void **state)
{
    capability(WINDOW, PCI_CAPABILITY_VENDOR, 5);
    assert_null(pci_reset_name(&function)); /* it is another vendor's */
    config[0] = 0xf4;
    config[1] = 0x1a;
    assert_null(pci_reset_name(&function));
    capability(COMMON, PCI_CAPABILITY_VENDOR, 1);
    config[COMMON + 4] = 4;
    assert_string_equal(pci_reset_name(&function), "virtio");
    pci_reset(&function);
    assert_int_equal(virtio_resets, 1);
    assert_int_equal(resets, 0);
    expect_ready(0);
}

/* The guest left it in D3hot, with and without a state that it keeps. */
static void sleeping_ones_wake(void **state)
{
    capability(POWER, PCI_CAPABILITY_POWER, 0);
    for (unsigned keeps = 0; keeps <= 8; keeps += 8) {
        put_backs = 0;
        config[POWER + 4] = (uint8_t)(3 | keeps);
        expect_ready(10);
        assert_int_equal(config[POWER + 4], keeps);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(offers_none, start),
        cmocka_unit_test_setup(function_level, start),
        cmocka_unit_test_setup(waits_for_answers_in_vain, start),
        cmocka_unit_test_setup(of_conventional_pci, start),
        cmocka_unit_test_setup(by_power, start),
        cmocka_unit_test_setup(of_virtio, start),
        cmocka_unit_test_setup(sleeping_ones_wake, start),
    };
    return cmocka_run_group_tests_name("axdriver pci reset", tests, NULL, NULL);
}
