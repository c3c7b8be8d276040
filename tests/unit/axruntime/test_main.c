/* What a hart that comes from the firmware has done before others take it for one of theirs. */
#include <axalloc/frames.h>
#include <axalloc/init.h>
#include <axconfig/config.h>
#include <axdriver/clock.h>
#include <axdriver/console.h>
#include <axdriver/hardware.h>
#include <axdriver/iommu.h>
#include <axdriver/irqchip.h>
#include <axdriver/pci.h>
#include <axdriver/random.h>
#include <axhal/boot.h>
#include <axhal/finisher.h>
#include <axhal/firmware.h>
#include <axhal/paging.h>
#include <axipi/mailbox.h>
#include <axlog/console.h>
#include <axlog/log.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fault.h"

static struct hart comes;
static char events[64];
static jmp_buf serves;

static void event(const char *name)
{
    strcat(events, name);
    strcat(events, comes.online ? " online; " : " not online; ");
}

void mailbox_hart_init(void)
{
    event("IPIs");
}

void irqchip_hart_init(void)
{
    event("interrupts");
}

void mailbox_serve(void)
{
    event("serves");
    longjmp(serves, 1);
}

/* VMs are made as soon as all are online, and take guest interrupt files of them. */
static void is_online_when_it_is_set_up(void **state)
{
    fake_hart = &comes;
    if (setjmp(serves) == 0)
        runtime_main_secondary();
    assert_string_equal(events, "IPIs not online; interrupts not online; serves online; ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(is_online_when_it_is_set_up)};
    return cmocka_run_group_tests_name("axruntime/main", tests, NULL, NULL);
}

/* Of the boot hart, whose order tests/system sees: nothing here comes to it. */
const uint32_t config_smp = 1;
const char *const config_log = "off";
enum log_level log_level = LOG_LEVEL_OFF;

static void *not_called(void)
{
    fail_msg("the boot hart's part was called");
    return NULL;
}

const struct platform *platform(void)
{
    return not_called();
}

struct hart *hart_at(uint32_t index)
{
    return not_called();
}

#define NOT_CALLED(result, name, ...)                                                              \
    result name(__VA_ARGS__)                                                                       \
    {                                                                                              \
        return (result)(uintptr_t)not_called();                                                    \
    }
#define NOTHING_DONE(name, ...)                                                                    \
    void name(__VA_ARGS__)                                                                         \
    {                                                                                              \
        not_called();                                                                              \
    }
NOT_CALLED(uint32_t, hart_count, void)
NOT_CALLED(const struct hardware *, hardware_of_machine, const void *fdt)
NOT_CALLED(uint64_t, frames_free_bytes, void)
NOT_CALLED(unsigned, paging_width, void)
NOT_CALLED(bool, log_set_level, const char *name)
NOT_CALLED(enum err, hart_bring_up, struct hart *hart)
NOT_CALLED(enum err, irqchip_init, const void *fdt)
NOT_CALLED(enum err, pci_init, const void *fdt)
NOT_CALLED(enum err, iommu_init, const void *fdt)
NOTHING_DONE(fault_init, void)
NOTHING_DONE(mailbox_init, void)
NOTHING_DONE(console_flush, void)
NOTHING_DONE(frames_init, const struct platform *p)
NOTHING_DONE(console_init, const void *fdt)
NOTHING_DONE(finisher_map, void)
NOTHING_DONE(clock_init, const void *fdt)
NOTHING_DONE(random_init, struct tree_value seed)
NOTHING_DONE(log_line, enum log_level level, const char *format, ...)

void firmware_shutdown(bool failed)
{
    not_called();
    abort();
}
