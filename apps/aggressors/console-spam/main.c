/* console-spam: a line a round on each of the console's ways: DBCN whole and by the byte, the
 * legacy call, and the UART. */
#include "../aggressor.h"
#include "../virt.h"
#include <axbare/arch/sbi.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINE 120
#define UART_THR (VIRT_UART + 0)
#define UART_LSR (VIRT_UART + 5)
#define LSR_THRE 0x20

static void by_dbcn(const char *text, size_t length)
{
    /* SBI 2.0 §12.1: part of it may be taken, or nothing. */
    uint64_t limit = time_now() + 10 * machine.timebase;
    while (length > 0) {
        struct sbi_ret r = sbi_call(SBI_EXT_DBCN, SBI_DBCN_WRITE, length, (uintptr_t)text, 0, 0);
        check("console_write", (uint64_t)r.error, SBI_SUCCESS);
        check("console_write takes none to all", r.value >= 0 && (size_t)r.value <= length, true);
        check("the console takes it all within 10 s", time_now() < limit, true);
        text += r.value;
        length -= (size_t)r.value;
    }
}

static void by_dbcn_byte(char byte)
{
    struct sbi_ret r = sbi_call(SBI_EXT_DBCN, SBI_DBCN_WRITE_BYTE, (uint8_t)byte, 0, 0, 0);
    check("console_write_byte", (uint64_t)r.error, SBI_SUCCESS);
}

static void by_legacy(char byte)
{
    struct sbi_ret r = sbi_call(SBI_EXT_LEGACY_PUTCHAR, 0, (uint8_t)byte, 0, 0, 0);
    check("putchar", (uint64_t)r.error, SBI_SUCCESS);
}

static void by_uart(char byte)
{
    uint64_t limit = time_now() + 10 * machine.timebase;
    while (!(mmio_read8(UART_LSR) & LSR_THRE))
        check("the UART is ready within 10 s", time_now() < limit, true);
    mmio_write8(UART_THR, (uint8_t)byte);
}

static size_t make_line(char *line, uint64_t n, const char *way)
{
    size_t length = (size_t)snprintf(line, LINE, "console-spam: %" PRIu64 " %s ", n, way);
    memset(line + length, '#', LINE - 1 - length);
    line[LINE - 1] = '\n';
    return LINE;
}

static void run_round(uint64_t n)
{
    static const struct {
        const char *name;
        void (*put)(char byte);
    } ways[] = {{"byte", by_dbcn_byte}, {"legacy", by_legacy}, {"uart", by_uart}};
    char line[LINE];
    by_dbcn(line, make_line(line, n, "dbcn"));
    for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
        size_t length = make_line(line, n, ways[way].name);
        for (size_t i = 0; i < length; i++)
            ways[way].put(line[i]);
    }
    aggressor_did(4 * LINE);
}

const struct aggressor aggressor = {.name = "console-spam", .work = "bytes", .round = run_round};
