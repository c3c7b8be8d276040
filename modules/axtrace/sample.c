/* The circumstances of a piece or of an exit, as people read them. */
#include <axhal/csr_bits.h>
#include <axtrace/ledger.h>
#include <stdio.h>

/* Only these exits have arguments. */
static void add_args(const struct ledger_sample *s, char *to, size_t size)
{
    if (s->cause == EXC_ECALL_VS)
        snprintf(to, size, ", a7 0x%lx a6 0x%lx a0 0x%lx", (unsigned long)s->args[0],
                 (unsigned long)s->args[1], (unsigned long)s->args[2]);
    else if (s->cause == EXC_FETCH_GUEST_PAGE || s->cause == EXC_LOAD_GUEST_PAGE ||
             s->cause == EXC_STORE_GUEST_PAGE)
        snprintf(to, size, ", gpa 0x%lx htinst 0x%lx", (unsigned long)s->args[0],
                 (unsigned long)s->args[1]);
}

const char *ledger_sample_text(const struct ledger_sample *sample, char *to)
{
    int used = snprintf(to, LEDGER_SAMPLE_TEXT, "exit %lu, pc 0x%lx, scause 0x%lx",
                        (unsigned long)sample->exits, (unsigned long)sample->pc,
                        (unsigned long)sample->cause);
    add_args(sample, to + used, LEDGER_SAMPLE_TEXT - (size_t)used);
    return to;
}
