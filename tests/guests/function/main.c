/*
 * function: has the PCI function 00:03.0, whose register at `at=OFFSET` of BAR 0 reads as something
 * other than 0. Prints which capabilities it sees, `function: capabilities A B; extended C`, and
 * that all the rest of the extended space reads as 0, whatever is written there. Resets it by a
 * function-level reset and by D3hot, and brings it back as a driver does, by the command alone:
 * `function: answers after REASON`. In the end it leaves it reset and asleep, and reboots;
 * `lives=N`: the Nth life powers off. With `bar=N memory=MIB` it only writes to both ends of the
 * memory in that BAR.
 */
#include <axbare/arch/sbi.h>
#include <axbare/hart.h>
#include <axbare/machine.h>
#include <axbare/say.h>
#include <inttypes.h>
#include <stddef.h>

#define CONFIG (UINT64_C(0x30000000) + (3 << 15)) /* of QEMU's virt machine */
#define LIVES_SIZE UINT64_C(0x200000)

enum { COMMAND = 0x04, BAR0 = 0x10, CAPABILITIES = 0x34, EXTENDED = 0x100, END = 0x1000 };
#define COMMAND_ON 0x6 /* memory, bus master */
#define MOST_CAPABILITIES 48
enum { ID_POWER = 0x01, ID_EXPRESS = 0x10 };

#define EXPRESS_OFFERS_RESET (1u << 28)
#define EXPRESS_RESET 0x8000
#define POWER_KEEPS 8
#define D3HOT 3

#define READ(type, at) (*(const volatile type *)(at))
#define WRITE(type, at, value) (*(volatile type *)(at) = (type)(value))

static uint64_t timebase, base, express, power;
static uint64_t offset;   /* of the register in BAR 0 */
static uint32_t expected; /* what it reads as */

void fail(const char *what)
{
    sayf("function: FAIL: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

static void wait_ms(uint64_t ms)
{
    uint64_t end = time_now() + timebase * ms / 1000;
    while (time_now() < end) {
    }
}

static uint64_t bar(uint64_t index)
{
    uint64_t at = CONFIG + BAR0 + 4 * index, low = READ(uint32_t, at);
    uint64_t high = (low & 4) != 0 ? READ(uint32_t, at + 4) : 0;
    return high << 32 | (low & 0xfffffff0);
}

/* A BAR of 64 bits with memory in it: its first and last word are two. */
static _Noreturn void use_memory(uint64_t index, uint64_t size)
{
    uint64_t first = bar(index), last = first + size - sizeof(uint32_t);
    WRITE(uint32_t, first, 0x12345678);
    WRITE(uint32_t, last, 0x9abcdef0);
    if (READ(uint32_t, first) != 0x12345678 || READ(uint32_t, last) != 0x9abcdef0)
        fail("a BAR does not keep what is written there");
    sayf("function: BAR %" PRIu64 " at %" PRIx64 " keeps what is written there\n", index, first);
    shut_down(SBI_SRST_NO_REASON);
}

static void list_capabilities(void)
{
    uint8_t at = READ(uint8_t, CONFIG + CAPABILITIES);
    say("function: capabilities");
    for (unsigned n = 0; at != 0 && n < MOST_CAPABILITIES; n++) {
        uint8_t id = READ(uint8_t, CONFIG + at);
        express = id == ID_EXPRESS ? CONFIG + at : express;
        power = id == ID_POWER ? CONFIG + at : power;
        sayf(" %x", id);
        at = READ(uint8_t, CONFIG + at + 1);
    }
}

/* Returns the last that there is; 0: none. */
static uint32_t list_extended(void)
{
    uint32_t at = EXTENDED, last = 0;
    say("; extended");
    for (unsigned n = 0; at != 0 && n < MOST_CAPABILITIES; n++) {
        uint32_t header = READ(uint32_t, CONFIG + at);
        if ((header & 0xffff) != 0) {
            sayf(" %" PRIx32, header & 0xffff);
            last = at;
        }
        at = header >> 20;
    }
    say("\n");
    return last;
}

/* Of what is not in the list nothing can be seen, nor changed. */
static void check_hidden(uint32_t last)
{
    for (uint32_t at = EXTENDED + 4; at < END; at += 4) {
        uint32_t before = READ(uint32_t, CONFIG + at);
        WRITE(uint32_t, CONFIG + at, UINT32_MAX);
        if (READ(uint32_t, CONFIG + at) != before)
            fail("an extended capability can be written");
        if (before != 0 && (last == 0 || at < last))
            fail("something is there that is in no list");
    }
}

/* Once it is on again its register reads as before. */
static void come_back(const char *after)
{
    WRITE(uint16_t, CONFIG + COMMAND, COMMAND_ON);
    if (bar(0) != base)
        fail("its BAR has moved");
    if (READ(uint32_t, base + offset) != expected)
        fail(after);
    sayf("function: answers after %s\n", after);
}

static bool begin_reset(void)
{
    if (express == 0 || (READ(uint32_t, express + 4) & EXPRESS_OFFERS_RESET) == 0)
        return false;
    WRITE(uint16_t, express + 8, READ(uint16_t, express + 8) | EXPRESS_RESET);
    return true;
}

static void set_power(uint16_t state)
{
    WRITE(uint16_t, power + 4, state);
    wait_ms(10);
}

static void reset_in_every_way(void)
{
    if (begin_reset()) {
        wait_ms(100);
        come_back("a function-level reset");
    }
    if (power != 0) {
        const char *name =
            (READ(uint16_t, power + 4) & POWER_KEEPS) != 0 ? "D3hot" : "D3hot, which resets";
        set_power(D3HOT);
        set_power(0);
        come_back(name);
    }
}

static _Noreturn void end(uint64_t lives, volatile uint64_t *lived)
{
    if (begin_reset())
        wait_ms(100);
    if (power != 0)
        set_power(D3HOT);
    if (++*lived == lives)
        shut_down(SBI_SRST_NO_REASON);
    reboot();
}

void bare_main(uint64_t id, const void *fdt)
{
    struct machine machine;
    machine_read(&machine, fdt, id);
    timebase = machine.timebase;
    if (READ(uint32_t, CONFIG) == UINT32_MAX)
        fail("no function at 00:03.0");
    list_capabilities();
    check_hidden(list_extended());
    WRITE(uint16_t, CONFIG + COMMAND, COMMAND_ON);
    if (bootargs_number(fdt, "memory", 0) != 0)
        use_memory(bootargs_number(fdt, "bar", 0), bootargs_number(fdt, "memory", 0) << 20);
    base = bar(0);
    offset = bootargs_number(fdt, "at", 0);
    expected = READ(uint32_t, base + offset);
    sayf("function: reads %" PRIx32 "\n", expected);
    if (expected == 0 || expected == UINT32_MAX)
        fail("its registers do not answer");
    reset_in_every_way();
    end(bootargs_number(fdt, "lives", 1),
        (volatile uint64_t *)machine_free_ram(&machine, LIVES_SIZE));
}
