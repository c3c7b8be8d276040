/* The state that this program wants of its first hart, at its start and after a resume. */
#pragma once
#include "../../../apps/jitter/csr.h"

#define SSTATUS_FS (UINT64_C(3) << 13)

static inline void setup_floating_point(void)
{
    csr_set(sstatus, SSTATUS_FS);
}
