/* usage: read_board TREE.dtb BOOT-HART: what the host's own code finds in a board's tree, a fact a
 * line. */
#include <axdriver/hardware.h>
#include <axhal/platform.h>
#include <stdio.h>
#include <stdlib.h>
#include "uart_ops.h"

static void print_ranges(const char *what, const struct memory_range *ranges, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        printf("%s 0x%lx 0x%lx\n", what, ranges[i].base.a, ranges[i].size);
}

static void print_platform(const struct platform *p)
{
    print_ranges("memory", p->memory, p->memory_count);
    print_ranges("reserved", p->reserved, p->reserved_count);
    printf("timebase %lu\n", p->timebase);
    for (uint32_t i = 0; i < p->hart_count; i++)
        printf("hart %lu %s\n", p->harts[i].id,
               p->harts[i].absence == HART_DISABLED ? "disabled" : "okay");
    printf("mmu %s\n", p->mmu_type != NULL ? p->mmu_type : "none");
    for (const char *name = "abcdefghijklmnopqrstuvwxyz"; *name != '\0'; name++)
        if (platform_has_extension(p, (char[]){*name, '\0'}))
            printf("extension %c\n", *name);
    printf("finisher 0x%lx\n", p->finisher.a);
    printf("end 0x%lx\n", p->address_end);
}

static void print_hardware(const struct hardware *hw)
{
    if (hw->has_uart)
        printf("uart %s 0x%lx 0x%lx %u %u %u %u\n", hw->uart.driver->compatible[0], hw->uart.base.a,
               hw->uart.size, hw->uart.reg_shift, hw->uart.io_width, hw->uart.irq.controller,
               hw->uart.irq.source);
    else
        printf("uart none %s\n", hw->unknown_console != NULL ? hw->unknown_console : "none");
    if (hw->irqchip == IRQCHIP_PLIC)
        printf("plic 0x%lx 0x%lx %u %u\n", hw->plic.base.a, hw->plic.size, hw->plic.sources,
               hw->plic.targets.count);
    if (hw->irqchip == IRQCHIP_IMSIC) {
        printf("aplic 0x%lx 0x%lx %u\n", hw->aplic.base.a, hw->aplic.size, hw->aplic.sources);
        printf("imsic %u %u %u\n", hw->imsic.ids, hw->imsic.guest_ids, hw->imsic.guest_index_bits);
        for (uint32_t i = 0; i < hw->imsic.reg_count; i++)
            printf("imsic-reg 0x%lx 0x%lx\n", hw->imsic.regs[i].base.a, hw->imsic.regs[i].size);
    }
    printf("cpus %u\n", hw->cpu_count);
    for (uint32_t i = 0; i < hw->faults.count; i++)
        printf("fault %u\n", i);
}

int main(int argc, char **argv)
{
    static uint64_t tree[1 << 15];
    static struct platform p;
    static struct hardware hw;
    const char *missing;
    FILE *file = argc == 3 ? fopen(argv[1], "rb") : NULL;
    if (file == NULL || fread(tree, 1, sizeof tree, file) == 0 || fclose(file) != 0)
        return 2;
    enum err err =
        platform_parse(&p, tree, strtoull(argv[2], NULL, 0), PLATFORM_MAX_HARTS, &missing);
    if (err != OK)
        printf("missing %s\n", missing);
    print_platform(&p);
    if (hardware_probe(&hw, tree) != OK)
        return 1;
    print_hardware(&hw);
    return 0;
}
