/* Messages of a PCI function over a configuration space in memory. */
#include <axdriver/pci.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ID 0x18
#define CAPABILITIES 0x34

static uint8_t config[256];
static unsigned reads, writes;

uint32_t pci_read(uint32_t id, uint32_t offset, unsigned width)
{
    uint32_t value = 0;
    assert_int_equal(id, ID);
    assert_true(offset + width <= sizeof(config) && offset % width == 0);
    memcpy(&value, &config[offset], width);
    reads++;
    return value;
}

void pci_write(uint32_t id, uint32_t offset, unsigned width, uint32_t value)
{
    assert_int_equal(id, ID);
    assert_true(offset + width <= sizeof(config) && offset % width == 0);
    memcpy(&config[offset], &value, width);
    writes++;
}

static int start(void **state)
{
    memset(config, 0, sizeof(config));
    config[0x06] = 0x10; /* it has capabilities */
    writes = reads = 0;
    return 0;
}

/* With a message control of the two bytes. */
static void capability(uint8_t at, uint8_t id, uint8_t next, uint16_t control)
{
    config[at] = id;
    config[at + 1] = next;
    memcpy(&config[at + 2], &control, 2);
}

static uint32_t control(uint8_t at)
{
    return pci_read(ID, at + 2u, 2);
}

static void both_are_turned_off(void **state)
{
    config[CAPABILITIES] = 0x43; /* the low bits are reserved */
    capability(0x40, 0x09, 0x98, 0xffff);
    capability(0x98, 0x11, 0x50, 0xc001);
    capability(0x50, 0x05, 0x00, 0x0187);
    pci_msi_off(ID);
    assert_int_equal(control(0x40), 0xffff);
    assert_int_equal(control(0x98), 0x0001);
    assert_int_equal(control(0x50), 0x0186);
    assert_int_equal(writes, 2);
    pci_msi_off(ID);
    assert_int_equal(writes, 2); /* they are off */
}

/* Its messages are masked each by itself. */
static void the_host_turns_on_its_own(void **state)
{
    config[CAPABILITIES] = 0x40;
    capability(0x40, 0x05, 0x50, 0x0186);
    assert_int_equal(pci_msix_on(ID), ERR_NOT_FOUND);
    capability(0x50, 0x11, 0x00, 0x4003);
    assert_int_equal(pci_msix_on(ID), OK);
    assert_int_equal(control(0x50), 0x8003);
    assert_int_equal(control(0x40), 0x0186);
    assert_int_equal(writes, 1);
}

static void no_list(void **state)
{
    config[CAPABILITIES] = 0x40;
    capability(0x40, 0x11, 0, 0x8000);
    config[0x06] = 0;
    pci_msi_off(ID);
    config[0x06] = 0x10;
    config[CAPABILITIES] = 0;
    pci_msi_off(ID);
    config[CAPABILITIES] = 0x3c; /* into the header */
    pci_msi_off(ID);
    assert_int_equal(writes, 0);
}

static void a_list_without_end(void **state)
{
    config[CAPABILITIES] = 0x40;
    capability(0x40, 0x11, 0x40, 0x8000);
    pci_msi_off(ID);
    assert_int_equal(control(0x40), 0);
    assert_int_equal(writes, 1);
    assert_in_range(reads, 48, 200);
    config[0x41] = 0xfc; /* the last there is */
    config[0xfd] = 0xfc;
    pci_msi_off(ID);
    assert_int_equal(writes, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(both_are_turned_off, start),
        cmocka_unit_test_setup(the_host_turns_on_its_own, start),
        cmocka_unit_test_setup(no_list, start),
        cmocka_unit_test_setup(a_list_without_end, start),
    };
    return cmocka_run_group_tests_name("axdriver pci msi", tests, NULL, NULL);
}
