/*
 * atlas: draws the map of its machine, and does not read its device tree for it: what a kernel
 * finds that knows QEMU's virt by heart. A line is `FROM..TO` and what a load of 1, 2, 4 and 8
 * bytes gives there: the value, or `!CAUSE`. Places in a row that answer alike are one line.
 */
#include <axbare/machine.h>
#include <axbare/say.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "probe.h"

#define WIDTHS 4
#define KIB UINT64_C(1024)
#define MIB (KIB * KIB)

static uint64_t (*const loads[WIDTHS])(uint64_t, uint64_t *) = {probe_load1, probe_load2,
                                                                probe_load4, probe_load8};
static uint64_t (*const stores[WIDTHS])(uint64_t, uint64_t) = {probe_store1, probe_store2,
                                                               probe_store4, probe_store8};

/* What the loads of one place give. */
struct answer {
    uint64_t cause[WIDTHS], value[WIDTHS];
};

void fail(const char *what)
{
    sayf("atlas: FAIL: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

static struct answer ask(uint64_t at)
{
    struct answer answer = {0};
    for (unsigned i = 0; i < WIDTHS; i++)
        answer.cause[i] = loads[i](at, &answer.value[i]);
    return answer;
}

static void print(uint64_t from, uint64_t to, const struct answer *answer)
{
    char text[160];
    int used = snprintf(text, sizeof text, "%" PRIx64 "..%" PRIx64, from, to);
    for (unsigned i = 0; i < WIDTHS; i++) {
        bool trapped = answer->cause[i] != 0;
        used += snprintf(text + used, sizeof text - (size_t)used, " %s%" PRIx64, trapped ? "!" : "",
                         trapped ? answer->cause[i] : answer->value[i]);
    }
    sayf("%s\n", text);
}

/* Every `step` bytes of [from, to). */
static void draw(uint64_t from, uint64_t to, uint64_t step)
{
    sayf("draw %" PRIx64 "..%" PRIx64 " by %" PRIx64 "\n", from, to, step);
    struct answer run = ask(from);
    for (uint64_t at = from + step; at < to; at += step) {
        struct answer answer = ask(at);
        if (memcmp(&answer, &run, sizeof run) == 0)
            continue;
        print(from, at, &run);
        from = at;
        run = answer;
    }
    print(from, to, &run);
}

/* A store, and what a load of the same width gives then. */
static void store(uint64_t at, unsigned index, uint64_t value)
{
    uint64_t back = 0, cause = stores[index](at, value);
    uint64_t load_cause = loads[index](at, &back);
    sayf("store%u %" PRIx64 " %" PRIx64 " %s%" PRIx64 " %s%" PRIx64 "\n", 1u << index, at, value,
         cause != 0 ? "!" : "", cause, load_cause != 0 ? "!" : "",
         load_cause != 0 ? load_cause : back);
}

static void draw_pages(void)
{
    draw(0, 0x10200000, 4 * KIB);
    draw(0x10200000, 0x20000000, 64 * KIB);
    draw(0x20000000, 0x24000000, 256 * KIB);
    draw(0x24000000, 0x30000000, 4 * KIB * 16);
    draw(0x28000000, 0x28040000, 4 * KIB);
    draw(0x30000000, 0x30100000, 4 * KIB);
    draw(0x30100000, 0x80000000, MIB);
    draw(0x400000000, 0x900000000, 64 * MIB);
}

static const struct {
    uint64_t from, to;
} registers[] = {
    {0x00001000, 0x00001008}, {0x00100000, 0x00100010}, {0x00101000, 0x00101030},
    {0x0c000000, 0x0c000010}, {0x0c001000, 0x0c001010}, {0x0c002080, 0x0c002090},
    {0x0c201000, 0x0c201010}, {0x0d000000, 0x0d000010}, {0x0d003000, 0x0d003010},
    {0x10000000, 0x10000010}, {0x100000f0, 0x10000110}, {0x10001000, 0x10001110},
    {0x100011f0, 0x10001210}, {0x10008000, 0x10008010}, {0x10100000, 0x10100020},
    {0x20000000, 0x20000010}, {0x21fffff0, 0x22000010}, {0x23fffff0, 0x24000000},
    {0x28000000, 0x28000010}, {0x30000000, 0x30000050}, {0x300000f0, 0x30000110},
    {0x30008000, 0x30008010}, {0x3ffffff0, 0x40000000},
};

/* Each byte of what has registers. */
static void draw_registers(void)
{
    for (unsigned i = 0; i < sizeof registers / sizeof *registers; i++)
        draw(registers[i].from, registers[i].to, 1);
}

/* Where any value can be stored: what is kept of it is the device's own. */
static const uint64_t places[] = {
    0x00001000, 0x00001ff0, 0x00100004, 0x0010100c, 0x03000000, 0x0c000008, 0x10001000, 0x10001014,
    0x10001030, 0x10001070, 0x10008070, 0x10100000, 0x10100008, 0x10100010, 0x30000004, 0x30000006,
    0x3000000c, 0x30000010, 0x3000003c, 0x30000040, 0x30000100, 0x30008000, 0x40000000, 0x400000000,
};
/* Here only what leaves the console as it is. */
static const uint64_t console_places[] = {0x10000003, 0x10000007};

/* In every width. */
static void store_all(const uint64_t *at, unsigned count, uint64_t value)
{
    for (unsigned i = 0; i < count; i++)
        for (unsigned width = 0; width < WIDTHS; width++)
            store(at[i], width, value);
}

static void store_everywhere(void)
{
    static const uint64_t values[] = {0, 0x0101010101010101, UINT64_MAX};
    for (unsigned i = 0; i < 3; i++) {
        store_all(places, sizeof places / sizeof *places, values[i]);
        if (values[i] != UINT64_MAX)
            store_all(console_places, sizeof console_places / sizeof *console_places, values[i]);
    }
}

#define FW_CFG UINT64_C(0x10100000)
#define FLASH UINT64_C(0x20000000)
#define BANK UINT64_C(0x02000000)

/* The first bytes of each item that is there, and the names of files. */
static void draw_items(void)
{
    for (unsigned key = 0; key < 0x40; key++) {
        uint64_t value = 0, rest = 0;
        probe_store2(FW_CFG + 8, __builtin_bswap16((uint16_t)key));
        probe_load8(FW_CFG, &value);
        probe_load8(FW_CFG, &rest);
        if (value != 0 || rest != 0)
            sayf("item %x %" PRIx64 " %" PRIx64 "\n", key, value, rest);
    }
    uint64_t count = 0, size = 0;
    probe_store2(FW_CFG + 8, __builtin_bswap16(0x19));
    probe_load4(FW_CFG, &count);
    for (uint32_t i = __builtin_bswap32((uint32_t)count); i != 0; i--) {
        char name[57] = {0};
        probe_load8(FW_CFG, &size);
        for (unsigned at = 0; at < 56; at++) {
            uint64_t byte = 0;
            probe_load1(FW_CFG, &byte);
            name[at] = (char)byte;
        }
        sayf("file %s %" PRIx64 "\n", name, size);
    }
}

static void flash_command(uint64_t at, uint32_t value)
{
    probe_store4(at, value);
}

/* A chip may take its time to erase; of ours each look takes it further. */
static void flash_wait(uint64_t at)
{
    uint64_t status = 0;
    for (unsigned i = 0; i < 10000 && status != 0x800080; i++)
        probe_load4(at, &status);
}

/* What the bank says of itself. */
static void draw_flash(uint64_t bank)
{
    flash_command(bank, 0x980098);
    draw(bank, bank + 0x180, 4);
    draw(bank + 0x40, bank + 0x48, 1);
    flash_command(bank, 0xff00ff);
    flash_command(bank, 0x900090);
    draw(bank, bank + 0x20, 4);
    flash_command(bank, 0x700070);
    draw(bank, bank + 0x10, 1);
    flash_command(bank, 0xff00ff);
    draw(bank, bank + 0x10, 4);
}

/* Erases the bank's last block, writes a word and then a buffer of two. */
static void write_flash(uint64_t bank)
{
    uint64_t block = bank + BANK - 0x40000;
    flash_command(block, 0x200020);
    flash_command(block, 0xd000d0);
    flash_wait(block);
    draw(block, block + 8, 4);
    flash_command(block, 0xff00ff);
    draw(block - 8, block + 8, 4);
    flash_command(block, 0x400040);
    flash_command(block, 0x12345678);
    draw(block, block + 8, 4);
    flash_command(block, 0xff00ff);
    draw(block - 8, block + 8, 4);
    flash_command(block + 8, 0xe800e8);
    draw(block, block + 8, 4);
    flash_command(block + 8, 0x10001);
    flash_command(block + 8, 0xaabbccdd);
    flash_command(block + 12, 0x11223344);
    flash_command(block + 8, 0xd000d0);
    draw(block, block + 8, 4);
    flash_command(block + 8, 0xff00ff);
    draw(block, block + 0x14, 4);
    flash_command(block, 0x500050);
    draw(block, block + 8, 4);
}

/* With bootargs `stay=1` it waits for its next life, in which nothing is as it was left. */
void bare_main(uint64_t id, const void *fdt)
{
    (void)id;
    draw_pages();
    draw_registers();
    draw_items();
    store_everywhere();
    for (unsigned bank = 0; bank < 2; bank++) {
        draw_flash(FLASH + bank * BANK);
        write_flash(FLASH + bank * BANK);
    }
    sayf("atlas: end\n");
    while (bootargs_number(fdt, "stay", 0) != 0)
        __asm__ volatile("wfi");
    shut_down(SBI_SRST_NO_REASON);
}
