/* QEMU's edu (docs/specs/edu.rst there), PCI 00:03.0: it computes factorials and interrupts then.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define EDU_SOURCE 35 /* of INTA of slot 3 */

/* NULL, or what is wrong. It may access memory from here on. */
const char *edu_open(void);

/* Its messages, of one vector: an address and what is stored there (PCI 3.0 §6.8.1). */
void edu_send_messages(uint64_t address, uint32_t data);
bool edu_sends_messages(void);

/* Begins, and interrupts at the end. */
void edu_begin(uint32_t n);
/* It has interrupted, and waits for the acknowledgement. */
bool edu_has_interrupted(void);
/* Acknowledges that. Returns the factorial, modulo 2 to the 32. */
uint32_t edu_take(void);

/* A note that it keeps, also when its VM ends; at power-on it is 0. */
uint32_t edu_note(void);
void edu_keep(uint32_t note);
