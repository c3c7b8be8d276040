/*
 * Memory shared with another VM: what this one may not do there, with the bootargs shared=ro or
 * shared=rw, which say how it has it. The memory has 1 MiB.
 */
#include "cases.h"
#include <axbare/doorbell.h>
#include <string.h>

#define SIZE UINT64_C(0x100000)
#define END (SHARED_STATES + SIZE)
#define LAST (END - 4)
#define FUNCTION (DOORBELL_ECAM + 0x8000)
#define NO_FUNCTION (DOORBELL_ECAM + 0x10000)
#define NO_BAR (DOORBELL_REGISTERS + 0x1000)
#define ALL_ONES UINT64_C(0xffffffff)
#define PAGE 4096

CODE(shared_lbu, "lbu a1, (a0)");
CODE(shared_lhu, "lhu a1, (a0)");
CODE(shared_lwu, "lwu a1, (a0)");
CODE(shared_ld, "ld a1, (a0)");
CODE(shared_sb, "sb a1, (a0)");
CODE(shared_sh, "sh a1, (a0)");
CODE(shared_sw, "sw a1, (a0)");
CODE(shared_sd, "sd a1, (a0)");
CODE(shared_amo, "amoadd.w a1, a1, (a0)");
CODE(shared_jump, "jr a0");

static const struct {
    const char *name, *load, *store;
} odd[] = {{"byte", shared_lbu, shared_sb},
           {"half", shared_lhu, shared_sh},
           {"double", shared_ld, shared_sd}};

static void refuse_load(const char *name, const char *code, uint64_t at)
{
    check_trap(name, code, SUPERVISOR, at, LOAD_ACCESS, at, AT_CODE);
}

static void refuse_store(const char *name, const char *code, uint64_t at)
{
    check_trap(name, code, SUPERVISOR, at, STORE_ACCESS, at, AT_CODE);
    check_trap(name, code, USER, at, STORE_ACCESS, at, AT_CODE);
}

static void register_widths(void)
{
    for (unsigned i = 0; i < sizeof odd / sizeof *odd; i++) {
        for (uint64_t r = DOORBELL_ID; r <= DOORBELL_STATE; r += 4) {
            refuse_load(odd[i].name, odd[i].load, DOORBELL_REGISTERS + r);
            refuse_store(odd[i].name, odd[i].store, DOORBELL_REGISTERS + r);
        }
    }
    refuse_load("register, misaligned", shared_lwu, DOORBELL_REGISTERS + 2);
    refuse_store("register, amoadd.w", shared_amo, DOORBELL_REGISTERS + DOORBELL_STATE);
    check_trap("register, jump", shared_jump, SUPERVISOR, DOORBELL_REGISTERS, FETCH_ACCESS,
               DOORBELL_REGISTERS, DOORBELL_REGISTERS);
    check_runs("register, none", shared_lwu, 4, SUPERVISOR, DOORBELL_REGISTERS + 0xffc, 1, 0);
    check_runs("register, none, sw", shared_sw, 4, USER, DOORBELL_REGISTERS + 0xffc, 1, 1);
}

static void bridge_cases(void)
{
    check_runs("function", shared_lwu, 4, SUPERVISOR, FUNCTION, 1, 0x4106110a);
    check_runs("no function", shared_lwu, 4, SUPERVISOR, NO_FUNCTION, 1, ALL_ONES);
    check_runs("no function, sw", shared_sw, 4, SUPERVISOR, NO_FUNCTION, 1, 1);
    refuse_load("configuration, ld", shared_ld, FUNCTION);
    refuse_store("configuration, sd", shared_sd, FUNCTION);
    refuse_load("window, no bar", shared_lwu, NO_BAR);
    refuse_store("window, no bar", shared_sw, NO_BAR);
}

static void memory_cases(bool writable)
{
    uint64_t words = SHARED_WORDS;
    refuse_store("state table, sb", shared_sb, SHARED_STATES);
    refuse_store("state table, amoadd.w", shared_amo, SHARED_STATES + PAGE - 4);
    check_trap("state table, jump", shared_jump, SUPERVISOR, SHARED_STATES, FETCH_ACCESS,
               SHARED_STATES, SHARED_STATES);
    check_trap("memory, jump", shared_jump, SUPERVISOR, words, FETCH_ACCESS, words, words);
    refuse_load("after the memory", shared_lbu, END);
    refuse_store("after the memory", shared_sb, END);
    if (writable) {
        check_runs("memory, sw", shared_sw, 4, SUPERVISOR, LAST, 77, 77);
        check_runs("memory, lwu", shared_lwu, 4, USER, LAST, 0, 77);
        return;
    }
    check_runs("memory, lwu", shared_lwu, 4, SUPERVISOR, LAST, 1, 0);
    refuse_store("memory, sb", shared_sb, words);
    refuse_store("memory, sd", shared_sd, END - 8);
    refuse_store("memory, amoadd.w", shared_amo, words);
}

static long sbi_error(uint64_t extension, uint64_t function, uint64_t a0, uint64_t a1, uint64_t a2)
{
    return sbi_call(extension, function, a0, a1, a2, 0).error;
}

/* What the SBI would write there for this guest, the guest may not write either. */
static void sbi_cases(const struct machine *m, bool writable)
{
    uint64_t words = SHARED_WORDS;
    long no_area = writable ? SBI_SUCCESS : SBI_ERR_INVALID_ADDRESS;
    long no_buffer = writable ? SBI_SUCCESS : SBI_ERR_INVALID_PARAM;
    check_one("dbcn read to the memory", "error",
              (uint64_t)sbi_error(SBI_EXT_DBCN, SBI_DBCN_READ, 8, words, 0), (uint64_t)no_buffer);
    long error = sbi_error(SBI_EXT_DBCN, SBI_DBCN_WRITE, 1, LAST, 0);
    say("\n"); /* after what that has printed */
    check_one("dbcn write from the memory", "error", (uint64_t)error, SBI_SUCCESS);
    check_one("dbcn read to the state table", "error",
              (uint64_t)sbi_error(SBI_EXT_DBCN, SBI_DBCN_READ, 8, SHARED_STATES, 0),
              (uint64_t)SBI_ERR_INVALID_PARAM);
    check_one("sta area in the memory", "error",
              (uint64_t)sbi_error(SBI_EXT_STA, SBI_STA_SET_SHMEM, words, 0, 0), (uint64_t)no_area);
    sbi_error(SBI_EXT_STA, SBI_STA_SET_SHMEM, UINT64_MAX, UINT64_MAX, 0);
    check_one("pmu events in the memory", "error",
              (uint64_t)sbi_error(SBI_EXT_PMU, SBI_PMU_EVENT_INFO, words, 0, 0), (uint64_t)no_area);
    check_one("hart_start in the memory", "error",
              (uint64_t)sbi_error(SBI_EXT_HSM, SBI_HSM_START, m->peer, words, 0),
              (uint64_t)SBI_ERR_INVALID_ADDRESS);
}

/* Peers and vectors that are not there, and one that is, a thousand times. */
static void ring_cases(void)
{
    for (uint32_t target = doorbell_read(DOORBELL_PEERS); target < 0x10000; target += 997)
        doorbell_write(DOORBELL_RING, target << 16);
    for (uint32_t n = 1; n <= 1000; n++)
        doorbell_write(DOORBELL_RING, n);
    check_one("state, set and read", "it", doorbell_read(DOORBELL_STATE), 0);
    doorbell_write(DOORBELL_STATE, ALL_ONES);
    check_one("state, in the table", "it", shared_states()[doorbell_read(DOORBELL_ID)], ALL_ONES);
}

void shared_cases(const char *name, const struct machine *machine)
{
    bool writable = strcmp(name, "shared=rw") == 0;
    if (!writable && strcmp(name, "shared=ro") != 0)
        return;
    register_widths();
    bridge_cases();
    memory_cases(writable);
    sbi_cases(machine, writable);
    ring_cases();
    check_summary();
    shut_down(SBI_SRST_NO_REASON);
}
