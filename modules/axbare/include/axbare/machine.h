/* What the device tree says of this machine, as far as bare programs need it. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct machine {
    uint64_t timebase; /* Hz */
    bool has_sstc;
    uint64_t ram_base, ram_end; /* the range of RAM that this image is in */
    uint64_t fdt_base, fdt_end;
    bool has_peer;
    uint64_t peer; /* id of a second hart that HSM says is stopped */
    uint64_t imsic,
        peer_imsic; /* pages of the interrupt files of this hart and the second; 0: none */
};

/*
 * Fills `machine` from the device tree at `fdt`; `self` is this hart's id. A machine without a
 * second hart is no error. Ends in fail() with what the tree lacks.
 */
void machine_read(struct machine *machine, const void *fdt, uint64_t self);

/*
 * Returns the address of `size` bytes of untouched RAM, a multiple of 2 MiB: after the image, or
 * after the device tree where the tree would lie in them; 0 if there are not so many.
 */
uint64_t machine_free_ram(const struct machine *machine, uint64_t size);

/* The program: called by start.S on the hart that booted, with its id and the device tree. */
_Noreturn void bare_main(uint64_t id, const void *fdt);

/* The command line, "" if there is none. */
const char *bootargs(const void *fdt);
/* `wanted` is one of its words. */
bool bootargs_has(const void *fdt, const char *wanted);
/* The number of its word `NAME=NUMBER`, or `otherwise`. */
uint64_t bootargs_number(const void *fdt, const char *name, uint64_t otherwise);
