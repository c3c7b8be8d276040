/*
 * stuck: says that it is here and then nothing, by its bootargs' `way`:
 *
 *   0  an illegal instruction, whose vector is an illegal instruction
 *   1  an illegal instruction, whose handler waits for good, as Linux' before it has a console
 *   2  an illegal instruction without a vector: there is nothing at address 0
 *   3  it sleeps in wfi
 *   4  it computes
 *   5  it computes next to its vector, after a handler that came back
 *
 * The first three are stuck, the others are not.
 */
#include <axbare/arch/csr.h>
#include <axbare/arch/sbi.h>
#include <axbare/hart.h>
#include <axbare/machine.h>
#include <axbare/say.h>

void fail(const char *what)
{
    sayf("stuck: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

static void trap_with(uint64_t vector)
{
    csr_write(stvec, vector);
    __asm__ volatile("unimp");
}

static void trap_in_vector(void)
{
    uint64_t vector;
    __asm__ volatile("la %0, 1f\n j 2f\n .balign 4\n1: unimp\n2:" : "=r"(vector));
    trap_with(vector);
}

static void wait_in_handler(void)
{
    uint64_t vector;
    __asm__ volatile("la %0, 1f\n j 2f\n .balign 4\n1: wfi\n j 1b\n .space 512\n2:" : "=r"(vector));
    trap_with(vector);
}

static void have_no_vector(void)
{
    trap_with(0);
}

static void sleep_for_good(void)
{
    for (;;)
        __asm__ volatile("wfi");
}

static void compute(void)
{
    for (;;)
        __asm__ volatile("");
}

static void come_back_and_compute(void)
{
    __asm__ volatile("la t0, 1f\n"
                     "csrw stvec, t0\n"
                     ".option push\n"
                     ".option norvc\n"
                     "unimp\n"
                     ".option pop\n"
                     "3: j 3b\n"
                     ".balign 4\n"
                     "1: csrr t0, sepc\n"
                     "addi t0, t0, 4\n"
                     "csrw sepc, t0\n"
                     "sret\n" ::
                         : "t0", "memory");
}

void bare_main(uint64_t id, const void *fdt)
{
    static void (*const ways[])(void) = {trap_in_vector, wait_in_handler, have_no_vector,
                                         sleep_for_good, compute,         come_back_and_compute};
    (void)id;
    uint64_t way = bootargs_number(fdt, "way", 0);
    if (way >= sizeof ways / sizeof *ways)
        fail("bootargs: way: expected 0 to 5");
    sayf("stuck: here, way %lu\n", (unsigned long)way);
    ways[way]();
    fail("it came back");
}
