/* What FWFT's features do, on harts that have them (SBI 3.0 §18): the value, and its effect. */
#include "cases.h"

enum { V = 1, R = 2, W = 4, X = 8, A = 64, D = 128 };
#define GIB (UINT64_C(1) << 30)
#define FRESH (UINT64_C(9) << 30) /* RAM's first GiB, never accessed */
#define SATP_SV39 (UINT64_C(8) << 60)
#define TAG (UINT64_C(0x2a) << 57) /* in the upper 7 bits */

static uint64_t root[512] __attribute__((aligned(4096)));
static const uint8_t datum = 0x5a;

CODE(load_there, "lbu a1, (a0)");
CODE(store_there, "sb a1, (a0)");

static long set(uint64_t feature, uint64_t value)
{
    return sbi_call(SBI_EXT_FWFT, SBI_FWFT_SET, feature, value, 0, 0).error;
}

static struct sbi_ret get(uint64_t feature)
{
    return sbi_call(SBI_EXT_FWFT, SBI_FWFT_GET, feature, 0, 0, 0);
}

static bool has(uint64_t feature)
{
    return get(feature).error == SBI_SUCCESS;
}

static void check_set(const char *name, uint64_t feature, uint64_t value, uint64_t then)
{
    long error = set(feature, value);
    struct sbi_ret r = get(feature);
    check_equal(name, "errors, value",
                VALUES((uint64_t)error, (uint64_t)r.error, (uint64_t)r.value),
                VALUES(SBI_SUCCESS, SBI_SUCCESS, then), 3);
}

static void enter_paging(void)
{
    root[0] = R | W | A | D | V;
    root[2 * GIB / GIB] = 2 * GIB >> 12 << 10 | R | W | X | A | D | V;
    root[FRESH / GIB] = 2 * GIB >> 12 << 10 | R | W | V;
    csr_write(satp, SATP_SV39 | (uintptr_t)root >> 12);
    __asm__ volatile("sfence.vma" : : : "memory");
}

static void leave_paging(void)
{
    csr_write(satp, 0);
    __asm__ volatile("sfence.vma" : : : "memory");
}

static void updating(void)
{
    const uint64_t feature = SBI_FWFT_PTE_AD_HW_UPDATING,
                   fresh = FRESH + (uintptr_t)&datum - 2 * GIB;
    check_one("fwft, A and D at the start", "value", (uint64_t)get(feature).value, 0);
    enter_paging();
    check_set("fwft, A and D not updated", feature, 0, 0);
    check_trap("lbu of a fresh page", load_there, SUPERVISOR, fresh, LOAD_PAGE, fresh, AT_CODE);
    check_trap("sb to a fresh page", store_there, SUPERVISOR, fresh, STORE_PAGE, fresh, AT_CODE);
    check_set("fwft, A and D updated", feature, 1, 1);
    check_runs("lbu of a fresh page, updated", load_there, 4, SUPERVISOR, fresh, 0, datum);
    check_one("A is set", "PTE", root[FRESH / GIB] & (A | D), A);
    check_runs("sb to a fresh page, updated", store_there, 4, SUPERVISOR, fresh, datum, datum);
    check_one("D is set", "PTE", root[FRESH / GIB] & (A | D), A | D);
    set(feature, 0);
    leave_paging();
}

static void masking(void)
{
    const uint64_t feature = SBI_FWFT_POINTER_MASKING_PMLEN, tagged = (uintptr_t)&datum | TAG;
    check_one("fwft, pointers at the start", "PMLEN", (uint64_t)get(feature).value, 0);
    enter_paging();
    check_trap("lbu by a tagged pointer", load_there, SUPERVISOR, tagged, LOAD_PAGE, tagged,
               AT_CODE);
    check_set("fwft, pointers masked by 1 or more", feature, 1, 7);
    check_runs("lbu by a tagged pointer, masked", load_there, 4, SUPERVISOR, tagged, 0, datum);
    check_set("fwft, pointers masked by 8 or more", feature, 8, 16);
    check_one("fwft, pointers masked by 17", "error", (uint64_t)set(feature, 17),
              (uint64_t)SBI_ERR_INVALID_PARAM);
    check_set("fwft, pointers not masked", feature, 0, 0);
    check_trap("lbu by a tagged pointer again", load_there, SUPERVISOR, tagged, LOAD_PAGE, tagged,
               AT_CODE);
    leave_paging();
}

void feature_cases(void)
{
    if (calls_opensbi())
        return;
    if (has(SBI_FWFT_PTE_AD_HW_UPDATING))
        updating();
    if (has(SBI_FWFT_POINTER_MASKING_PMLEN))
        masking();
}
