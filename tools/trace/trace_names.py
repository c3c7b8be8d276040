"""The names that a dump uses, in the order of their numbers in the hypervisor, from its headers."""
from collections.abc import Sequence

import c_header

_TRACE = "axtrace/include/axtrace/trace.h"

COLUMNS = tuple(name for _, name in c_header.rows("axtrace/include/axtrace/column.h", "LEDGER_COLUMN_LIST"))

# What is not taken from the guest: it runs, or has asked for nothing to run.
OWN_COLUMNS = ("guest", "idle", "stopped")

# Each event, and what its words a and b mean.
EVENTS = {name: words for _, name, *words in c_header.rows(_TRACE, "TRACE_EVENT_LIST")}

# A word for the dump, and what it says.
BLAME_ROWS = c_header.rows(_TRACE, "TRACE_BLAME_LIST")
BLAME_KEYS, BLAMES = tuple(row[1] for row in BLAME_ROWS), tuple(row[2] for row in BLAME_ROWS)

# The steps of the boot.
STEPS = tuple(row[1] for row in c_header.rows("axhal/include/axhal/hart.h", "HART_STEP_LIST"))

VM_EVENTS = c_header.names(_TRACE, "trace_vm", "TRACE_VM_")
HSM_STATES = c_header.names("lib/include/lib/sbi.h", "sbi_hsm_state", "SBI_HSM_")
MODES = c_header.names(_TRACE, "trace_mode", "TRACE_")


def name_of(names: Sequence[str], number: int) -> str:
    """The name with this number; of one that has none, the number itself."""
    return names[number] if number < len(names) else str(number)
