/*
 * ACLINT's supervisor software interrupts (ACLINT 1.0 §4): a hart writes another's register, and
 * that one's SSIP is pending, without the firmware.
 */
#pragma once
#include <axdriver/hardware.h>
#include <axhal/hart.h>

/* Boot hart, once: finds each hart's register. ERR_NOT_FOUND: a hart has none; ERR_NO_MEMORY: they
 * can't be mapped. Reported. `hw` stays. */
enum err sswi_init(const struct hardware *hw);
/* Any hart. SBI_SUCCESS. */
long sswi_send_ipi(const struct hart *hart);
