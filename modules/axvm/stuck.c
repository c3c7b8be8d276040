#include <axvm/stuck.h>
#include <axhal/csr_bits.h>

/* stvec's mode is in its two lowest bits (Priv 1.13 §12.1.2). */
static bool is_in_vector(const struct vcpu_look *look, uint64_t pc)
{
    return pc - (look->vector & ~UINT64_C(3)) < STUCK_DISTANCE;
}

bool stuck_by_its_vector(const struct vcpu_look *look)
{
    return is_in_vector(look, look->trap_pc);
}

/* A guest that came back from its handler by sret is out of the trap, wherever it is. */
static bool is_suspect(const struct vcpu_look *look)
{
    return look->in_trap && (look->cause & CAUSE_INTERRUPT) == 0 && is_in_vector(look, look->pc);
}

static bool is_same_trap(const struct vcpu_look *a, const struct vcpu_look *b)
{
    return a->trap_pc == b->trap_pc && a->cause == b->cause && a->vector == b->vector;
}

bool stuck_look(struct stuck *stuck, const struct vcpu_look *look)
{
    bool again = stuck->alike > 0 && is_same_trap(&stuck->last, look);
    uint32_t before = again ? stuck->alike : 0;
    stuck->alike = is_suspect(look) ? before + 1 : 0;
    stuck->last = *look;
    return stuck->alike >= STUCK_LOOKS;
}
