/*
 * dma: has its device write to its own memory, `dma: inside N bytes`, then to each 2 MiB of the
 * gigabyte from the start of RAM on that it does not have, and to devices: `dma: outside N times`.
 * Then once more inside, and it ends.
 */
#include "virtio.h"
#include <axbare/hart.h>
#include <axbare/machine.h>
#include <axbare/say.h>
#include <inttypes.h>
#include <string.h>

#define STEP UINT64_C(0x200000)
#define SPAN UINT64_C(0x40000000)
#define BYTES 64

static _Alignas(4096) uint8_t ring[4096];
static volatile uint8_t buffer[BYTES];

void fail(const char *what)
{
    sayf("dma: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

static void write_inside(void)
{
    unsigned changed = 0;
    memset((void *)buffer, 0, BYTES);
    if (!entropy_write((uintptr_t)ring, (uintptr_t)buffer, BYTES))
        fail("the device does not answer");
    for (unsigned i = 0; i < BYTES; i++)
        changed += buffer[i] != 0;
    sayf("dma: inside %s\n", changed > BYTES / 2 ? "done" : "lost");
}

void bare_main(uint64_t id, const void *fdt)
{
    static const uint64_t devices[] = {0x100000, 0xc000000, 0x10000000, 0x30000000,
                                       UINT64_MAX - 63};
    struct machine machine;
    unsigned count = 0;
    machine_read(&machine, fdt, id);
    const char *lacks = entropy_open();
    if (lacks != NULL)
        fail(lacks);
    write_inside();
    for (uint64_t at = machine.ram_end; at < machine.ram_base + SPAN; at += STEP, count++)
        (void)entropy_write((uintptr_t)ring, at, BYTES);
    for (unsigned i = 0; i < sizeof devices / sizeof devices[0]; i++, count++)
        (void)entropy_write((uintptr_t)ring, devices[i], BYTES);
    sayf("dma: outside %u times\n", count);
    write_inside();
    shut_down(SBI_SRST_NO_REASON);
}
