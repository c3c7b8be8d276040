/* The cases, a file a subject. */
#pragma once
#include "attempt.h"
#include "check.h"
#include <axbare/arch/csr.h>
#include <axbare/arch/sbi.h>
#include <axbare/machine.h>

void access_cases(const struct machine *machine);
void device_cases(void);
void paging_cases(void);
void instruction_cases(const struct machine *machine);
void register_cases(uint64_t self);
void call_cases(const struct machine *machine, uint64_t self);
void timer_cases(const struct machine *machine);
void hart_cases(const struct machine *machine, uint64_t self);
void suspend_cases(const struct machine *machine, uint64_t self);
void view_cases(const struct machine *machine);
void feature_cases(void);

/* Ends that other tests ask for with bootargs `end=NAME`; returns if there is none of that name. */
void ends(const char *name, const struct machine *machine);

/* Only with the bootargs shared=ro or shared=rw, and then nothing else: does not return. */
void shared_cases(const char *name, const struct machine *machine);

/* Only with the bootargs aia (IMSICs, and an APLIC that sends MSIs) or aplic (direct delivery), and
 * then nothing else: does not return. */
void aia_cases(const char *name, const struct machine *machine);
/* imsic.c, for aia_cases(). */
void imsic_cases(const struct machine *machine);

/* calls.c: the SBI is OpenSBI's; a few cases would hang there, and are left out. */
bool calls_opensbi(void);

/* paging.c: satp of a table that maps RAM's first GiB and the devices, for S-mode. */
uint64_t paging_satp(void);

/* harts.c: what the second hart does until the first changes it. SEND_IPI: to the first, 10 ms
 * later, then SPIN. The calls end this program if the hart does not come or go. */
enum command { SPIN, STOP, SEND_IPI };
void harts_init(const struct machine *machine, uint64_t self);
void second_start_at(uint64_t id, uint64_t opaque);
void second_command(enum command command);
void second_stop(uint64_t id);
