/* The last words: a panic, or a trap of the host in its own code. */
#include <axhal/csr_bits.h>
#include <axhal/firmware.h>
#include <axhal/hart.h>
#include <axhal/image.h>
#include <axhal/panic.h>
#include <axhal/trap.h>
#include <axlog/console.h>
#include <axlog/log.h>
#include <lib/bits.h>
#include <stddef.h>
#include "fault.h"

#define TRACE_DEPTH 24

static void (*print_context)(void);
static _Atomic(struct hart *) dying;

void runtime_set_context_printer(void (*print)(void))
{
    print_context = print;
}

/* Only the first hart reports; one that comes here again while reporting goes down at once. */
static void claim_report(void)
{
    struct hart *none = NULL;
    if (__atomic_compare_exchange_n((struct hart **)&dying, &none, this_hart(), false,
                                    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
        console_panic_mode();
        return;
    }
    if (dying == this_hart())
        firmware_shutdown(true);
    for (;;)
        __asm__ volatile("wfi");
}

static bool on_a_stack(uint64_t address)
{
    struct hart_stacks *s = hart_stacks_at(this_hart()->index);
    return s != NULL && address % 8 == 0 && address >= (uintptr_t)s->stack + 16 &&
           address <= (uintptr_t)s->fault_stack + sizeof s->fault_stack;
}

/*
 * Frame pointers: fp[-1] is the return address, fp[-2] the caller's fp. Only in a function that
 * calls none is fp[-1] the caller's fp; its return address is in `ra` then.
 */
static void print_trace(uint64_t fp, uint64_t ra)
{
    print_line("call trace (addr2line -e build/…/APP.elf):");
    for (unsigned i = 0; i < TRACE_DEPTH && on_a_stack(fp); i++) {
        const uint64_t *frame = (const uint64_t *)fp;
        bool is_leaf = i == 0 && on_a_stack(frame[-1]);
        uint64_t from = is_leaf ? ra : frame[-1];
        if (from == 0)
            return;
        print_line("  #%u 0x%016lx", i, (unsigned long)image_link_address(from));
        fp = is_leaf ? frame[-1] : frame[-2];
    }
}

static void __attribute__((noreturn)) die(uint64_t fp, uint64_t ra)
{
    if (image_offset() != 0)
        print_line("the image lies 0x%lx above where it is linked for; the trace has its own "
                   "addresses",
                   (unsigned long)image_offset());
    print_trace(fp, ra);
    if (print_context != NULL)
        print_context();
    console_flush(); /* after the report: a fault in there would end it */
    firmware_shutdown(true);
}

static void __attribute__((noreturn)) on_panic(const char *message)
{
    claim_report();
    print_line("PANIC on hart %lu: %s", (unsigned long)this_hart()->id, message);
    die((uintptr_t)__builtin_frame_address(0), 0);
}

static void __attribute__((noreturn)) on_fault(const struct trap_frame *f)
{
    /* clang-format off */
    static const char *const names[] = {
        "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0",
        "a1",   "a2", "a3", "a4", "a5", "a6", "a7", "s2", "s3", "s4", "s5",
        "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
    };
    /* clang-format on */
    claim_report();
    print_line("HOST FAULT on hart %lu: %s (scause 0x%lx)", (unsigned long)this_hart()->id,
               exception_name(f->scause), (unsigned long)f->scause);
    print_line("  sepc 0x%016lx  stval 0x%016lx", (unsigned long)f->sepc, (unsigned long)f->stval);
    print_line("  ra   0x%016lx", (unsigned long)f->x[1]);
    for (unsigned i = 2; i < ARRAY_SIZE(names); i += 3)
        print_line("  %-4s 0x%016lx  %-4s 0x%016lx  %-4s 0x%016lx", names[i],
                   (unsigned long)f->x[i], names[i + 1], (unsigned long)f->x[i + 1], names[i + 2],
                   (unsigned long)f->x[i + 2]);
    die(f->x[8], f->x[1]);
}

void fault_init(void)
{
    panic_set_handler(on_panic);
    trap_set_fault_handler(on_fault);
}
