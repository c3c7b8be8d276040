/*
 * longest: makes every kind of exit that a guest can, with what takes each the longest, and ends.
 * How long they were is in its VM's ledger (`report;` in the description).
 */
#include "longest.h"
#include <axbare/arch/csr.h>
#include <axbare/machine.h>
#include <axbare/say.h>
#include <inttypes.h>

struct range {
    uint64_t base, size;
    unsigned width, step; /* bytes */
};

/* Of QEMU's virt machine; what a VM does not have is a fault, which is an exit too. */
static const struct range ranges[] = {
    {0x00100000, 8, 4, 4},                                      /* test device */
    {0x00101000, 0x24, 4, 4},                                   /* RTC */
    {0x0c000000, 0x200, 4, 4},                                  /* PLIC: priorities */
    {0x0c001000, 0x10, 4, 4},                                   /* pending */
    {0x0c002000, 0x110, 4, 4},                                  /* enabled */
    {0x0c200000, 0x2008, 4, 0x800},                             /* contexts */
    {0x0c200004, 0x2008, 4, 0x1000}, {0x0d000000, 0x200, 4, 4}, /* APLIC: domain, sources */
    {0x0d001bc0, 0x50, 4, 4},                                   /* message addresses */
    {0x0d001c00, 0x410, 4, 4},  /* pending, enabled, by number and by bits, generated messages */
    {0x0d003000, 0x200, 4, 4},  /* targets */
    {0x0d004000, 0x40, 4, 4},   /* direct delivery */
    {0x10000000, 8, 1, 1},      /* UART */
    {0x10001000, 0x200, 4, 4},  /* virtio-mmio */
    {0x11100000, 0x20, 4, 4},   /* shared memory's doorbell */
    {0x28000000, 8, 4, 4},      /* IMSIC */
    {0x30000000, 0x1000, 4, 4}, /* PCI configuration space */
    {0x00500000, 8, 8, 8},      /* a hole */
};

void fail(const char *what)
{
    sayf("longest: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

/* A trap of an access or a CSR, which has four bytes: on to the next instruction. */
__attribute__((naked, aligned(4))) static void skip(void)
{
    __asm__ volatile("csrr t0, sepc\n addi t0, t0, 4\n csrw sepc, t0\n sret");
}

#define ACCESS(text, ...)                                                                          \
    __asm__ volatile(".option push\n.option norvc\n" text "\n.option pop" __VA_ARGS__)

static void load(uint64_t at, unsigned width)
{
    uint64_t value;
    if (width == 1)
        ACCESS("lbu %0, (%1)", : "=r"(value) : "r"(at) : "t0", "memory");
    else
        ACCESS("lw %0, (%1)", : "=r"(value) : "r"(at) : "t0", "memory");
}

static void store(uint64_t at, unsigned width, uint64_t value)
{
    if (width == 1)
        ACCESS("sb %0, (%1)", : : "r"(value), "r"(at) : "t0", "memory");
    else
        ACCESS("sw %0, (%1)", : : "r"(value), "r"(at) : "t0", "memory");
}

static void access_range(const struct range *range)
{
    static const uint32_t values[] = {1, UINT32_MAX, 40, 6, 0x80000001, 0};
    for (uint64_t at = range->base; at < range->base + range->size; at += range->step) {
        load(at, range->width);
        for (unsigned i = 0; i < sizeof values / sizeof *values; i++)
            store(at, range->width, values[i]);
        load(at, range->width);
    }
}

static void illegal_instructions(void)
{
    uint64_t value;
    ACCESS("csrr %0, 0x680", : "=r"(value) : : "t0", "memory");
    ACCESS("csrr %0, 0x15c", : "=r"(value) : : "t0", "memory");
    ACCESS("csrw 0x151, zero", : : : "t0", "memory");
}

void bare_main(uint64_t id, const void *fdt)
{
    static struct machine machine;
    machine_read(&machine, fdt, id);
    csr_write(sie, 0);
    csr_write(stvec, (uintptr_t)skip);
    longest_calls(id);
    for (unsigned n = 0; n < 3; n++) {
        for (unsigned i = 0; i < sizeof ranges / sizeof *ranges; i++)
            access_range(&ranges[i]);
        illegal_instructions();
    }
    say("\nlongest: done\n");
    shut_down(SBI_SRST_NO_REASON);
}
