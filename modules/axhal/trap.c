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

const char *exception_name(uint64_t cause)
{
    static const char *const names[] = {
        [EXC_FETCH_MISALIGNED] = "instruction address misaligned",
        [EXC_FETCH_ACCESS] = "instruction access fault",
        [EXC_ILLEGAL] = "illegal instruction",
        [EXC_BREAKPOINT] = "breakpoint",
        [EXC_LOAD_MISALIGNED] = "load address misaligned",
        [EXC_LOAD_ACCESS] = "load access fault",
        [EXC_STORE_MISALIGNED] = "store/AMO address misaligned",
        [EXC_STORE_ACCESS] = "store/AMO access fault",
        [EXC_ECALL_U] = "environment call from U-mode",
        [EXC_ECALL_S] = "environment call from HS-mode",
        [EXC_ECALL_VS] = "environment call from VS-mode",
        [EXC_FETCH_PAGE] = "instruction page fault",
        [EXC_LOAD_PAGE] = "load page fault",
        [EXC_STORE_PAGE] = "store/AMO page fault",
        [EXC_FETCH_GUEST_PAGE] = "instruction guest-page fault",
        [EXC_LOAD_GUEST_PAGE] = "load guest-page fault",
        [EXC_VIRTUAL_INSTRUCTION] = "virtual instruction",
        [EXC_STORE_GUEST_PAGE] = "store/AMO guest-page fault",
    };
    if (cause & CAUSE_INTERRUPT)
        return "interrupt";
    if (cause >= ARRAY_SIZE(names) || names[cause] == NULL)
        return "reserved cause";
    return names[cause];
}
