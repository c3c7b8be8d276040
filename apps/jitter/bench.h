/*
 * The figures. Each function measures, prints its lines and leaves interrupts disabled.
 *
 * A mean is the time of a whole loop over its rounds: the loop's own two or three instructions are
 * in it, natively and in a guest alike.
 */
#pragma once
#include <axbare/machine.h>

/* null_sbi: BASE get_spec_version. sbi_set_timer: a deadline that never comes. */
void bench_calls(void);
/* page_touch_cold, _warm: one store to each 4 KiB page of 64 MiB, translation off. */
void bench_pages(const struct machine *machine);
/* timer_busy, timer_idle: from a deadline to the first instruction of the trap vector. */
void bench_timer(const struct machine *machine);
/* ipi_self: from the SBI call to the end of the wait for its handler. */
void bench_ipi_self(uint64_t id);
/* imsic_self: the same by a store to the hart's interrupt file, and how many exits it took; nothing
 * without such a file. */
void bench_imsic_self(const struct machine *machine);
/* hart_start, hart_stop, ipi_cross, rfence, and imsic_cross and imsic_fence where there are files;
 * nothing without a second hart. */
void bench_harts(const struct machine *machine);

/* For bench_harts(): this hart begins or stops to handle messages; the second hart does the fence
 * that a message asks for; imsic_cross and imsic_fence themselves. */
void messages_accept(void);
void messages_refuse(void);
void messages_fence(void);
void bench_imsic_cross(const struct machine *machine);
void bench_imsic_fence(const struct machine *machine);
