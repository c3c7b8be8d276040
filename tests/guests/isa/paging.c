/* Extensions of the page table (Svadu, Svnapot, Svpbmt), and pointer masking for user mode. */
#include "isa.h"
#include <axbare/arch/csr.h>
#include <axbare/say.h>

enum { V = 1, R = 2, W = 4, X = 8, U = 16, A = 64, D = 128 };
#define GIB (UINT64_C(1) << 30)
#define FRESH (4 * GIB)    /* RAM, whose PTE has no A and no D */
#define UNCACHED (5 * GIB) /* RAM, as Svpbmt's non-cacheable memory */
#define RESERVED (6 * GIB) /* RAM, with Svpbmt's reserved type */
#define NAPOT (7 * GIB)    /* 64 KiB of it, as Svnapot has them */
#define USERS (8 * GIB)    /* RAM, for user mode */
#define PBMT(type) ((uint64_t)(type) << 61)
#define NAPOT_64K (UINT64_C(1) << 63 | UINT64_C(8) << 10)
#define SATP_SV39 (UINT64_C(8) << 60)
#define PMM_7 (UINT64_C(2) << 32) /* of senvcfg: Ssnpm */
#define TAG (UINT64_C(0x2a) << 57)

static uint64_t root[512] __attribute__((aligned(4096)));
static uint64_t middle[512] __attribute__((aligned(4096)));
static uint64_t leaves[512] __attribute__((aligned(4096)));
static const uint64_t data[512] __attribute__((aligned(4096))) = {0x5a};

CODE(load, "ld a1, (a0)");
CODE(store, "lbu a1, (a0); sb a1, (a0)");

static void try_at(const char *name, const char *code, enum mode mode, uint64_t at)
{
    struct attempt a = {.pc = (uintptr_t)code, .x = {[A0] = at}};
    __asm__ volatile("sfence.vma" : : : "memory");
    attempt_run(&a, mode, false);
    say_outcome(name, mode, &a);
}

static uint64_t leaf(uint64_t at, uint64_t bits)
{
    return at >> 12 << 10 | bits | R | W | V;
}

static uint64_t there(uint64_t window)
{
    return window + (uintptr_t)data - 2 * GIB;
}

static void masking(void)
{
    csr_write(senvcfg, PMM_7);
    sayf("isa senvcfg.PMM: %s\n", csr_read(senvcfg) & PMM_7 ? "sticks" : "is zero");
    const char *user_load = load + (USERS - 2 * GIB);
    try_at("ld by a tagged pointer", user_load, USER, there(USERS) | TAG);
    csr_write(senvcfg, 0);
    try_at("ld by a tagged pointer, masking off", user_load, USER, there(USERS) | TAG);
}

void say_paging(void)
{
    root[0] = leaf(0, A | D);
    root[2] = leaf(2 * GIB, X | A | D);
    root[FRESH / GIB] = leaf(2 * GIB, 0);
    root[UNCACHED / GIB] = leaf(2 * GIB, PBMT(1) | A | D);
    root[RESERVED / GIB] = leaf(2 * GIB, PBMT(3) | A | D);
    root[NAPOT / GIB] = (uintptr_t)middle >> 12 << 10 | V;
    root[USERS / GIB] = leaf(2 * GIB, X | U | A | D);
    middle[0] = (uintptr_t)leaves >> 12 << 10 | V;
    for (unsigned i = 0; i < 16; i++)
        leaves[i] = leaf((uintptr_t)data & ~UINT64_C(0xffff), NAPOT_64K | A | D);
    csr_write(satp, SATP_SV39 | (uintptr_t)root >> 12);
    __asm__ volatile("sfence.vma" : : : "memory");
    try_at("svadu: ld, no A", load, SUPERVISOR, there(FRESH));
    root[FRESH / GIB] = leaf(2 * GIB, A);
    try_at("svadu: sb, no D", store, SUPERVISOR, there(FRESH));
    try_at("svpbmt: ld, non-cacheable", load, SUPERVISOR, there(UNCACHED));
    try_at("svpbmt: ld, reserved", load, SUPERVISOR, there(RESERVED));
    try_at("svnapot: ld", load, SUPERVISOR, NAPOT + ((uintptr_t)data & 0xffff));
    masking();
    csr_write(satp, 0);
    __asm__ volatile("sfence.vma" : : : "memory");
}
