/*
 * isa: executes an instruction of each extension that a hart may have, in both modes, as the first
 * thing that this machine does, and prints what comes of it: `isa NAME in MODE: runs`, or the cause
 * of the trap. Natively and in a VM the lines must be the same (tests/system/test_isa.py).
 */
#include "../rogue/setup.h"
#include "isa.h"
#include <axbare/machine.h>
#include <axbare/say.h>

#define EBREAK 0x00100073u
#define C_NOP (0x0001u << 16) /* the other half of a word with a compressed instruction */

struct instruction {
    const char *name;
    uint32_t code; /* it may read and write a1 to a3, and what a0 points to, 64 bytes */
};

static const struct instruction instructions[] = {
    {"zicntr: rdcycle", 0xc00025f3},
    {"zicntr: rdtime", 0xc01025f3},
    {"zicntr: rdinstret", 0xc02025f3},
    {"zihpm: csrr hpmcounter3", 0xc03025f3},
    {"zihpm: csrr hpmcounter31", 0xc1f025f3},
    {"zicbom: cbo.inval", 0x0005200f},
    {"zicbom: cbo.clean", 0x0015200f},
    {"zicbom: cbo.flush", 0x0025200f},
    {"zicboz: cbo.zero", 0x0045200f},
    {"zicbop: prefetch.r", 0x00156013},
    {"zifencei: fence.i", 0x0000100f},
    {"zihintpause: pause", 0x0100000f},
    {"zihintntl: ntl.p1", 0x00200033},
    {"zicond: czero.eqz", 0x0eb5d5b3},
    {"zawrs: wrs.sto", 0x01d00073},
    {"zawrs: wrs.nto", 0x00d00073},
    {"zacas: amocas.w", 0x28c525af},
    {"zacas: amocas.d", 0x28c535af},
    {"zabha: amoadd.b", 0x00c505af},
    {"a: lr.w", 0x100525af},
    {"m: mul", 0x02b585b3},
    {"d: fadd.d", 0x02a57553},
    {"zfh: fadd.h", 0x04a57553},
    {"zfhmin: fcvt.s.h", 0x40250553},
    {"zfa: fli.s", 0xf0100553},
    {"zfbfmin: fcvt.bf16.s", 0x44850553},
    {"v: vsetvli", 0x000075d7},
    {"zba: sh1add", 0x20b5a5b3},
    {"zbb: clz", 0x60059593},
    {"zbc: clmul", 0x0ab595b3},
    {"zbs: bset", 0x28b595b3},
    {"zbkb: brev8", 0x6875d593},
    {"zbkx: xperm8", 0x28b5c5b3},
    {"zknd: aes64ds", 0x3ab585b3},
    {"zknh: sha256sig0", 0x10259593},
    {"zksed: sm4ed", 0x30b585b3},
    {"zksh: sm3p0", 0x10859593},
    {"zkr: csrrw seed", 0x015015f3},
    {"zimop: mop.r.0", 0x81c5c5f3},
    {"zcb: c.zext.b", C_NOP | 0x9de1},
    {"zcmop: c.mop.1", C_NOP | 0x6081},
    {"zicfilp: lpad", 0x00000017},
    {"zicfiss: csrr ssp", 0x011025f3},
    {"sstc: csrr stimecmp", 0x14d025f3},
    {"svinval: sinval.vma", 0x16000073},
    {"svinval: sfence.w.inval", 0x18000073},
    {"senvcfg: csrr", 0x10a025f3},
    {"scounteren: csrr", 0x106025f3},
};

static uint32_t code[2];
static uint64_t block[8] __attribute__((aligned(64)));

void say_outcome(const char *name, enum mode mode, const struct attempt *a)
{
    const char c = mode == USER ? 'U' : 'S';
    if (a->cause == BREAKPOINT)
        sayf("isa %s in %c: runs\n", name, c);
    else
        sayf("isa %s in %c: cause %lu\n", name, c, (unsigned long)a->cause);
}

static void execute(const struct instruction *i, enum mode mode)
{
    struct attempt a = {.pc = (uintptr_t)code, .x = {[A0] = (uintptr_t)block}};
    code[0] = i->code;
    code[1] = EBREAK;
    __asm__ volatile("fence.i" : : : "memory");
    attempt_run(&a, mode, false);
    say_outcome(i->name, mode, &a);
}

/* Where attempts leave the vector. */
_Noreturn void stray(void);
__asm__(".balign 4\n.globl stray_trap\nstray_trap: j stray");
_Noreturn void stray(void)
{
    sayf("isa: trap %lu outside an attempt\n", (unsigned long)csr_read(scause));
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

/* From axbare. */
void bare_main(uint64_t id, const void *fdt)
{
    (void)id;
    (void)fdt;
    setup_floating_point();
    for (enum mode mode = USER; mode <= SUPERVISOR; mode++)
        for (unsigned i = 0; i < sizeof instructions / sizeof *instructions; i++)
            execute(&instructions[i], mode);
    say_paging();
    sayf("isa: done\n");
    shut_down(SBI_SRST_NO_REASON);
}
