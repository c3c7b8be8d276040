/* The state that this program wants of its first hart, at its start and after a resume. */
#pragma once
#include <axbare/arch/csr.h>

#define SSTATUS_FS (UINT64_C(3) << 13)

extern char stray_trap[]; /* stray.S */

static inline void setup_floating_point(void)
{
    csr_set(sstatus, SSTATUS_FS);
}
