/*
 * Boot, and the upcalls out of it.
 *
 *   boot.S _start ─► primary_entry ─► runtime_main (axruntime)
 *   boot.S _start_secondary ─► secondary_entry ─► runtime_main_secondary (axruntime)
 */
#pragma once
#include <axhal/hart.h>
#include <axhal/platform.h>
#include <lib/addr.h>
#include <stdint.h>

/* Called by boot.S, on the boot hart's stack with tp set. */
void primary_entry(uint64_t hart_id, const void *fdt) __attribute__((noreturn));
void secondary_entry(struct hart *self) __attribute__((noreturn));

/* The upcalls; axruntime has them. */
void runtime_main(void) __attribute__((noreturn));
void runtime_main_secondary(void) __attribute__((noreturn));

/* Boot hart, once: fills platform() by platform_parse(), which says what it returns. */
enum err platform_read(const void *fdt, uint64_t boot_hart_id, const char **missing);
/* Reserves memory that the host has taken for itself before it can allocate. */
void platform_take(struct memory_range range);

struct hart *hart_init_boot(uint64_t id);
/* What hart_entry() returns: boot.S's address, kept as data, so that the code that starts harts
 * does not need boot.S, which needs everything. */
void hart_set_entry(hpa_t address);
void hart_init_others(const struct platform *p);
