/* Loads, stores, AMOs and fetches where nothing is. */
#include "cases.h"
#include <stdio.h>

CODE(load_byte, "lb a1, (a0)");
CODE(load_double, "ld a1, (a0)");
CODE(load_zero, "lw zero, (a0)");
CODE(load_float, "fld f1, (a0)");
CODE(load_reserved, "lr.w a1, (a0)");
CODE(store_byte, "sb a1, (a0)");
CODE(store_double, "sd a1, (a0)");
CODE(store_float, "fsd f1, (a0)");
CODE(amo_add, "amoadd.d a1, a1, (a0)");
CODE(jump, "jr a0");
SHORT_CODE(short_load, "c.ld a1, 0(a0)");
SHORT_CODE(short_store, "c.sw a1, 0(a0)");

static const struct {
    const char *name, *code;
    uint64_t cause;
} accesses[] = {
    {"lb", load_byte, LOAD_ACCESS},       {"ld", load_double, LOAD_ACCESS},
    {"lw to x0", load_zero, LOAD_ACCESS}, {"fld", load_float, LOAD_ACCESS},
    {"lr.w", load_reserved, LOAD_ACCESS}, {"c.ld", short_load, LOAD_ACCESS},
    {"sb", store_byte, STORE_ACCESS},     {"sd", store_double, STORE_ACCESS},
    {"fsd", store_float, STORE_ACCESS},   {"c.sw", short_store, STORE_ACCESS},
    {"amoadd.d", amo_add, STORE_ACCESS},
};

static void check_place(const char *where, uint64_t address)
{
    char name[CHECK_NAME];
    for (enum mode mode = USER; mode <= SUPERVISOR; mode++) {
        for (unsigned i = 0; i < sizeof accesses / sizeof *accesses; i++) {
            snprintf(name, sizeof name, "%s %s", accesses[i].name, where);
            check_trap(name, accesses[i].code, mode, address, accesses[i].cause, address, AT_CODE);
        }
        snprintf(name, sizeof name, "jump %s", where);
        check_trap(name, jump, mode, address, FETCH_ACCESS, address, address);
    }
}

/* The first half is RAM. The part that is not is in another page, and so is the faulting address.
 */
static void check_straddling(uint64_t end)
{
    for (enum mode mode = USER; mode <= SUPERVISOR; mode++) {
        check_trap("ld across RAM's end", load_double, mode, end - 4, LOAD_ACCESS, end, AT_CODE);
        check_trap("sd across RAM's end", store_double, mode, end - 4, STORE_ACCESS, end, AT_CODE);
        *(volatile uint16_t *)(end - 2) = 0x0003; /* the first half of a long instruction */
        __asm__ volatile("fence.i");
        check_trap("fetch across RAM's end", jump, mode, end - 2, FETCH_ACCESS, end, end - 2);
    }
}

void access_cases(const struct machine *machine)
{
    check_place("in a hole", 0x500000);
    check_place("at 0", 0x0);
    check_place("after RAM", machine->ram_end);
    check_place("at 2^40", UINT64_C(1) << 40);
    check_place("at 2^45", UINT64_C(1) << 45);
    check_place("at 2^55", UINT64_C(1) << 55);
    check_place("at 2^64-8", UINT64_MAX - 7);
    check_trap("ld across RAM's start", load_double, SUPERVISOR, machine->ram_base - 4, LOAD_ACCESS,
               machine->ram_base - 4, AT_CODE);
    check_straddling(machine->ram_end);
    check_runs("ld at RAM's last", load_double, 4, USER, machine->ram_end - 8, 1,
               *(volatile uint64_t *)(machine->ram_end - 8));
}
