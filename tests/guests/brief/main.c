/*
 * brief: ends at once, or with `stay=1` in its command line says `brief: here` and is in wfi for
 * ever, or with `again=1` reboots for ever. What it stores first, no other VM must find.
 */
#include <axbare/arch/sbi.h>
#include <axbare/machine.h>
#include <axbare/say.h>

#define SECRET UINT64_C(0x5ec2e75ec2e75ec2)

void fail(const char *what)
{
    sayf("brief: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

static void stay(void)
{
    say("brief: here\n");
    for (;;)
        __asm__ volatile("wfi");
}

void bare_main(uint64_t id, const void *fdt)
{
    struct machine machine;
    machine_read(&machine, fdt, id);
    volatile uint64_t *first = (volatile uint64_t *)machine.ram_base;
    if (bootargs_number(fdt, "wiped", 0) != 0 && *first != 0)
        fail("another VM's memory");
    *first = SECRET;
    if (bootargs_number(fdt, "stay", 0) != 0)
        stay();
    if (bootargs_number(fdt, "again", 0) != 0)
        sbi_call(SBI_EXT_SRST, SBI_SRST_RESET, SBI_SRST_COLD_REBOOT, SBI_SRST_NO_REASON, 0, 0);
    shut_down(SBI_SRST_NO_REASON);
}
