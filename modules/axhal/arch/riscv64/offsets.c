/* Offsets for the assembly: make turns each DEFINE into a #define of axhal/offsets.h. */
#include <axhal/hart.h>
#include <axhal/trap.h>
#include <stddef.h>

#define DEFINE(name, value) __asm__ volatile("\n->" #name " %0" : : "i"(value))

void offsets(void);
void offsets(void)
{
    DEFINE(HART_STACK_TOP, offsetof(struct hart, stack_top));
    DEFINE(HART_FAULT_STACK_TOP, offsetof(struct hart, fault_stack_top));
    DEFINE(HART_SCRATCH0, offsetof(struct hart, trap_scratch[0]));
    DEFINE(HART_SCRATCH1, offsetof(struct hart, trap_scratch[1]));
    DEFINE(HART_TLS, (sizeof(struct hart) + 15) & ~15ul);
    DEFINE(FRAME_X, offsetof(struct trap_frame, x));
    DEFINE(FRAME_SEPC, offsetof(struct trap_frame, sepc));
    DEFINE(FRAME_SIZE, (sizeof(struct trap_frame) + 15) & ~15ul);
}
