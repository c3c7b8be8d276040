/* One vCPU with one device, on fake CSRs; what an exit asks of axvcpu is recorded. */
#pragma once
#include <axexit/exit.h>
#include <axhal/arch/csr.h>
#include <axhal/csr_bits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define DEVICE UINT64_C(0x10000000)
#define PC UINT64_C(0xffffffff80001000)

struct fixture {
    struct vcpu vcpus[2];
    struct exit_machine machine;
    struct mmio_bus bus;
    struct mmio_device device;
    uint64_t stored; /* what the device's register has */
    uint64_t floats[32];
    bool has_zcmp;
    enum err device_answer; /* to a store that it knows */
    bool stays_pending;     /* the host's interrupt, whatever is done for it */
    char events[512];
    uint16_t code[2];    /* the parcels at PC */
    unsigned readable;   /* of them */
    struct vm_exit exit; /* what vcpu_run comes back with, once */
    unsigned runs, sbi_resets;
    enum sbi_verdict answer; /* of sbi_handle */
    bool shortly;            /* DBCN's shortcut does it */
    bool stops;              /* and the call is hart_stop */
    uint32_t posts;          /* requests that come while a call is performed in place */
    uint32_t posts_late;     /* and those that come as requests are taken */
};
extern struct fixture f;

int fixture_setup(void **state);
void event(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What was recorded since the last call. */
void assert_events(const char *expected);
/* Runs the vCPU from one exit to the next; it is halted there. */
void run_exit(struct vm_exit exit);

int run_aia_tests(void);
int run_fast_tests(void);
int run_in_place_tests(void);
int run_mmio_tests(void);
int run_verdict_tests(void);
