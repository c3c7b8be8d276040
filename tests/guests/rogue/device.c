/* Accesses to devices that do not suit them, and unusual ones that do. */
#include "cases.h"

#define UART UINT64_C(0x10000000)
#define UART_MCR (UART + 4)
#define UART_SCR (UART + 7)
#define PLIC_PRIORITY UINT64_C(0x0c000004)
#define RTC UINT64_C(0x101000)
#define RTC_ALARM_HIGH (RTC + 0xc)
#define TEST UINT64_C(0x100000)

CODE(read_1, "lbu a1, (a0)");
CODE(read_signed, "lb a1, (a0)");
CODE(read_2, "lhu a1, (a0)");
CODE(read_4, "lwu a1, (a0)");
CODE(read_4_signed, "lw a1, (a0)");
CODE(read_8, "ld a1, (a0)");
CODE(read_zero, "lb zero, (a0)");
CODE(read_float, "flw f1, (a0)");
CODE(read_float_8, "fld f1, (a0)");
CODE(clean_float, "lui t0, 2\ncsrc sstatus, t0\nflw f1, (a0)\ncsrr a1, sstatus");
CODE(write_1, "sb a1, (a0)");
CODE(write_2, "sh a1, (a0)");
CODE(write_4, "sw a1, (a0)");
CODE(write_8, "sd a1, (a0)");
CODE(write_float, "fsw f1, (a0)");
CODE(write_float_8, "fsd f1, (a0)");
CODE(amo, "amoadd.w a1, a1, (a0)");
CODE(reserve, "lr.w a1, (a0)");
CODE(run, "jr a0");
SHORT_CODE(short_read_4, "c.lw a1, 0(a0)");
SHORT_CODE(short_read_float, "c.fld f8, 0(a0)\nfmv.d f1, f8");
SHORT_CODE(short_read_8, "c.ld a1, 0(a0)");
SHORT_CODE(short_write_4, "c.sw a1, 0(a0)");

static void refuse_load(const char *name, const char *code, uint64_t address)
{
    check_trap(name, code, SUPERVISOR, address, LOAD_ACCESS, address, AT_CODE);
    check_trap(name, code, USER, address, LOAD_ACCESS, address, AT_CODE);
}

static void refuse_store(const char *name, const char *code, uint64_t address)
{
    check_trap(name, code, SUPERVISOR, address, STORE_ACCESS, address, AT_CODE);
    check_trap(name, code, USER, address, STORE_ACCESS, address, AT_CODE);
}

static void uart_cases(enum mode mode)
{
    check_runs("uart: sb", write_1, 4, mode, UART_SCR, 0x1a5, 0x1a5);
    check_runs("uart: lbu", read_1, 4, mode, UART_SCR, 1, 0xa5);
    check_runs("uart: lb extends the sign", read_signed, 4, mode, UART_SCR, 1, ~UINT64_C(0x5a));
    check_runs("uart: lb to x0", read_zero, 4, mode, UART_SCR, 0x77, 0x77);
    check_runs("uart: lhu", read_2, 4, mode, UART_MCR, 1, 0);
    check_runs("uart: lwu", read_4, 4, mode, UART_MCR, 1, 0);
    check_runs("uart: sh", write_2, 4, mode, UART_MCR, 0x0101, 0x0101);
    check_runs("uart: sw", write_4, 4, mode, UART_MCR, 0x010100, 0x010100);
    check_runs("uart: lbu after a word", read_1, 4, mode, UART_MCR, 1, 0);
    check_runs("uart: lhu misaligned", read_2, 4, mode, UART_MCR + 1, 1, 0xb060);
    check_runs("uart: ld", read_8, 4, mode, UART, 1, 0);
    check_runs("uart: c.ld", short_read_8, 2, mode, UART, 1, 0);
}

static void rtc_cases(enum mode mode)
{
    check_runs("rtc: sd", write_8, 4, mode, RTC_ALARM_HIGH - 4, 0, 0);
    check_runs("rtc: sw", write_4, 4, mode, RTC_ALARM_HIGH, 7, 7);
    check_runs("rtc: ld misaligned", read_8, 4, mode, RTC_ALARM_HIGH, 1, 7);
    check_runs("test: ld misaligned", read_8, 4, mode, TEST + 4, 1, 0);
    check_runs("plic: ld misaligned", read_8, 4, mode, PLIC_PRIORITY, 1, 6);
}

static void plic_cases(enum mode mode)
{
    check_runs("plic: sw", write_4, 4, mode, PLIC_PRIORITY, 5, 5);
    check_runs("plic: lwu", read_4, 4, mode, PLIC_PRIORITY, 1, 5);
    check_runs("plic: c.sw", short_write_4, 2, mode, PLIC_PRIORITY, 6, 6);
    check_runs("plic: c.lw", short_read_4, 2, mode, PLIC_PRIORITY, 1, 6);
    check_runs("plic: lw", read_4_signed, 4, mode, PLIC_PRIORITY, 1, 6);
}

#define FS_DIRTY UINT64_C(0x6000) /* sstatus.FS, both bits */

static struct attempt run_float(const char *code, enum mode mode, uint64_t address)
{
    struct attempt a = {
        .pc = (uintptr_t)code, .x[A0] = address, .f[1] = UINT64_C(0x1234567800000003)};
    attempt_run(&a, mode, false);
    return a;
}

/* Devices take the FPU's loads and stores as any others. */
static void float_cases(enum mode mode)
{
    run_float(write_float, mode, PLIC_PRIORITY);
    check_runs("plic: lwu after fsw", read_4, 4, mode, PLIC_PRIORITY, 1, 3);
    struct attempt a = run_float(read_float, mode, PLIC_PRIORITY);
    check_one("plic: flw boxes", "f1", a.f[1], UINT64_C(0xffffffff00000003));
    run_float(write_float_8, mode, RTC_ALARM_HIGH - 4);
    a = run_float(read_float_8, mode, RTC_ALARM_HIGH - 4);
    check_runs("rtc: lwu after fsd", read_4, 4, mode, RTC_ALARM_HIGH, 1, 0x12345678);
    check_one("rtc: c.fld", "f1",
              run_float(short_read_float, mode, RTC_ALARM_HIGH).f[1] & UINT32_MAX, 0x12345678);
    check_one("rtc: fld", "f1's upper half", a.f[1] >> 32, 0x12345678);
}

/* Priv 1.13, vsstatus: a load to the FPU makes FS dirty. */
static void float_state_cases(void)
{
    struct attempt a = run_float(clean_float, SUPERVISOR, PLIC_PRIORITY);
    check_one("plic: flw makes FS dirty", "sstatus.FS", a.x[A1] & FS_DIRTY, FS_DIRTY);
}

void device_cases(void)
{
    uart_cases(SUPERVISOR);
    uart_cases(USER);
    plic_cases(SUPERVISOR);
    plic_cases(USER);
    rtc_cases(SUPERVISOR);
    rtc_cases(USER);
    refuse_load("uart: lwu after its registers", read_4, UART + 8);
    refuse_store("uart: sd after its registers", write_8, UART + 8);
    refuse_load("uart: lbu after it", read_1, UART + 0x100);
    refuse_store("uart: sb after it", write_1, UART + 0x100);
    refuse_load("plic: lbu", read_1, PLIC_PRIORITY);
    refuse_load("plic: lhu", read_2, PLIC_PRIORITY);
    refuse_load("plic: ld", read_8, PLIC_PRIORITY + 4);
    refuse_load("plic: c.ld", short_read_8, PLIC_PRIORITY + 4);
    refuse_load("plic: lwu misaligned", read_4, PLIC_PRIORITY + 2);
    refuse_store("plic: sb", write_1, PLIC_PRIORITY);
    refuse_store("plic: sh", write_2, PLIC_PRIORITY);
    refuse_store("plic: sd", write_8, PLIC_PRIORITY + 4);
    refuse_store("plic: sw misaligned", write_4, PLIC_PRIORITY + 2);
    refuse_load("rtc: lbu", read_1, RTC);
    refuse_load("rtc: lwu after it", read_4, RTC + 0x24);
    refuse_load("test: lbu", read_1, TEST);
    refuse_load("test: ld", read_8, TEST);
    refuse_store("test: sb", write_1, TEST);
    refuse_store("test: sd", write_8, TEST);
    float_cases(SUPERVISOR);
    float_cases(USER);
    float_state_cases();
    refuse_load("plic: fld", read_float_8, PLIC_PRIORITY + 4);
    refuse_store("test: fsd", write_float_8, TEST);
    refuse_load("plic: lr.w", reserve, PLIC_PRIORITY);
    refuse_store("plic: amoadd.w", amo, PLIC_PRIORITY);
    check_trap("jump to the uart", run, SUPERVISOR, UART, FETCH_ACCESS, UART, UART);
    check_trap("jump to the plic", run, USER, PLIC_PRIORITY, FETCH_ACCESS, PLIC_PRIORITY,
               PLIC_PRIORITY);
}
