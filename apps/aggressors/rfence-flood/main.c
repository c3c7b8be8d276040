/*
 * rfence-flood: remote fences of every kind to a second hart, which reads one virtual page all the
 * time. Before some of them the page is moved, and after the fence the hart must see its new place.
 */
#include "../aggressor.h"
#include <axbare/arch/sbi.h>

#define FENCES 16 /* a round */
#define PAGE 4096
#define VIRTUAL UINT64_C(0x1000)
#define PTE_V UINT64_C(0x01)
#define PTE_RW_AD UINT64_C(0xc7) /* valid, readable, writable, accessed, dirty */
#define PTE_RWX_AD UINT64_C(0xcf)
#define SATP_SV39 (UINT64_C(8) << 60)
#define GIGABYTE_SHIFT 30

static uint64_t root[512] __attribute__((aligned(PAGE)));
static uint64_t middle[512] __attribute__((aligned(PAGE)));
static volatile uint64_t leaf[512] __attribute__((aligned(PAGE)));
static uint64_t places[2][512] __attribute__((aligned(PAGE)));
static volatile uint64_t reads, asked, answered, answer;

/* Priv 1.13 §4.4.1: a PTE has the page's number from bit 10 on. */
static uint64_t pte(const volatile void *at, uint64_t flags)
{
    return (uintptr_t)at / PAGE << 10 | flags;
}

static void read_on(void)
{
    csr_write(satp, SATP_SV39 | (uintptr_t)root / PAGE);
    __asm__ volatile("sfence.vma" : : : "memory");
    for (;;) {
        uint64_t question = asked, seen = *(const volatile uint64_t *)VIRTUAL;
        reads = reads + 1;
        if (question == answered)
            continue;
        answer = seen;
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        answered = question;
    }
}

/* The GiB that this image is in is mapped to itself, and VIRTUAL is mapped to two places in turn.
 */
static void prepare(void)
{
    uint64_t gigabyte = (uintptr_t)root >> GIGABYTE_SHIFT;
    root[gigabyte] = pte((const void *)(gigabyte << GIGABYTE_SHIFT), PTE_RWX_AD);
    root[0] = pte(middle, PTE_V);
    middle[0] = pte(leaf, PTE_V);
    places[0][0] = 1;
    places[1][0] = 2;
    leaf[VIRTUAL / PAGE] = pte(places[0], PTE_RW_AD);
    second_run(read_on);
}

/* Once it has read after the last fence, the hart may keep what it found in its TLB. */
static void wait_for_reads(void)
{
    for (int i = 0; i < 2; i++)
        wait_for_change(&reads, reads, "the second hart does not read");
}

/* SBI 2.0 §8. */
static void fence(uint64_t kind)
{
    static const struct {
        uint64_t function, start, size;
    } kinds[] = {{SBI_RFENCE_SFENCE_VMA, VIRTUAL, PAGE},
                 {SBI_RFENCE_SFENCE_VMA, 0, UINT64_MAX},
                 {SBI_RFENCE_SFENCE_VMA_ASID, VIRTUAL, PAGE},
                 {SBI_RFENCE_FENCE_I, 0, 0}};
    long error = sbi_remote_fence(kinds[kind].function, 1, machine.peer, kinds[kind].start,
                                  kinds[kind].size, 0);
    check("rfence", (uint64_t)error, SBI_SUCCESS);
}

static void run_round(uint64_t n)
{
    for (uint64_t i = 1; i < FENCES; i++)
        fence(i % 4);
    wait_for_reads();
    leaf[VIRTUAL / PAGE] = pte(places[n % 2], PTE_RW_AD);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    fence(n % 3);
    uint64_t old = answered;
    asked = n + 1;
    wait_for_change(&answered, old, "the second hart does not answer");
    check("what the second hart reads after the fence", answer, n % 2 + 1);
    aggressor_did(FENCES);
}

const struct aggressor aggressor = {.name = "rfence-flood",
                                    .work = "fences",
                                    .needs_second = true,
                                    .prepare = prepare,
                                    .round = run_round};
