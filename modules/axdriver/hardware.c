/*
 * The walk collects what may be of use; then the choice is made, since a controller that others
 * refer to may come after them in the tree.
 */
#include <axdriver/hardware.h>
#include <axhal/csr_bits.h>
#include <lib/bits.h>
#include <lib/tree.h>
#include <libfdt.h>
#include <string.h>
#include "pci_search.h"
#include "uart_search.h"

#define MAX_CONTROLLERS 32 /* of each kind: one a socket */

struct collected {
    struct hardware *hw;
    struct uart_search uarts;
    struct plic_config plics[MAX_CONTROLLERS];
    uint32_t plic_count;
    struct {
        struct aplic_config config;
        uint32_t msi_parent;
    } aplics[MAX_CONTROLLERS];
    uint32_t aplic_count;
    bool has_imsic;
    struct pci_search pci;
};

static struct irq_targets read_targets(const struct tree_node *node)
{
    return (struct irq_targets){
        .cells = tree_value(node, PROP_INTERRUPTS_EXTENDED).data,
        .count = tree_cell_count(node, PROP_INTERRUPTS_EXTENDED) / 2,
    };
}

/* Whether an entry is this interrupt of its hart. Firmware may have put -1 for M-mode's. */
static bool is_irq(const struct irq_targets *targets, uint32_t index, unsigned irq)
{
    return fdt32_ld((const fdt32_t *)targets->cells + 2 * index + 1) == irq;
}

static bool has_supervisor(const struct irq_targets *targets)
{
    for (uint32_t i = 0; i < targets->count; i++)
        if (is_irq(targets, i, IRQ_SEI))
            return true;
    return false;
}

static void collect_plic(struct collected *c, const struct tree_node *node)
{
    struct plic_config plic = {
        .phandle = tree_cell(node, PROP_PHANDLE, 0, 0),
        .sources = tree_cell(node, PROP_NDEV, 0, 0),
        .interrupt_cells = tree_cell(node, PROP_INTERRUPT_CELLS, 0, 1),
        .targets = read_targets(node),
    };
    if (c->plic_count < MAX_CONTROLLERS && tree_reg(node, 0, &plic.base, &plic.size) &&
        has_supervisor(&plic.targets))
        c->plics[c->plic_count++] = plic;
}

static void collect_aplic(struct collected *c, const struct tree_node *node)
{
    struct aplic_config aplic = {
        .phandle = tree_cell(node, PROP_PHANDLE, 0, 0),
        .sources = tree_cell(node, PROP_NUM_SOURCES, 0, 0),
    };
    if (c->aplic_count == MAX_CONTROLLERS || !tree_reg(node, 0, &aplic.base, &aplic.size))
        return;
    c->aplics[c->aplic_count].config = aplic;
    c->aplics[c->aplic_count++].msi_parent = tree_cell(node, PROP_MSI_PARENT, 0, 0);
}

/* Bits that number `count` things from 0. */
static uint32_t index_bits(uint32_t count)
{
    return count > 1 ? 32 - (uint32_t)__builtin_clz(count - 1) : 0;
}

/* What the binding allows; tree_check() has named what it does not. */
static bool has_sane_bits(const struct imsic_config *imsic)
{
    return imsic->guest_index_bits <= 6 && imsic->hart_index_bits <= 15 &&
           imsic->group_index_bits <= 7 && imsic->group_index_shift <= 55;
}

/* The defaults are those of the binding riscv,imsics. */
static void collect_imsic(struct collected *c, const struct tree_node *node)
{
    struct imsic_config imsic = {
        .phandle = tree_cell(node, PROP_PHANDLE, 0, 0),
        .ids = tree_cell(node, PROP_NUM_IDS, 0, 0),
        .guest_ids = tree_cell(node, PROP_NUM_GUEST_IDS, 0, tree_cell(node, PROP_NUM_IDS, 0, 0)),
        .guest_index_bits = tree_cell(node, PROP_GUEST_INDEX_BITS, 0, 0),
        .group_index_bits = tree_cell(node, PROP_GROUP_INDEX_BITS, 0, 0),
        .group_index_shift = tree_cell(node, PROP_GROUP_INDEX_SHIFT, 0, 2 * PAGE_SHIFT),
        .targets = read_targets(node),
    };
    imsic.hart_index_bits =
        tree_cell(node, PROP_HART_INDEX_BITS, 0, index_bits(imsic.targets.count));
    if (c->has_imsic || !has_supervisor(&imsic.targets) || !has_sane_bits(&imsic))
        return;
    while (imsic.reg_count < IMSIC_MAX_REGS &&
           tree_reg(node, imsic.reg_count, &imsic.regs[imsic.reg_count].base,
                    &imsic.regs[imsic.reg_count].size))
        imsic.reg_count++;
    c->hw->imsic = imsic;
    c->has_imsic = true;
}

/* The address of a device of which nothing else counts; 0: it has none. */
static hpa_t read_address(const struct tree_node *node, uint64_t least_size)
{
    hpa_t base;
    uint64_t size;
    return tree_reg(node, 0, &base, &size) && size >= least_size ? base : hpa(0);
}

static void collect_rtc(struct collected *c, const struct tree_node *node)
{
    c->hw->rtc = read_address(node, 8);
}

static void collect_sswi(struct collected *c, const struct tree_node *node)
{
    struct sswi_config sswi = {.targets = read_targets(node)};
    if (c->hw->sswi.size == 0 && tree_reg(node, 0, &sswi.base, &sswi.size))
        c->hw->sswi = sswi;
}

static void collect_iommu(struct collected *c, const struct tree_node *node)
{
    pci_search_add_iommu(&c->pci, node);
}

static void collect_pci_iommu(struct collected *c, const struct tree_node *node)
{
    pci_search_add_pci_iommu(&c->pci, node);
}

static void collect_pci(struct collected *c, const struct tree_node *node)
{
    pci_search_add_bridge(&c->pci, node);
}

/* `node` is the interrupt controller inside a cpu node; also harts that we don't use are known. */
static void collect_cpu(struct collected *c, const struct tree_node *node)
{
    struct hardware *hw = c->hw;
    uint64_t hart_id, none;
    if (node->parent == NULL || !tree_reg_on_bus(node->parent, 0, &hart_id, &none))
        return;
    if (hw->cpu_count == HARDWARE_MAX_CPUS) {
        hw->cpus_left_out++;
        return;
    }
    hw->cpus[hw->cpu_count].phandle = tree_cell(node, PROP_PHANDLE, 0, 0);
    hw->cpus[hw->cpu_count++].hart_id = hart_id;
}

static const struct {
    const char *compatible;
    void (*collect)(struct collected *c, const struct tree_node *node);
    bool always; /* also when it is disabled */
} devices[] = {
    {"riscv,cpu-intc", collect_cpu, true},         {"sifive,plic-1.0.0", collect_plic, false},
    {"riscv,plic0", collect_plic, false},          {"thead,c900-plic", collect_plic, false},
    {"andestech,nceplic100", collect_plic, false}, {"riscv,aplic", collect_aplic, false},
    {"riscv,imsics", collect_imsic, false},        {"riscv,aclint-sswi", collect_sswi, false},
    {"google,goldfish-rtc", collect_rtc, false},   {"riscv,iommu", collect_iommu, false},
    {"riscv,pci-iommu", collect_pci_iommu, true},  {"pci-host-ecam-generic", collect_pci, false},
};

/* A device has its registers where the harts reach them; false: it has none there. */
static bool check_device(struct tree_faults *faults, const struct tree_node *node)
{
    hpa_t base;
    uint64_t on_bus, size;
    tree_check(faults, node);
    if (tree_reg(node, 0, &base, &size))
        return true;
    if (tree_value(node, PROP_REG).data == NULL)
        tree_faults_add(faults, node, PROP_REG, "the address of its registers");
    else if (tree_reg_on_bus(node, 0, &on_bus, &size))
        tree_faults_add(faults, node, PROP_REG, "addresses that the ranges above hand on to harts");
    return false;
}

/* False: it is no row's. */
static bool collect_device(struct collected *c, const struct tree_node *node,
                           const char *compatible)
{
    for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
        if (compatible[0] != devices[i].compatible[0] ||
            strcmp(compatible, devices[i].compatible) != 0)
            continue;
        if (node->enabled && devices[i].always)
            tree_check(&c->hw->faults, node);
        else if (node->enabled)
            (void)check_device(&c->hw->faults, node); /* what can't be used is left out below */
        if (devices[i].always || node->enabled)
            devices[i].collect(c, node);
        return true;
    }
    return false;
}

static void probe_uart(struct collected *c, const struct tree_node *node,
                       const struct uart_driver *driver)
{
    bool reached = check_device(&c->hw->faults, node);
    if (!uart_search_add(&c->uarts, node, driver) && reached && c->uarts.count < UART_SEARCH_MAX)
        tree_faults_add(&c->hw->faults, node, PROP_REG,
                        "registers for reg-shift up to 4 and reg-io-width 1 or 4");
}

static bool collect_uart(struct collected *c, const struct tree_node *node, const char *compatible)
{
    const struct uart_driver *driver = uart_driver_of(compatible);
    if (driver != NULL && node->enabled)
        probe_uart(c, node, driver);
    return driver != NULL;
}

/* By the first of its compatible strings that we know. */
static void collect(const struct tree_node *node, void *context)
{
    struct collected *c = context;
    const char *compatible;
    bool known = false;
    uart_search_visit(&c->uarts, node);
    for (uint32_t n = 0; !known && (compatible = tree_compatible(node, n)) != NULL; n++)
        known = collect_device(c, node, compatible) || collect_uart(c, node, compatible);
}

/* The first controller of a kind, or the one that the console's UART is wired to. */
static bool choose_plic(struct collected *c)
{
    for (uint32_t i = 0; i < c->plic_count; i++)
        if (i == 0 || c->plics[i].phandle == c->hw->uart.irq.controller)
            c->hw->plic = c->plics[i];
    return c->plic_count > 0;
}

/* The supervisor domain sends its MSIs to the supervisor files; the machine domain does not. */
static bool choose_aplic(struct collected *c)
{
    bool found = false;
    for (uint32_t i = 0; c->has_imsic && i < c->aplic_count; i++) {
        const struct aplic_config *aplic = &c->aplics[i].config;
        if (c->aplics[i].msi_parent != c->hw->imsic.phandle)
            continue;
        if (!found || aplic->phandle == c->hw->uart.irq.controller)
            c->hw->aplic = *aplic;
        found = true;
    }
    return found;
}

enum err hardware_probe(struct hardware *hw, const void *fdt)
{
    *hw = (struct hardware){0};
    static struct collected c; /* too large for a stack */
    c = (struct collected){.hw = hw, .uarts = {.aliases = -1}};
    enum err err = tree_walk(fdt, collect, &c);
    if (err != OK)
        return err;
    uart_search_end(&c.uarts, fdt, hw);
    pci_search_end(&c.pci, hw);
    if (choose_aplic(&c))
        hw->irqchip = IRQCHIP_IMSIC;
    else if (choose_plic(&c))
        hw->irqchip = IRQCHIP_PLIC;
    return OK;
}

const struct hardware *hardware_of_machine(const void *fdt)
{
    static struct hardware machine;
    static bool probed;
    if (!probed) {
        probed = true;
        if (hardware_probe(&machine, fdt) != OK)
            machine = (struct hardware){0};
    }
    return &machine;
}

enum err hardware_target(const struct hardware *hw, const struct irq_targets *targets, unsigned irq,
                         uint64_t hart_id, uint32_t *index)
{
    for (uint32_t cpu = 0; cpu < hw->cpu_count; cpu++) {
        if (hw->cpus[cpu].hart_id != hart_id)
            continue;
        for (uint32_t i = 0; i < targets->count; i++) {
            uint32_t phandle = fdt32_ld((const fdt32_t *)targets->cells + 2 * i);
            if (phandle == hw->cpus[cpu].phandle && is_irq(targets, i, irq)) {
                *index = i;
                return OK;
            }
        }
    }
    return ERR_NOT_FOUND;
}

uint32_t hardware_interrupt_cells(const struct hardware *hw)
{
    return hw->irqchip == IRQCHIP_IMSIC ? 2 : hw->plic.interrupt_cells;
}

/* The files are numbered through all of reg, each followed by its guest files (AIA 1.0 §3.6). */
enum err imsic_file(const struct imsic_config *imsic, uint32_t index, hpa_t *file)
{
    uint64_t offset = (uint64_t)index << (imsic->guest_index_bits + PAGE_SHIFT);
    for (uint32_t i = 0; i < imsic->reg_count; i++) {
        if (range_inside(offset, PAGE_SIZE, 0, imsic->regs[i].size)) {
            *file = hpa(imsic->regs[i].base.a + offset);
            return OK;
        }
        offset -= imsic->regs[i].size;
    }
    return ERR_RANGE;
}
