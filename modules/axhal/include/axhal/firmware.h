/* Calls to the firmware (SBI 2.0). No call here takes a lock; any hart may call. */
#pragma once
#include <axhal/hart.h>
#include <lib/sbi.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sbi_ret sbi_call(uint64_t extension, uint64_t function, uint64_t arg0, uint64_t arg1,
                        uint64_t arg2);

/* SBI 2.0 §4.4: true if the firmware has the extension. */
bool firmware_has(uint64_t extension);
/* SBI 3.0 §18.2: true if the firmware knows the feature, and this hart has it. */
bool firmware_has_feature(enum sbi_fwft_feature feature);
/* §18.1: for this hart; false if the firmware refuses. */
bool firmware_set_feature(enum sbi_fwft_feature feature, uint64_t value);
/* SBI 2.0 §9.1: the error is what the firmware says; `entry` is a host physical address. */
long firmware_hart_start(uint64_t hart_id, uint64_t entry, uint64_t opaque);
/* Returns only if the firmware refuses. */
long firmware_hart_stop(void);
/* enum sbi_hsm_state, or a negative SBI error. */
long firmware_hart_status(uint64_t hart_id);
/* What the firmware says. */
long firmware_send_ipi(const struct hart *hart);
/* `deadline` in ticks of the time CSR. */
void firmware_set_timer(uint64_t deadline);
/* Writes all bytes, over DBCN or, where the firmware has none, the legacy putchar. */
void firmware_console_write(const char *bytes, size_t count);
/* Takes what the console has received, at most `room` bytes, without waiting. */
size_t firmware_console_read(char *bytes, size_t room);
/*
 * Installed by a driver whose machine can say more than the firmware passes on: called before a
 * shutdown as failed; it may end the machine or return. Boot hart, once.
 */
void firmware_set_failure_hook(void (*hook)(void));
/* Ends the machine, as failed or not. Waits forever if the firmware can't. */
void firmware_shutdown(bool failed) __attribute__((noreturn));
void firmware_reboot(void) __attribute__((noreturn));
