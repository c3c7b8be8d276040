/* Accesses through the guest's own page tables (Sv39), some of which lead out of its RAM. */
#include "cases.h"

enum { V = 1, R = 2, W = 4, X = 8, U = 16, A = 64, D = 128 };
#define GIB (UINT64_C(1) << 30)
#define HOLE UINT64_C(0x500000)
#define NO_TABLE (UINT64_C(4) << 30) /* its PTE points to a table in HOLE */
#define TO_HOLE (UINT64_C(5) << 30)  /* its PTE maps a GiB at a hole: 2^40 */
#define ABSENT (UINT64_C(6) << 30)
#define DEVICES (UINT64_C(7) << 30)   /* the first GiB, where the devices are */
#define CODE_ONLY (UINT64_C(8) << 30) /* RAM's first GiB, only to run */
#define SATP_SV39 (UINT64_C(8) << 60)
#define UART_SCR 0x10000007

static uint64_t root[512] __attribute__((aligned(4096)));

CODE(load_va, "lbu a1, (a0)");
CODE(store_va, "sb a1, (a0)");
CODE(amo_va, "amoadd.w a1, a1, (a0)");
CODE(jump_va, "jr a0");

static void map(uint64_t va, uint64_t pa, uint64_t flags)
{
    root[va / GIB % 512] = pa >> 12 << 10 | flags | V;
}

uint64_t paging_satp(void)
{
    map(0, 0, R | W | A | D);
    map(2 * GIB, 2 * GIB, R | W | X | A | D);
    return SATP_SV39 | (uintptr_t)root >> 12;
}

static void check_all(const char *const names[4], uint64_t va, uint64_t load, uint64_t store,
                      uint64_t fetch)
{
    check_trap(names[0], load_va, SUPERVISOR, va, load, va, AT_CODE);
    check_trap(names[1], store_va, SUPERVISOR, va, store, va, AT_CODE);
    check_trap(names[2], amo_va, SUPERVISOR, va, store, va, AT_CODE);
    check_trap(names[3], jump_va, SUPERVISOR, va, fetch, va, va);
}

/* In U-mode, and from code that can only be run: code that emulates a load must fetch it as that.
 */
static void device_cases_in_user_mode(void)
{
    map(CODE_ONLY, 2 * GIB, X | U | A);
    map(DEVICES, 0, R | W | U | A | D);
    uint64_t away = CODE_ONLY - 2 * GIB;
    check_runs("paged: sb to a device", store_va + away, 4, USER, DEVICES + UART_SCR, 0x3c, 0x3c);
    check_runs("paged: lbu from a device", load_va + away, 4, USER, DEVICES + UART_SCR, 1, 0x3c);
    check_trap("paged: lbu of S's page", load_va + away, USER, UART_SCR, LOAD_PAGE, UART_SCR,
               AT_CODE);
}

CODE(load_short, ".half 0x814c"); /* c.lbu a1, 1(a0) */
/* Unmaps the page that it is on, and then reads a byte: c.lbu a3, 1(a0). */
CODE(saw_off, "sd zero, (a1); .half 0x8154");

static bool has_zcb(void)
{
    struct attempt a = {.pc = (uintptr_t)load_short, .x[A0] = (uintptr_t)root};
    attempt_run(&a, SUPERVISOR, false);
    return a.cause == BREAKPOINT;
}

/*
 * A hart that says nothing of the instruction that it trapped at (those of Zcb, in QEMU) leaves the
 * host to read it: from a page that is only to be run, whose PTE is gone since. The hart may go on
 * with what it has cached, or raise what is due: a load access fault is neither.
 */
static void stale_code_cases(void)
{
    map(CODE_ONLY, 2 * GIB, X | A);
    const uint64_t away = CODE_ONLY - 2 * GIB;
    check_runs("paged: c.lbu from a device, page only to run", load_short + away, 2, SUPERVISOR,
               UART_SCR - 1, 1, 0x3c);
    struct attempt a = {.pc = (uintptr_t)saw_off + away,
                        .x[A0] = UART_SCR - 1,
                        .x[A1] = (uintptr_t)&root[CODE_ONLY / GIB]};
    const uint64_t at = (uintptr_t)saw_off + away + 4;
    attempt_run(&a, SUPERVISOR, false);
    const bool ran = a.cause == BREAKPOINT && a.pc == at + 2 && a.x[A3] == 0x3c;
    const bool faulted = a.cause == FETCH_PAGE && a.pc == at && a.tval == at;
    check_one("paged: c.lbu from a device, page gone", "ran, or fetch page fault", ran || faulted,
              1);
}

void paging_cases(void)
{
    static const char *const no_table[] = {
        "paged: lbu, table in a hole", "paged: sb, table in a hole",
        "paged: amoadd.w, table in a hole", "paged: jump, table in a hole"};
    static const char *const hole[] = {"paged: lbu in a hole", "paged: sb in a hole",
                                       "paged: amoadd.w in a hole", "paged: jump in a hole"};
    static const char *const absent[] = {"paged: lbu, not mapped", "paged: sb, not mapped",
                                         "paged: amoadd.w, not mapped", "paged: jump, not mapped"};
    map(NO_TABLE, HOLE, 0);
    map(TO_HOLE, UINT64_C(1) << 40, R | W | X | A | D);
    csr_write(satp, paging_satp());
    __asm__ volatile("sfence.vma" : : : "memory");
    check_all(absent, ABSENT, LOAD_PAGE, STORE_PAGE, FETCH_PAGE);
    check_all(hole, TO_HOLE, LOAD_ACCESS, STORE_ACCESS, FETCH_ACCESS);
    check_all(no_table, NO_TABLE, LOAD_ACCESS, STORE_ACCESS, FETCH_ACCESS);
    device_cases_in_user_mode();
    if (has_zcb())
        stale_code_cases();
    csr_write(satp, 0);
    __asm__ volatile("sfence.vma" : : : "memory");
}
