/* The functions of bus 0, over a model of their configuration spaces. */
#include "fake_host.h"
#include <axdriver/pci.h>
#include <axhal/platform.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ECAM UINT64_C(0x30000000)
#define WINDOW UINT64_C(0x40000000)
#define BRIDGE 0x00
#define IOMMU 0x10
#define DISK 0x18
#define NETWORK 0x20
#define SECOND 0x21
#define UNKNOWN 0x28 /* the tree says that it is an IOMMU, its class does not */
#define LARGE 0x30
#define HUGE 0x38
#define TO_OTHER_BUS 0x40
#define HIGH UINT64_C(0x400000000)

/* `bars` are the bits that are not of the address; `sizes` in bytes, of each or of a wide pair. */
static struct model {
    uint32_t id, class_code, header, pin;
    uint32_t flags[PCI_BARS];
    uint64_t sizes[PCI_BARS];
    uint32_t bars[PCI_BARS], command;
} models[] = {
    {.id = BRIDGE, .class_code = 0x060000},
    {.id = IOMMU, .class_code = 0x080600, .flags = {4}, .sizes = {0x1000}},
    {.id = DISK,
     .class_code = 0x010000,
     .pin = 1,
     .flags = {1, 0, 0, 0, 4},
     .sizes = {0x80, 0x100, 0, 0, 0x4000},
     .command = 7},
    {.id = NETWORK, .class_code = 0x020000, .header = 0x80, .sizes = {0x2000}},
    {.id = SECOND, .class_code = 0x020000, .header = 0x80},
    {.id = UNKNOWN, .class_code = 0x088000},
    {.id = LARGE, .class_code = 0x030000, .sizes = {0x10000000}},
    {.id = HUGE, .class_code = 0x030000, .flags = {0, 4}, .sizes = {0x1000, 0x100000000}},
    {.id = TO_OTHER_BUS, .class_code = 0x060400, .header = 1, .command = 7},
};

static struct hardware machine = {
    .iommu = {.kind = IOMMU_PCI, .function = UNKNOWN},
    .pci = {.ecam = {ECAM},
            .ecam_size = PCI_BUS_SIZE,
            .window = {WINDOW},
            .window_size = 0x10000000,
            .high_window = {HIGH},
            .high_window_size = UINT64_C(0x400000000)},
};

const struct hardware *hardware_of_machine(const void *fdt)
{
    return &machine;
}

bool hardware_is_behind_iommu(const struct hardware *hw, uint32_t id)
{
    return id != UNKNOWN;
}

struct wired_irq hardware_pci_irq(const struct hardware *hw, uint32_t id, uint32_t pin)
{
    return (struct wired_irq){.source = pin != 0 ? 32 + (id >> 3) : 0};
}

static struct model *model_at(uint64_t at)
{
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++)
        if (models[i].id == (at - ECAM) / PCI_CONFIG_SIZE)
            return &models[i];
    return NULL;
}

static uint64_t read_config(uint64_t at, unsigned width)
{
    const struct model *m = model_at(at);
    uint32_t offset = (uint32_t)(at % PCI_CONFIG_SIZE);
    if (m == NULL)
        return 0xffff;
    if (offset == 8)
        return m->class_code << 8;
    if (offset == 0xe)
        return m->header;
    if (offset == 0x3d)
        return m->pin;
    if (offset >= PCI_BAR0 && offset < PCI_BAR0 + 4 * PCI_BARS)
        return m->bars[(offset - PCI_BAR0) / 4] | m->flags[(offset - PCI_BAR0) / 4];
    return offset == PCI_COMMAND ? m->command : 0;
}

static unsigned bar_writes;

/* The bits of the address that a BAR does not have stay 0. */
static void write_bar(struct model *m, uint32_t index, uint32_t value)
{
    bar_writes++;
    bool upper = index > 0 && (m->flags[index - 1] & PCI_BAR_WIDE) != 0;
    uint64_t size = m->sizes[upper ? index - 1 : index];
    uint64_t mask = size != 0 ? -size : 0;
    m->bars[index] = value & (uint32_t)(upper ? mask >> 32 : mask);
}

static void write_config(uint64_t at, unsigned width, uint64_t value)
{
    struct model *m = model_at(at);
    uint32_t offset = (uint32_t)(at % PCI_CONFIG_SIZE);
    assert_non_null(m);
    if (offset == PCI_COMMAND)
        m->command = (uint32_t)value;
    else if (offset >= PCI_BAR0 && offset < PCI_BAR0 + 4 * PCI_BARS)
        write_bar(m, (offset - PCI_BAR0) / 4, (uint32_t)value);
    else
        fail_msg("write to 0x%x", offset);
}

static int start(void **state)
{
    const uint64_t harts[] = {0};
    fake_host_start(harts, 1);
    host.read = read_config;
    host.write = write_config;
    return 0;
}

static void nothing_there(void **state)
{
    uint32_t count;
    machine.pci.ecam_size = PCI_BUS_SIZE - 1;
    assert_int_equal(pci_init(NULL), ERR_NOT_FOUND);
    machine.pci.ecam_size = PCI_BUS_SIZE;
    host.map_result = ERR_NO_MEMORY;
    assert_int_equal(pci_init(NULL), ERR_NO_MEMORY);
    assert_string_equal(host.log, "PCI: no memory to map the configuration space at 0x30000000");
    host.map_result = OK;
    pci_functions(&count);
    assert_int_equal(count, 0);
    assert_null(pci_find(DISK));
}

/* All but the bridge, each turned off. */
static void what_is_found(void **state)
{
    uint32_t count;
    assert_int_equal(pci_init(NULL), OK);
    assert_string_equal(host.log, "PCI: functions 7, behind an IOMMU 6");
    pci_functions(&count);
    assert_int_equal(count, 7);
    assert_null(pci_find(BRIDGE));
    assert_null(pci_find(0x22));
    assert_null(pci_find(TO_OTHER_BUS)); /* but it passes nothing on */
    assert_int_equal(model_at(ECAM + TO_OTHER_BUS * PCI_CONFIG_SIZE)->command, PCI_COMMAND_NO_INTX);
    for (size_t i = 1; models[i].id != TO_OTHER_BUS; i++) {
        const struct pci_function *f = pci_find(models[i].id);
        assert_non_null(f);
        assert_int_equal(f->class_code, models[i].class_code);
        assert_int_equal(models[i].command, PCI_COMMAND_NO_INTX);
        assert_int_equal(f->behind_iommu, f->id != UNKNOWN);
        assert_int_equal(f->is_iommu, f->id == IOMMU || f->id == UNKNOWN);
        assert_int_equal(f->irq.source, f->id == DISK ? 35 : 0);
    }
}

/* Each block alone in its pages, one after the other; ports have no address. */
static void where_registers_are(void **state)
{
    const struct pci_function *iommu = pci_find(IOMMU), *disk = pci_find(DISK);
    assert_int_equal(iommu->bars[0].base.a, WINDOW);
    assert_int_equal(iommu->bars[0].size, 0x1000);
    assert_true(iommu->bars[0].wide);
    assert_int_equal(disk->bars[0].size, 0);
    assert_int_equal(disk->bars[1].base.a, WINDOW + 0x1000);
    assert_int_equal(disk->bars[1].size, 0x100);
    assert_int_equal(disk->bars[4].base.a, WINDOW + 0x4000);
    assert_int_equal(disk->bars[4].size, 0x4000);
    assert_int_equal(pci_find(NETWORK)->bars[0].base.a, WINDOW + 0x8000);
    assert_int_equal(pci_find(LARGE)->bars[0].size, 0); /* the window is not for it alone */
    assert_int_equal(pci_find(LARGE)->lacking, 0x10000000);
    assert_int_equal(pci_find(LARGE)->lacking_bar, 0);
    assert_int_equal(pci_find(HUGE)->bars[0].base.a, WINDOW + 0xa000);
    assert_int_equal(pci_find(HUGE)->bars[1].base.a, HIGH);
    assert_int_equal(pci_find(HUGE)->bars[1].size, UINT64_C(0x100000000));
    assert_int_equal(pci_find(HUGE)->lacking, 0);
    assert_int_equal(models[7].bars[2], HIGH >> 32);
    assert_int_equal(models[1].bars[0], WINDOW);
    assert_int_equal(models[2].bars[4], WINDOW + 0x4000);
    assert_int_equal(models[2].bars[5], 0);
}

static void turned_on_and_off(void **state)
{
    pci_turn_on(IOMMU);
    assert_int_equal(models[1].command, 0x406); /* memory, bus master, no pin */
    pci_quiet(IOMMU);
    assert_int_equal(models[1].command, 0x400);
}

/* Those that a reset has emptied, and no other: the model counts. */
static void bars_are_put_back(void **state)
{
    const struct pci_function *disk = pci_find(DISK);
    bar_writes = 0;
    pci_put_bars(disk);
    assert_int_equal(bar_writes, 0);
    models[2].bars[4] = 0;
    pci_put_bars(disk);
    assert_int_equal(bar_writes, 2);
    assert_int_equal(models[2].bars[1], WINDOW + 0x1000);
    assert_int_equal(models[2].bars[4], WINDOW + 0x4000);
    models[7].bars[2] = 0; /* an upper half */
    pci_put_bars(pci_find(HUGE));
    assert_int_equal(models[7].bars[2], HIGH >> 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_there),       cmocka_unit_test(what_is_found),
        cmocka_unit_test(where_registers_are), cmocka_unit_test(turned_on_and_off),
        cmocka_unit_test(bars_are_put_back),
    };
    return cmocka_run_group_tests_name("axdriver pci", tests, start, NULL);
}
