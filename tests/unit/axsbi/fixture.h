/*
 * A machine of four guest harts with a little RAM, whose hart 1 makes the calls, over a fake
 * axvcpu and console. Everything that a call does outside its own registers is a line of `events`.
 */
#pragma once
#include <axsbi/sbi.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define HARTS 4
#define MAX_HARTS 64
#define CALLER 1
#define LIST_GVA UINT64_C(0xffffffc000001008)
#define LAST_ASID UINT64_C(0x1ff)
#define RAM UINT64_C(0x80000000)
#define RAM_SIZE (2 * PAGE_SIZE)
#define RAM_END (RAM + RAM_SIZE)

struct fixture {
    struct vcpu vcpus[MAX_HARTS]; /* all STARTED but hart 3 */
    struct sbi_hart harts[MAX_HARTS];
    uint64_t environment, possible; /* henvcfg of the caller's hart, and the bits that stick */
    struct addrspace memory;
    struct sbi_machine machine;
    struct quiet quiet;
    uint64_t list; /* of harts, at LIST_GVA in the guest's memory */
    bool fence_times_out, firmware_refuses;
    long start_error, stop_error; /* of the host's counters */
    bool has_sscofpmf;
    unsigned parts;        /* of the last call */
    void (*between)(void); /* two of them */
    uint64_t running;      /* the host's counters, by the firmware's index; bit 3 from boot on */
    uint64_t taken;        /* of them: with an event */
    uint64_t given_flags;  /* of the last configuration */
    uint64_t values[8];
    char ram[RAM_SIZE];
    char events[4096];
    char output[1024]; /* what was written to the console */
    size_t output_length;
    size_t output_room; /* of a write; 0: all */
    bool output_broken; /* nothing is taken */
    bool output_full;   /* no byte is taken now */
    const char *input;  /* what the console will read */
};
extern struct fixture f;

struct answer {
    enum sbi_verdict verdict;
    long error;
    long value;
};

/* Of a call whose registers are set. */
enum sbi_verdict handle_call(struct vcpu *vcpu);

/* cmocka's set-up of one test. */
int fixture_setup(void **state);

/*
 * An ecall is written as its extension, function and arguments: a7, a6, a0, a1 …. This makes it
 * from hart CALLER and asserts that it changed no register but a0 and a1.
 */
struct answer make_call(const uint64_t call[8]);
#define CALL(...) make_call((const uint64_t[8]){__VA_ARGS__})

/* Makes the call and asserts that it returned `value`, and did exactly what `events` says. */
void assert_call(const char *events, uint64_t value, const uint64_t call[8]);
#define ASSERT_CALL(events, value, ...)                                                            \
    assert_call((events), (value), (const uint64_t[8]){__VA_ARGS__})
#define ASSERT_DOES(events, ...) ASSERT_CALL((events), 0, __VA_ARGS__)
#define ASSERT_RETURNS(value, ...) ASSERT_CALL("", (value), __VA_ARGS__)

/* Makes the call and asserts the error, and that the whole machine is as it was. */
void assert_refused(long error, const uint64_t call[8]);
#define ASSERT_REFUSED(error, ...) assert_refused((error), (const uint64_t[8]){__VA_ARGS__})

/* Asserts what was done since the last time, line by line. */
void assert_events(const char *expected);

#define TEST(name) cmocka_unit_test_setup(name, fixture_setup)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The groups; each returns the number of its failures. */
int run_table_tests(void);
int run_base_tests(void);
int run_time_tests(void);
int run_ipi_tests(void);
int run_rfence_tests(void);
int run_hsm_tests(void);
int run_srst_tests(void);
int run_dbcn_tests(void);
int run_susp_tests(void);
int run_legacy_tests(void);
int run_fwft_tests(void);
int run_pmu_tests(void);
int run_pmu_hardware_tests(void);
int run_sta_tests(void);
int run_quiet_tests(void);
