/*
 * An attempt: some code is run in S- or U-mode with all registers given, until its first trap,
 * interrupt or exception. Code that should not trap ends in an ebreak. Only the first hart may.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { RA = 1, SP, GP, TP, A0 = 10, A1, A2, A3, A4, A5, A6, A7 };

enum {
    FETCH_ACCESS = 1,
    ILLEGAL,
    BREAKPOINT,
    LOAD_MISALIGNED,
    LOAD_ACCESS,
    STORE_MISALIGNED,
    STORE_ACCESS,
    ECALL_U,
    FETCH_PAGE = 12,
    LOAD_PAGE,
    STORE_PAGE = 15
};

/* attempt.S has these offsets. */
struct attempt {
    uint64_t x[32]; /* before, and at the trap */
    uint64_t f[32];
    uint64_t fcsr;
    uint64_t pc; /* where it begins; then sepc */
    uint64_t cause, tval, status;
    uint64_t outer_sp;
};

enum mode { USER, SUPERVISOR };

/* `interrupts`: enabled while it runs (in U-mode they always are; sie says which). */
void attempt_run(struct attempt *attempt, enum mode mode, bool interrupts);

/*
 * Runs code with a0 = address, and checks what comes of it. `trap` is the cause expected, at the
 * code's first instruction (AT_CODE) or at `at`, with this stval.
 */
#define AT_CODE 1 /* no pc is odd */
void check_trap(const char *name, const char *code, enum mode mode, uint64_t address,
                uint64_t cause, uint64_t tval, uint64_t at);
/* Runs code, one instruction of `length` bytes, and checks that it does not trap, and a1 then. */
void check_runs(const char *name, const char *code, unsigned length, enum mode mode,
                uint64_t address, uint64_t a1_before, uint64_t a1_after);

/* Defines `name`, a pointer to these instructions of full length, or (SHORT_CODE) as they are. */
#define CODE_WITH(name, option_text, text)                                                         \
    extern const char name[];                                                                      \
    __asm__(".pushsection .text.attempts, \"ax\"\n.balign 4\n.globl " #name "\n.option push\n"     \
            ".option " option_text "\n" #name ":\n" text "\n.option norvc\nebreak\n.option pop\n"  \
            ".popsection")
#define CODE(name, text) CODE_WITH(name, "norvc", text)
#define SHORT_CODE(name, text) CODE_WITH(name, "rvc", text)
