/* The configuration space of an assigned function as its guest has it, over one in memory. */
#include <internal.h>
#include <pci_host.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ID 0x18
#define POWER 0x40
#define MSI 0x50
#define VPD 0x70
#define EXPRESS 0x80
#define MSIX 0xc0

static uint8_t space[4096];
static bool confined;
static unsigned put_backs, made_ready, writes;
static struct pci_function function;
static struct vm_config config = {.pci_count = 1, .pci = {{.function = &function}}};
static struct vm vm = {.config = &config};

uint32_t pci_read(uint32_t id, uint32_t offset, unsigned width)
{
    uint32_t value = 0;
    assert_int_equal(id, ID);
    memcpy(&value, &space[offset], width);
    return value;
}

void pci_write(uint32_t id, uint32_t offset, unsigned width, uint32_t value)
{
    assert_int_equal(id, ID);
    memcpy(&space[offset], &value, width);
    writes++;
}

void pci_put_bars(const struct pci_function *f)
{
    assert_ptr_equal(f, &function);
    put_backs++;
}

void pci_make_ready(const struct pci_function *f)
{
    assert_ptr_equal(f, &function);
    made_ready++;
}

bool vm_pci_is_confined(const struct pci_function *f)
{
    return confined;
}

enum err vm_add_device(struct vm *machine, struct mmio_device *device, enum range_kind kind,
                       struct message *why)
{
    return OK;
}

static void put(uint32_t at, uint32_t value)
{
    memcpy(&space[at], &value, 4);
}

static uint32_t real(uint32_t at)
{
    return pci_read(ID, at, 4);
}

static uint64_t see(uint32_t at, unsigned width)
{
    uint64_t value = 0x55;
    struct mmio_device *device = &vm.pci_config;
    assert_int_equal(device->ops->read(device, ID * PCI_CONFIG_SIZE + at, width, &value), OK);
    return value;
}

static void store(uint32_t at, unsigned width, uint64_t value)
{
    struct mmio_device *device = &vm.pci_config;
    assert_int_equal(device->ops->write(device, ID * PCI_CONFIG_SIZE + at, width, value), OK);
}

static void add(uint32_t at, uint32_t id, uint32_t next, uint32_t more)
{
    if (at < PCI_EXTENDED)
        put(at, id | next << 8 | more);
    else
        put(at, id | 1 << 16 | next << 20);
    function.capabilities[function.capability_count++] =
        (struct pci_capability){(uint16_t)at, (uint16_t)id};
}

/* Power, MSI of 64 bits with masks, VPD, Express 2, MSI-X; AER, SR-IOV, a serial number, ATS. */
static int start(void **state)
{
    memset(space, 0xa5, sizeof space);
    function = (struct pci_function){
        .id = ID, .bars = {{hpa(0x40000000), 0x4000, false}, {hpa(0x400000000), 1ul << 32, true}}};
    put(0x00, 0x12341ddd);
    put(0x04, 0x00100000);
    put(0x34, POWER);
    add(POWER, 0x01, MSI, 0x00030000);
    add(MSI, 0x05, VPD, 0x01800000);
    add(VPD, 0x03, EXPRESS, 0);
    add(EXPRESS, 0x10, MSIX, 0x00020000);
    add(MSIX, 0x11, 0, 0x00030000);
    add(0x100, 0x0001, 0x140, 0);
    add(0x140, 0x0010, 0x180, 0);
    add(0x180, 0x0003, 0x1a0, 0);
    add(0x1a0, 0x000f, 0, 0);
    confined = true;
    put_backs = writes = 0;
    struct message why;
    return vm_add_pci_config(&vm, &why) == OK ? 0 : -1;
}

/* The lists lead from one safe capability to the next; the others read as 0. */
static void lists_are_linked_anew(void **state)
{
    assert_int_equal(see(0x34, 4), POWER);
    assert_int_equal(see(POWER, 4), 0x00030001 | MSI << 8);
    assert_int_equal(see(MSI + 1, 1), EXPRESS);
    assert_int_equal(see(VPD, 4), 0);
    assert_int_equal(see(VPD + 4, 2), 0);
    assert_int_equal(see(EXPRESS + 1, 1), MSIX);
    assert_int_equal(see(MSIX + 1, 1), 0);
    assert_int_equal(see(0x100, 4), UINT32_C(0x18000000)); /* the null capability */
    for (uint32_t at = 0x104; at < 0x180; at += 4)
        assert_int_equal(see(at, 4), 0);
    assert_int_equal(see(0x180, 4), 0x00010003);
    assert_int_equal(see(0x184, 4), 0xa5a5a5a5);
    assert_int_equal(see(0x1a0, 4), 0);
    assert_int_equal(see(0xffc, 4), 0);
}

/* Without an IOMMU a message would go to an address of the host's. */
static void messages_need_an_iommu(void **state)
{
    confined = false;
    assert_int_equal(see(POWER + 1, 1), EXPRESS);
    assert_int_equal(see(EXPRESS + 1, 1), 0);
    store(MSI + 2, 2, 1);
    store(MSI + 4, 4, 0x1000);
    store(MSIX + 2, 2, 0x8000);
    assert_int_equal(writes, 0);
}

static void no_capability_is_safe(void **state)
{
    function.capability_count = 0;
    assert_int_equal(see(0x34, 4), 0);
    assert_int_equal(see(0x06, 2), 0);
    assert_int_equal(see(0x100, 4), 0);
    assert_int_equal(see(0x40, 4), 0x00030001 | MSI << 8); /* a register of the function's own */
    store(0x40, 4, UINT32_MAX);
    assert_int_equal(writes, 0);
}

/* SR-IOV's BARs, ATS, AER, VPD, and what has no capability: nothing of the function changes. */
static void others_ignore_writes(void **state)
{
    uint8_t before[sizeof space];
    memcpy(before, space, sizeof space);
    for (uint32_t at = 0x100; at < sizeof space; at += 4)
        store(at, 4, UINT32_MAX);
    for (uint32_t at = VPD; at < EXPRESS; at += 2)
        store(at, 2, UINT16_MAX);
    store(0xfc, 4, UINT32_MAX);
    assert_int_equal(writes, 0);
    assert_memory_equal(before, space, sizeof space);
}

static void writes_of_messages(void **state)
{
    store(MSI + 2, 2, 0xffff);
    assert_int_equal(real(MSI), 0x01f10005 | VPD << 8); /* enable, how many; the rest stays */
    store(MSI + 4, 4, 0x28000000);
    store(MSI + 8, 4, 1);
    store(MSI + 12, 2, 0x1234);
    store(MSI + 16, 4, 3);
    store(MSI + 20, 4, 0);
    assert_int_equal(real(MSI + 4), 0x28000000);
    assert_int_equal(real(MSI + 8), 1);
    assert_int_equal(real(MSI + 12), 0xa5a51234);
    assert_int_equal(real(MSI + 16), 3);
    assert_int_equal(real(MSI + 20), 0xa5a5a5a5); /* pending: the function's */
    store(MSIX + 2, 2, 0xffff);
    assert_int_equal(real(MSIX), 0xc0030011);
    store(MSIX + 4, 4, 0);
    assert_int_equal(real(MSIX + 4), 0xa5a5a5a5); /* where the table lies */
}

/* One of 32 bits without masks ends after its data. */
static void writes_of_narrow_messages(void **state)
{
    put(MSI, 0x00000005 | VPD << 8);
    for (uint32_t at = MSI + 4; at < VPD; at += 4)
        store(at, 4, 0);
    assert_int_equal(real(MSI + 4), 0);
    assert_int_equal(real(MSI + 8), 0xa5a50000);
    assert_int_equal(real(MSI + 12), 0xa5a5a5a5);
    assert_int_equal(real(MSI + 16), 0xa5a5a5a5);
}

/* Of Express: the guest's own transactions and its reset, not what concerns the bus; a 1 of the
 * status is cleared only where the guest writes it. */
static void writes_of_express(void **state)
{
    put(EXPRESS + 8, 0x000f0000);
    store(EXPRESS + 8, 2, 0xffff);
    assert_int_equal(real(EXPRESS + 8), 0x000ff810);
    store(EXPRESS + 10, 2, 0x0004);
    assert_int_equal(real(EXPRESS + 8) >> 16, 0x0004); /* what the function is sent */
    store(EXPRESS + 0x10, 4, 0);                       /* the link */
    assert_int_equal(real(EXPRESS + 0x10), 0xa5a5a5a5);
    store(EXPRESS + 0x28, 4, 0xffff);
    assert_int_equal(real(EXPRESS + 0x28), 0xa5a5a5bf);
    put(EXPRESS, 0x00010010); /* version 1 ends before */
    store(EXPRESS + 0x28, 4, 0);
    assert_int_equal(real(EXPRESS + 0x28), 0xa5a5a5bf);
}

static void writes_of_power(void **state)
{
    put(POWER + 4, 0x00008000);
    store(POWER + 4, 2, 0x0103);
    assert_int_equal(real(POWER + 4), 0x00000003); /* no event is turned on, none cleared */
    store(POWER, 4, 0);
    assert_int_equal(real(POWER), 0x00030001 | MSI << 8);
}

/* However the guest has reset it: before it answers at its addresses it has them. */
static void the_command_puts_bars_back(void **state)
{
    store(PCI_COMMAND, 2, PCI_COMMAND_MASTER);
    assert_int_equal(put_backs, 0);
    store(PCI_COMMAND, 1, PCI_COMMAND_MEMORY | 1);
    assert_int_equal(put_backs, 1);
    assert_int_equal(real(PCI_COMMAND) & 0xffff, PCI_COMMAND_MEMORY);
    store(PCI_COMMAND + 1, 1, 0xff);
    assert_int_equal(real(PCI_COMMAND) & 0xffff, PCI_COMMAND_MEMORY | PCI_COMMAND_NO_INTX);
    store(PCI_COMMAND, 4, UINT32_MAX);
    assert_int_equal(real(PCI_COMMAND), 0x00100406);
}

/* A guest moves nothing, and sees the size of what it measures. */
static void bars_stay(void **state)
{
    store(PCI_BAR0, 4, UINT32_MAX);
    assert_int_equal(see(PCI_BAR0, 4), 0xffffc000);
    store(PCI_BAR0, 4, 0x50000000);
    assert_int_equal(see(PCI_BAR0, 4), 0x40000000);
    store(PCI_BAR0 + 4, 4, UINT32_MAX);
    store(PCI_BAR0 + 8, 4, UINT32_MAX);
    assert_int_equal(see(PCI_BAR0 + 4, 4), 4);
    assert_int_equal(see(PCI_BAR0 + 8, 4), UINT32_MAX);
    store(PCI_ROM, 4, UINT32_MAX);
    assert_int_equal(see(PCI_ROM, 4), 0);
    store(0x0c, 4, UINT32_MAX); /* cache line, latency, BIST */
    store(0x3c, 4, UINT32_MAX);
    assert_int_equal(writes, 0);
}

/* A size that the last life has asked for is forgotten. */
static void a_life_begins(void **state)
{
    store(PCI_BAR0, 4, UINT32_MAX);
    made_ready = 0;
    vm.pci_config.ops->reset(&vm.pci_config);
    assert_int_equal(made_ready, 1);
    assert_int_equal(see(PCI_BAR0, 4), 0x40000000);
}

/* Only of virtio: its window. */
static void writes_of_vendors(void **state)
{
    function.capability_count = 0;
    add(0x40, 0x09, 0, 0x05100000);
    store(0x48, 4, 0x14);
    assert_int_equal(writes, 0);
    put(0x00, 0x10411af4);
    store(0x44, 1, 4);
    store(0x48, 4, 0x14);
    store(0x50, 1, 0);
    assert_int_equal(writes, 3);
    put(0x40, 0x01100009); /* of another type */
    store(0x48, 4, 0);
    assert_int_equal(writes, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(lists_are_linked_anew, start),
        cmocka_unit_test_setup(messages_need_an_iommu, start),
        cmocka_unit_test_setup(no_capability_is_safe, start),
        cmocka_unit_test_setup(others_ignore_writes, start),
        cmocka_unit_test_setup(writes_of_messages, start),
        cmocka_unit_test_setup(writes_of_narrow_messages, start),
        cmocka_unit_test_setup(writes_of_express, start),
        cmocka_unit_test_setup(writes_of_power, start),
        cmocka_unit_test_setup(the_command_puts_bars_back, start),
        cmocka_unit_test_setup(bars_stay, start),
        cmocka_unit_test_setup(writes_of_vendors, start),
        cmocka_unit_test_setup(a_life_begins, start),
    };
    return cmocka_run_group_tests_name("axvm/pci view", tests, NULL, NULL);
}
