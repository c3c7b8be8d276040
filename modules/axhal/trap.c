#include <axhal/arch/csr.h>
#include <axhal/csr_bits.h>
#include <axhal/panic.h>
#include <axhal/trap.h>
#include <lib/bits.h>
#include <stddef.h>

/* Pairs laid down by the code that may fault, collected by link.ld. */
struct fixup {
    uint64_t at;
    uint64_t continue_at;
};
extern const struct fixup fixups_start[], fixups_end[];

static fault_handler_t fault_handler;

void trap_init(void)
{
    csr_write_stvec((uintptr_t)host_vector);
}

void trap_set_fault_handler(fault_handler_t handler)
{
    fault_handler = handler;
}

void trap_from_host(struct trap_frame *frame)
{
    for (const struct fixup *f = fixups_start; f < fixups_end; f++) {
        if (f->at == frame->sepc) {
            frame->sepc = f->continue_at;
            return;
        }
    }
    if (fault_handler == NULL)
        panic("%s at 0x%lx, stval 0x%lx", exception_name(frame->scause), (unsigned long)frame->sepc,
              (unsigned long)frame->stval);
    fault_handler(frame);
}

#define EXCEPTION_NAME(NAME, number, name) [EXC_##NAME] = (name),

const char *exception_name(uint64_t cause)
{
    static const char *const names[] = {EXCEPTION_LIST(EXCEPTION_NAME)};
    if (cause & CAUSE_INTERRUPT)
        return "interrupt";
    if (cause >= ARRAY_SIZE(names) || names[cause] == NULL)
        return "reserved cause";
    return names[cause];
}
