/* See widths.h. */
#include "widths.h"
#include "cases.h"
#include <stdio.h>

CODE(width_lb, "lb a1, (a0)");
CODE(width_lhu, "lhu a1, (a0)");
CODE(width_lw, "lw a1, (a0)");
CODE(width_lwu, "lwu a1, (a0)");
CODE(width_ld, "ld a1, (a0)");
CODE(width_flw, "flw f1, (a0)");
CODE(width_lr, "lr.w a1, (a0)");
CODE(width_sb, "sb a1, (a0)");
CODE(width_sh, "sh a1, (a0)");
CODE(width_sw, "sw a1, (a0)");
CODE(width_sd, "sd a1, (a0)");
CODE(width_amo, "amoor.w a1, zero, (a0)");
CODE(width_jump, "jr a0");

static const struct form {
    const char *name, *code;
    uint64_t cause;
    unsigned offset;
} forms[] = {
    {"lb", width_lb, LOAD_ACCESS, 0},     {"lhu", width_lhu, LOAD_ACCESS, 0},
    {"ld", width_ld, LOAD_ACCESS, 0},     {"lw +1", width_lw, LOAD_ACCESS, 1},
    {"lw +2", width_lw, LOAD_ACCESS, 2},  {"lhu +2", width_lhu, LOAD_ACCESS, 2},
    {"lr.w", width_lr, LOAD_ACCESS, 0},   {"sb", width_sb, STORE_ACCESS, 0},
    {"sh", width_sh, STORE_ACCESS, 0},    {"sd", width_sd, STORE_ACCESS, 0},
    {"sb +3", width_sb, STORE_ACCESS, 3}, {"sw +1", width_sw, STORE_ACCESS, 1},
    {"sw +2", width_sw, STORE_ACCESS, 2}, {"amoor.w", width_amo, STORE_ACCESS, 0},
};

static void refuse(const char *where, const char *name, const char *code, uint64_t address,
                   uint64_t cause)
{
    char full[CHECK_NAME];
    uint64_t at = cause == FETCH_ACCESS ? address : AT_CODE;
    snprintf(full, sizeof full, "%s: %s", where, name);
    check_trap(full, code, SUPERVISOR, address, cause, address, at);
    check_trap(full, code, USER, address, cause, address, at);
}

void refuse_other_widths(const char *where, uint64_t address)
{
    for (unsigned i = 0; i < sizeof forms / sizeof *forms; i++)
        refuse(where, forms[i].name, forms[i].code, address + forms[i].offset, forms[i].cause);
    refuse(where, "jump", width_jump, address, FETCH_ACCESS);
}

void refuse_word(const char *where, uint64_t address)
{
    refuse(where, "lw", width_lw, address, LOAD_ACCESS);
    refuse(where, "sw", width_sw, address, STORE_ACCESS);
    refuse(where, "jump", width_jump, address, FETCH_ACCESS);
}

void check_word(const char *where, uint64_t address, uint64_t value)
{
    char full[CHECK_NAME];
    snprintf(full, sizeof full, "%s: lwu", where);
    check_runs(full, width_lwu, 4, SUPERVISOR, address, ~value, value);
    struct attempt a = {.pc = (uintptr_t)width_flw, .x[A0] = address};
    attempt_run(&a, SUPERVISOR, false);
    snprintf(full, sizeof full, "%s: flw", where);
    check_one(full, "f1", a.f[1], ~UINT64_C(0) << 32 | value);
}

void check_store(const char *where, uint64_t address, uint64_t value)
{
    char full[CHECK_NAME];
    snprintf(full, sizeof full, "%s: sw", where);
    check_runs(full, width_sw, 4, SUPERVISOR, address, value, value);
}
