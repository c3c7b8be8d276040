/* Instructions that a guest has not, or not in that mode. */
#include "cases.h"
#include "encode.h"
#include <stdio.h>

#define STIMECMP 0x14d
#define TIME 0xc01

static uint32_t code[2];

static const struct case_of illegal[] = {
    {"all zeros", 0},
    {"all ones", UINT32_MAX},
    {"csrr hstatus", CSR_READ(0x600)},
    {"csrr hedeleg", CSR_READ(0x602)},
    {"csrr hvip", CSR_READ(0x645)},
    {"csrr htinst", CSR_READ(0x64a)},
    {"csrr hgatp", CSR_READ(0x680)},
    {"csrw hgatp", CSR_WRITE(0x680)},
    {"csrr hgeip", CSR_READ(0xe12)},
    {"csrr vsstatus", CSR_READ(0x200)},
    {"csrr vstimecmp", CSR_READ(0x24d)},
    {"csrw vsatp", CSR_WRITE(0x280)},
    {"csrr mstatus", CSR_READ(0x300)},
    {"csrw mtvec", CSR_WRITE(0x305)},
    {"csrr mhartid", CSR_READ(0xf14)},
    {"csrr pmpcfg0", CSR_READ(0x3a0)},
    {"csrr tselect", CSR_READ(0x7a0)},
    {"csrr dcsr", CSR_READ(0x7b0)},
    {"csrr siselect", CSR_READ(0x150)},
    {"csrr stopei", CSR_READ(0x15c)},
    {"csrr stopi", CSR_READ(0xdb0)},
    {"csrr of no CSR", CSR_READ(0x5ff)},
    {"csrw time", CSR_WRITE(TIME)},
    {"csrr hpmcounter31", CSR_READ(0xc1f)}, /* beyond those that QEMU's hart has */
    {"csrw cycle", CSR_WRITE(0xc00)},
    {"mret", 0x30200073},
    {"hlv.w", 0x680545f3},
    {"hlvx.hu", 0x643545f3},
    {"hsv.w", 0x6ab54073},
    {"hfence.vvma", 0x22000073},
    {"hfence.gvma", 0x62000073},
};

static const struct case_of for_supervisor[] = {
    {"sret", 0x10200073},
    {"wfi", 0x10500073},
    {"sfence.vma", 0x12000073},
    {"csrr sstatus", CSR_READ(0x100)},
    {"csrw satp", CSR_WRITE(0x180)},
    {"csrr scounteren", CSR_READ(0x106)},
    {"csrr hpmcounter3", CSR_READ(0xc03)}, /* scounteren gives its user mode three (OpenSBI) */
};

const char *put(uint32_t instruction)
{
    code[0] = instruction;
    code[1] = EBREAK;
    __asm__ volatile("fence.i" : : : "memory");
    return (const char *)code;
}

void check_illegal(const struct case_of *c, enum mode mode)
{
    check_trap(c->name, put(c->instruction), mode, (uintptr_t)code, ILLEGAL, c->instruction,
               AT_CODE);
}

/* How long a wfi sleeps is open (Priv 1.13 §3.3.3): a pending interrupt, masked, ends it. */
static void check_wfi(void)
{
    csr_set(sie, IRQ_BIT(IRQ_SSI));
    csr_set(sip, IRQ_BIT(IRQ_SSI));
    check_runs("wfi", put(0x10500073), 4, SUPERVISOR, 0, 1, 1);
    csr_clear(sip, IRQ_BIT(IRQ_SSI));
    csr_clear(sie, IRQ_BIT(IRQ_SSI));
}

CODE(go_back, "csrw sepc, a0; sret");
CODE(landing, "nop");

static void check_sret(void)
{
    struct attempt a = {.pc = (uintptr_t)go_back, .x[A0] = (uintptr_t)landing};
    csr_clear(sstatus, UINT64_C(1) << 8);
    attempt_run(&a, SUPERVISOR, false);
    check_equal("sret to U in S", "scause sepc mode", VALUES(a.cause, a.pc, a.status >> 8 & 1),
                VALUES(BREAKPOINT, (uintptr_t)landing + 4, USER), 3);
}

CODE(read_time_twice, "rdtime a1; rdtime a2; sltu a1, a2, a1");
CODE(call, "ecall");
CODE(stop_here, "ebreak");

static void check_time(enum mode mode, const char *name)
{
    struct attempt a = {.pc = (uintptr_t)read_time_twice};
    uint64_t before = time_now();
    attempt_run(&a, mode, false);
    uint64_t after = time_now();
    check_equal(name, "scause, backwards, in between",
                VALUES(a.cause, a.x[A1], a.x[A2] >= before && a.x[A2] <= after),
                VALUES(BREAKPOINT, 0, 1), 3);
}

CODE(read_cycle_twice, "rdcycle a1; rdcycle a2; sltu a1, a1, a2");
CODE(read_instret_twice, "rdinstret a1; rdinstret a2; sltu a1, a1, a2");

/* From the first instruction on (Zicntr), and they run. */
static void check_counters(enum mode mode, const char *cycle, const char *instret)
{
    check_runs(cycle, read_cycle_twice, 12, mode, 0, 0, 1);
    check_runs(instret, read_instret_twice, 12, mode, 0, 0, 1);
}

CODE(load_odd, "ld a1, (a0)");
CODE(reserve_odd, "lr.w a1, (a0)");
CODE(amo_odd, "amoadd.w a1, a1, (a0)");

/* As QEMU's harts do: they load at any address, but for atomics. */
static void misaligned_cases(enum mode mode)
{
    static const uint64_t data[] = {0x8877665544332211, 0x99};
    uint64_t odd = (uintptr_t)data + 1;
    check_runs("ld misaligned", load_odd, 4, mode, odd, 1, 0x9988776655443322);
    check_trap("lr.w misaligned", reserve_odd, mode, odd, LOAD_MISALIGNED, odd, AT_CODE);
    check_trap("amoadd.w misaligned", amo_odd, mode, odd, STORE_MISALIGNED, odd, AT_CODE);
}

void instruction_cases(const struct machine *machine)
{
    const struct case_of stimecmp = {"csrr stimecmp", CSR_READ(STIMECMP)};
    check_time(USER, "rdtime in U"); /* first: before scounteren is ever written */
    check_time(SUPERVISOR, "rdtime in S");
    check_counters(USER, "rdcycle", "rdinstret");
    check_counters(SUPERVISOR, "rdcycle", "rdinstret");
    check_runs("csrr hpmcounter3", put(0xc03029f3), 4, SUPERVISOR, 0, 1, 1); /* to s3 */
    for (enum mode mode = USER; mode <= SUPERVISOR; mode++) {
        for (unsigned i = 0; i < sizeof illegal / sizeof *illegal; i++)
            check_illegal(&illegal[i], mode);
        check_trap("ebreak", stop_here, mode, 0, BREAKPOINT, (uintptr_t)stop_here, AT_CODE);
        misaligned_cases(mode);
    }
    for (unsigned i = 0; i < sizeof for_supervisor / sizeof *for_supervisor; i++)
        check_illegal(&for_supervisor[i], USER);
    check_trap("ecall", call, USER, 0, ECALL_U, 0, AT_CODE);
    check_runs("sfence.vma", put(0x12000073), 4, SUPERVISOR, 0, 1, 1);
    check_wfi();
    check_sret();
    check_illegal(&stimecmp, USER);
    if (machine->has_sstc)
        check_runs("csrw stimecmp", put(CSR_WRITE(STIMECMP)), 4, SUPERVISOR, 0, UINT64_MAX,
                   UINT64_MAX);
    else
        check_illegal(&stimecmp, SUPERVISOR);
}
