/* Ways to break the host's own rules. Each function ends in the fault that its comment names. */
#pragma once
#include <stdint.h>

/* Store page fault in the guard page: the stack runs over. */
void crash_overflow(void);
/* Store page fault: read-only data, and instructions. */
void crash_rodata(void);
void crash_text(void);
/* Load page fault: nothing is mapped at 0; and at the firmware's memory. */
void crash_null(void);
void crash_firmware(void);
/* Instruction page fault: data, and a stack, are not executable. */
void crash_jump(void);
void crash_jump_stack(void);
/* Illegal instruction. */
void crash_illegal(void);
/* No fault, but a panic with the number 42. */
void crash_panic(void);

extern const uint32_t crash_constant;
extern uint32_t crash_data;
