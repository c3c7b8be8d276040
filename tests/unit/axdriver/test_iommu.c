/* The IOMMU's driver against a model of its registers, which reads the queue of commands. */
#include <iommu_parts.h>
#include "fake_host.h"
#include <axalloc/frames.h>
#include <axdriver/irqchip.h>
#include <axdriver/pci.h>
#include <axhal/arch/cpu.h>
#include <axhal/arch/csr.h>
#include <axhal/platform.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define BASE UINT64_C(0x3010000)
#define BAR UINT64_C(0x40004000)
#define FUNCTION 0x10
#define CAPABILITIES (IOMMU_CAP_SV39X4 | IOMMU_CAP_MSI_FLAT)
#define IGS(value) ((uint64_t)(value) << 28)
#define HGATP (UINT64_C(8) << 60 | UINT64_C(77) << 44 | 0x12345)

static uint8_t registers[IOMMU_REGISTERS_END];
static uint64_t commands[64];
static unsigned command_count;
static bool silent; /* fences are not answered */
static uint32_t most_levels;
static void (*interrupt)(void *context);
static struct iommu_fault last_fault;
static unsigned losses;
static unsigned told;
static struct hardware machine;
static struct pci_function function;
static bool function_is_on;
static uint32_t has_confined; /* 1: a function behind the IOMMU */
static unsigned waits;
static enum err msix_result, message_result;

const struct hardware *hardware_of_machine(const void *fdt)
{
    return &machine;
}

const struct pci_function *pci_find(uint32_t id)
{
    return id == function.id ? &function : NULL;
}

const struct pci_function *pci_functions(uint32_t *count)
{
    static const struct pci_function confined = {.id = 0xc0, .behind_iommu = true};
    *count = has_confined;
    return &confined;
}

void pci_turn_on(uint32_t id)
{
    assert_int_equal(id, FUNCTION);
    function_is_on = true;
}

enum err pci_msix_on(uint32_t id)
{
    assert_int_equal(id, FUNCTION);
    return msix_result;
}

enum err frames_alloc_zeroed(uint64_t size, uint64_t align, hpa_t *out)
{
    static _Alignas(PAGE_SIZE) uint8_t memory[64][PAGE_SIZE];
    static unsigned used;
    assert_int_equal(align, PAGE_SIZE);
    assert_true(used + size / PAGE_SIZE <= 64);
    out->a = (uintptr_t)memory[used];
    used += (unsigned)(size / PAGE_SIZE);
    return OK;
}

const struct platform *platform(void)
{
    static const struct platform known = {.timebase = 1000};
    return &known;
}

static void pass_time(void)
{
    fake_csr.time++;
}

enum err irqchip_enable(const struct wired_irq *irq, uint32_t hart_index,
                        void (*handler)(void *context), void *context)
{
    assert_int_equal(irq->source, 36);
    assert_int_equal(hart_index, 1);
    interrupt = handler;
    return OK;
}

enum err irqchip_enable_message(uint32_t hart_index, void (*handler)(void *context), void *context,
                                struct irq_message *message)
{
    assert_int_equal(hart_index, 1);
    interrupt = message_result == OK ? handler : NULL;
    *message = (struct irq_message){hpa(UINT64_C(0x128001000)), 5};
    return message_result;
}

static uint64_t get(uint32_t at, unsigned width)
{
    uint64_t value = 0;
    memcpy(&value, registers + at, width);
    return value;
}

static void set(uint32_t at, unsigned width, uint64_t value)
{
    memcpy(registers + at, &value, width);
}

static uint64_t *queue(uint32_t base)
{
    return (uint64_t *)(uintptr_t)((get(base, 8) >> 10 & MASK(43, 0)) << 12);
}

static void run_commands(void)
{
    uint32_t head = (uint32_t)get(IOMMU_CQH, 4);
    for (; head != get(IOMMU_CQT, 4); head = (head + 1) % 256) {
        const uint64_t *command = queue(IOMMU_CQB) + 2 * (uint64_t)head;
        commands[command_count++ % 64] = command[0];
        if ((command[0] & 0x3ff) == 2 && !silent)
            *(uint32_t *)(uintptr_t)(command[1] << 2) = (uint32_t)(command[0] >> 32);
    }
    set(IOMMU_CQH, 4, head);
}

#define ERRORS UINT64_C(0xf00) /* of FQCSR */

static uint64_t read_model(uint64_t at, unsigned width)
{
    return get((uint32_t)(at - iommu_unit.base), width);
}

static void write_model(uint64_t at, unsigned width, uint64_t value)
{
    uint32_t offset = (uint32_t)(at - iommu_unit.base);
    if (offset == IOMMU_CQCSR || offset == IOMMU_FQCSR)
        value |= (value & 1) << 16;
    if (offset == IOMMU_FQCSR) /* 1 written to an error clears it */
        value = (value & ~ERRORS) | (get(IOMMU_FQCSR, 4) & ~value & ERRORS);
    if (offset == IOMMU_DDTP && (value & 0xf) > most_levels + 1)
        value &= ~UINT64_C(0xf);
    set(offset, width, value);
    if (offset == IOMMU_CQT)
        run_commands();
}

bool spin_try_lock(struct spinlock *lock)
{
    spin_lock(lock);
    return true;
}

static void note_fault(const struct iommu_fault *fault)
{
    last_fault = *fault;
    told++;
}

static unsigned looks; /* since the interrupt */

/* The chore that the interrupt begins: a record at most in each look. */
static void look(void)
{
    enum iommu_look found = IOMMU_MORE;
    assert_int_equal(get(IOMMU_FQCSR, 4) & BIT(1), 0); /* it does not interrupt meanwhile */
    for (looks = 0; found == IOMMU_MORE; looks++) {
        unsigned before = told;
        found = iommu_look_a_little();
        assert_in_range(told, before, before + 1);
    }
    assert_int_equal(get(IOMMU_FQCSR, 4) & BIT(1), BIT(1));
    waits += found == IOMMU_WAITS;
}

static void note_loss(void)
{
    losses++;
}

static const struct iommu_watch watch = {note_fault, note_loss, look};

static void fault(uint32_t device, uint64_t cause, uint64_t type, uint64_t address)
{
    uint32_t tail = (uint32_t)get(IOMMU_FQT, 4);
    uint64_t *record = queue(IOMMU_FQB) + 4 * (uint64_t)tail;
    record[0] = (uint64_t)device << 40 | type << 34 | cause;
    record[2] = address;
    set(IOMMU_FQT, 4, (tail + 1) % 128);
}

static const uint64_t *context_of(uint32_t device)
{
    const uint64_t entry = queue(IOMMU_DDTP)[device >> 6];
    assert_true((entry & 1) != 0);
    return (const uint64_t *)(uintptr_t)((entry >> 10) << 12) + 8 * (device & 0x3f);
}

static int start(void **state)
{
    const uint64_t harts[] = {0, 1};
    fake_host_start(harts, 2);
    host.read = read_model;
    host.write = write_model;
    fake_cpu.relax = pass_time;
    return 0;
}

/* After a reset, with two levels. */
static void reset(uint64_t capabilities)
{
    memset(registers, 0, sizeof registers);
    set(IOMMU_CAPABILITIES, 8, capabilities);
    set(IOMMU_MSI_CFG_TBL + 12, 4, 1);
    most_levels = 2;
    interrupt = NULL;
    told = waits = 0;
    host.mapped_count = 0;
}

static void start_platform(uint64_t igs)
{
    reset(CAPABILITIES | igs);
    machine.iommu = (struct iommu_config){.kind = IOMMU_PLATFORM,
                                          .base = hpa(BASE),
                                          .size = PAGE_SIZE,
                                          .irq = {1, 36, IRQ_LEVEL_HIGH}};
    assert_int_equal(iommu_init(NULL), OK);
}

static void prepare_pci(uint64_t igs)
{
    reset(CAPABILITIES | igs);
    function = (struct pci_function){
        .id = FUNCTION, .is_iommu = true, .bars = {{hpa(BAR), PAGE_SIZE, true}}};
    function_is_on = false;
    msix_result = OK;
    message_result = OK;
    machine.iommu = (struct iommu_config){.kind = IOMMU_PCI, .function = FUNCTION};
}

static void start_pci(uint64_t igs)
{
    prepare_pci(igs);
    assert_int_equal(iommu_init(NULL), OK);
}

static void without_one(void **state)
{
    assert_int_equal(iommu_init(NULL), ERR_NOT_FOUND);
    assert_false(iommu_is_ready());
    assert_false(iommu_look_for_faults(true));
    assert_int_equal(iommu_watch_faults(1, &watch), ERR_NOT_FOUND);
    assert_int_equal(iommu_attach(3, HGATP, 1), ERR_NOT_FOUND);
    assert_int_equal(iommu_detach(3, 1), OK);
}

/* Two levels are all that it takes; contexts have 64 bytes. */
static void init(void **state)
{
    start_platform(IGS(2));
    assert_string_equal(host.log, "IOMMU at 0x3010000: directory of 2 levels");
    assert_true(iommu_is_ready());
    assert_int_equal(get(IOMMU_FCTL, 4), 2);
    assert_int_equal(get(IOMMU_CQB, 8) & 0x1f, 7);
    assert_int_equal(get(IOMMU_FQB, 8) & 0x1f, 6);
    assert_int_equal(get(IOMMU_DDTP, 8) & 0xf, 3);
    for (unsigned i = 0; i < 512; i++)
        assert_int_equal(queue(IOMMU_DDTP)[i], 0); /* all is refused */
}

static void attach_and_detach(void **state)
{
    command_count = 0;
    assert_int_equal(iommu_attach(0x18, HGATP, 5), OK);
    const uint64_t *context = context_of(0x18);
    assert_int_equal(context[0], 1);
    assert_int_equal(context[1], (UINT64_C(8) << 60 | UINT64_C(5) << 44 | 0x12345));
    for (int i = 2; i < 8; i++)
        assert_int_equal(context[i], 0);
    assert_int_equal(command_count, 3);
    assert_int_equal(commands[0], UINT64_C(0x18) << 40 | BIT(33) | 3);
    assert_int_equal(commands[1], UINT64_C(5) << 44 | BIT(33) | 0x81);
    assert_int_equal(commands[2] & 0x3fff, 2 | BIT(10) | BIT(12) | BIT(13));
    assert_int_equal(iommu_detach(0x18, 5), OK);
    assert_int_equal(context[0], 0);
    assert_int_equal(command_count, 6);
    assert_int_equal(iommu_detach(0x4000, 5), OK); /* never attached */
}

static void refusals(void **state)
{
    assert_int_equal(iommu_attach(0x8000, HGATP, 1), ERR_RANGE); /* of 15 bits */
    assert_int_equal(iommu_attach(0x18, HGATP + (UINT64_C(1) << 60), 1), ERR_UNSUPPORTED);
    silent = true;
    assert_int_equal(iommu_attach(0x18, HGATP, 1), ERR_TIMEOUT);
    silent = false;
}

static void expect_told(unsigned count, uint64_t address, uint64_t last_address, uint32_t faults)
{
    assert_int_equal(told, count);
    assert_int_equal(last_fault.address, address);
    assert_int_equal(last_fault.last_address, last_address);
    assert_int_equal(last_fault.count, faults);
}

/* One bad transfer, access by access, in both directions from its first, is one record; what is
 * another cause, direction, place or device is another. */
static void faults_are_merged(void **state)
{
    assert_int_equal(iommu_attach(0x20, HGATP, 2), OK);
    assert_int_equal(iommu_attach(0x28, HGATP, 3), OK);
    assert_int_equal(iommu_watch_faults(1, &watch), OK);
    for (uint64_t at = 0; at < 64; at += 4)
        fault(0x20, 23, 3, 0x90000ffc + (at % 8 == 0 ? at : -at));
    interrupt(NULL);
    assert_int_equal(told, 0);
    assert_int_equal(waits, 1);
    fake_csr.time += IOMMU_FAULTS_MS - 1;
    assert_true(iommu_look_for_faults(false));
    fake_csr.time++;
    assert_false(iommu_look_for_faults(false));
    expect_told(1, 0x90000ffc - 60, 0x90000ffc + 56, 16);
    assert_int_equal(last_fault.device, 0x20);
    assert_int_equal(last_fault.cause, 23);
    assert_true(last_fault.write);
    assert_false(last_fault.last);
    fault(0x28, 23, 3, 0x5000);
    fault(0x20, 21, 2, 0x5000);
    fault(0x20, 23, 3, 0x5000);
    interrupt(NULL);
    expect_told(2, 0x5000, 0x5000, 1); /* another cause ends it at once */
    fault(0x20, 23, 3, 0x7000);        /* more than a page away */
    assert_false(iommu_look_for_faults(true));
    assert_int_equal(told, 5);
}

/* A device that goes on is not recorded until its record's time has come, which doubles. */
static void a_flood_is_silenced(void **state)
{
    assert_int_equal(iommu_attach(0x20, HGATP, 2), OK);
    told = 0;
    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < IOMMU_FAULTS_MERGED + 3; i++) {
            fault(0x20, 21, 2, 0x1000 + 4 * i);
            interrupt(NULL);
        }
        assert_int_equal(context_of(0x20)[0], 1 | BIT(4));
        fake_csr.time += (UINT64_C(1) * IOMMU_FAULTS_MS << round) - 1;
        assert_true(iommu_look_for_faults(false));
        fake_csr.time++;
        assert_false(iommu_look_for_faults(false));
        expect_told(round + 1, 0x1000, 0x1000 + 4 * (IOMMU_FAULTS_MERGED - 1), IOMMU_FAULTS_MERGED);
        assert_int_equal(context_of(0x20)[0], 1);
    }
}

/* As many records as are reported; then the device is silenced, and of what had come already no
 * line is printed. */
static void faults(void **state)
{
    assert_int_equal(iommu_attach(0x20, HGATP, 2), OK);
    told = 0;
    for (int i = 0; i < IOMMU_FAULTS_TOLD + 3; i++) {
        assert_int_equal(context_of(0x20)[0], 1);
        fault(0x20, 21, 2, SIZE_2M * (uint64_t)i);
    }
    interrupt(NULL);
    assert_int_equal(told, IOMMU_FAULTS_TOLD);
    assert_true(last_fault.last);
    assert_false(last_fault.write);
    assert_int_equal(context_of(0x20)[0], 1 | BIT(4));
    assert_int_equal(get(IOMMU_FQH, 4), get(IOMMU_FQT, 4));
    assert_false(iommu_look_for_faults(true));
    assert_int_equal(told, IOMMU_FAULTS_TOLD);
    assert_int_equal(iommu_attach(0x20, HGATP, 2), OK);
    assert_int_equal(context_of(0x20)[0], 1);
}

/* All tables are there from the start, so that the first VM with a function takes no more memory
 * than the next. */
static void tables_are_made_at_boot(void **state)
{
    has_confined = 1;
    start_platform(IGS(2));
    has_confined = 0;
    assert_int_equal(context_of(0xc0)[0], 0);
}

static void overrun_is_cleared(void **state)
{
    assert_int_equal(iommu_attach(0x20, HGATP, 2), OK);
    losses = 0;
    for (int i = 0; i < 3; i++) { /* it is reported once */
        set(IOMMU_FQCSR, 4, get(IOMMU_FQCSR, 4) | BIT(9));
        interrupt(NULL);
        assert_int_equal(get(IOMMU_FQCSR, 4) & BIT(9), 0);
        assert_int_equal(losses, 1);
    }
    assert_int_equal(iommu_attach(0x20, HGATP, 2), OK);
    set(IOMMU_FQCSR, 4, get(IOMMU_FQCSR, 4) | BIT(9));
    interrupt(NULL);
    assert_int_equal(losses, 2);
}

static void expect_message(void)
{
    assert_int_equal(get(IOMMU_MSI_CFG_TBL, 8), UINT64_C(0x128001000));
    assert_int_equal(get(IOMMU_MSI_CFG_TBL + 8, 4), 5);
    assert_int_equal(get(IOMMU_MSI_CFG_TBL + 12, 4), 0); /* not masked */
}

/* It has registers of its own, but no wire. */
static void platform_that_sends_messages(void **state)
{
    start_platform(IGS(0));
    assert_int_equal(get(IOMMU_FCTL, 4), 0);
    assert_int_equal(iommu_watch_faults(1, &watch), OK);
    expect_message();
}

static void pci_function_by_message(void **state)
{
    start_pci(IGS(0));
    assert_string_equal(host.log, "IOMMU at 0x40004000: directory of 2 levels");
    assert_true(function_is_on);
    assert_int_equal(host.mapped[0].base, BAR);
    assert_int_equal(get(IOMMU_FCTL, 4), 0);
    assert_int_equal(iommu_attach(0x18, HGATP, 1), OK);
    assert_int_equal(context_of(0x18)[0], 1);
    assert_int_equal(iommu_watch_faults(1, &watch), OK);
    expect_message();
    fault(0x18, 23, 3, 0x1000);
    interrupt(NULL);
    assert_false(iommu_look_for_faults(true));
    assert_int_equal(told, 1);
}

static void expect_no_interrupt(enum err err)
{
    assert_int_equal(iommu_watch_faults(1, &watch), err);
    assert_null(interrupt);
    assert_int_equal(get(IOMMU_MSI_CFG_TBL + 12, 4), 1); /* still masked */
}

/* The host must look for faults. */
static void pci_function_that_cannot_interrupt(void **state)
{
    start_pci(IGS(1)); /* by wire only, and it has none that we know */
    expect_no_interrupt(ERR_UNSUPPORTED);
    start_pci(IGS(2));
    msix_result = ERR_NOT_FOUND;
    expect_no_interrupt(ERR_NOT_FOUND);
    msix_result = OK;
    message_result = ERR_UNSUPPORTED; /* a PLIC */
    expect_no_interrupt(ERR_UNSUPPORTED);
    assert_int_equal(iommu_attach(0x18, HGATP, 1), OK);
    fault(0x18, 21, 2, 0x2000);
    assert_int_equal(told, 0);
    assert_false(iommu_look_for_faults(true));
    expect_told(1, 0x2000, 0x2000, 1);
    assert_false(iommu_look_for_faults(true));
    assert_int_equal(told, 1);
}

static void expect_unusable(const char *text)
{
    assert_int_equal(iommu_init(NULL), ERR_UNSUPPORTED);
    assert_string_equal(host.log, text);
    assert_false(iommu_is_ready());
    assert_int_equal(iommu_attach(0x18, HGATP, 1), ERR_NOT_FOUND);
}

static void functions_that_are_none(void **state)
{
    prepare_pci(IGS(0));
    function.id++;
    iommu_unit = (struct iommu){0};
    expect_unusable("IOMMU at 0x0: can't be used: its registers: not supported by this machine "
                    "(capabilities 0x0)");
    assert_false(function_is_on);
    prepare_pci(IGS(0));
    function.bars[0].size = 0; /* the window had no room for it */
    expect_unusable("IOMMU at 0x0: can't be used: its registers: not supported by this machine "
                    "(capabilities 0x0)");
    assert_false(function_is_on);
    prepare_pci(IGS(0));
    function.bars[0].size = 0x200;
    expect_unusable("IOMMU at 0x40004000: can't be used: its registers: not supported by this "
                    "machine (capabilities 0x0)");
    assert_int_equal(host.mapped_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_one),
        cmocka_unit_test(init),
        cmocka_unit_test(attach_and_detach),
        cmocka_unit_test(refusals),
        cmocka_unit_test(faults_are_merged),
        cmocka_unit_test(a_flood_is_silenced),
        cmocka_unit_test(faults),
        cmocka_unit_test(overrun_is_cleared),
        cmocka_unit_test(platform_that_sends_messages),
        cmocka_unit_test(pci_function_by_message),
        cmocka_unit_test(pci_function_that_cannot_interrupt),
        cmocka_unit_test(functions_that_are_none),
        cmocka_unit_test(tables_are_made_at_boot),
    };
    return cmocka_run_group_tests_name("axdriver iommu", tests, start, NULL);
}
