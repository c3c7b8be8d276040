/* vCPUs on two harts of fake CSRs; the host below them is recorded. */
#pragma once
#include <axhal/arch/cpu.h>
#include <axhal/arch/csr.h>
#include <axhal/csr_bits.h>
#include <axhal/interrupt.h>
#include <axhal/platform.h>
#include <axvcpu/vcpu.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SECOND 1000 /* ticks */

struct fixture {
    struct platform platform;
    struct hart harts[2];
    struct vcpu vcpus[2]; /* vcpus[i] is on harts[i]; harts[0] is the running one */
    unsigned kicks;       /* of harts[1] */
    unsigned entries, waits;
    enum exit_left left; /* of vcpu_enter */
    uint64_t firmware_timer;
    bool old_firmware; /* knows no features */
    bool firmware_refuses;
    uint64_t delegated; /* to firmware: misaligned accesses */
    bool timer_enabled;
    interrupt_handler_t timer_handler;
    unsigned device_timers;
    char log[128];
};
extern struct fixture f;

int fixture_setup(void **state);

#define TEST(name) cmocka_unit_test_setup(name, fixture_setup)

int run_request_tests(void);
int run_inject_tests(void);
int run_timer_tests(void);
int run_setup_tests(void);
int run_late_tests(void);
