"""The names that a dump uses, in the order of their numbers in the hypervisor.

Those that grow are read from the headers that define them: a log is read by the tools of the
sources that made it.
"""
import pathlib
import re

MODULES = pathlib.Path(__file__).resolve().parents[2] / "modules"


def listed(header, table):
    """The rows of an X-macro: each the strings after the symbol."""
    text = (MODULES / header).read_text(encoding="utf-8").replace("\\\n", " ")
    body = re.search(rf"^#define {table}\(X\)(.*)$", text, re.M)[1]
    return [tuple(re.findall(r'"(.*?)"', row)) for row in body.split(" X(")[1:]]


COLUMNS = tuple(name for name, in listed("axtrace/include/axtrace/column.h", "LEDGER_COLUMN_LIST"))

# What is not taken from the guest: it runs, or has asked for nothing to run.
OWN_COLUMNS = ("guest", "idle", "stopped")

# Each event, and what its words a and b mean.
EVENTS = {name: words
          for name, *words in listed("axtrace/include/axtrace/trace.h", "TRACE_EVENT_LIST")}

# A word for the dump, and what it says.
BLAME_ROWS = listed("axtrace/include/axtrace/trace.h", "TRACE_BLAME_LIST")
BLAME_KEYS, BLAMES = tuple(row[0] for row in BLAME_ROWS), tuple(row[-1] for row in BLAME_ROWS)

# The steps of the boot.
STEPS = tuple(name for name, in listed("axhal/include/axhal/hart.h", "HART_STEP_LIST"))

# enum trace_vm
VM_EVENTS = ("created", "started", "ended", "paused", "resumed", "reset", "destroyed")

# SBI 2.0 table 9.1 (lib/sbi.h: SBI_HSM_STARTED …)
HSM_STATES = ("started", "stopped", "start-pending", "stop-pending", "suspended",
              "suspend-pending", "resume-pending")

MODES = ("off", "overwrite", "stop")


def name_of(names, number):
    """The name with this number; of one that has none, the number itself."""
    return names[number] if number < len(names) else str(number)
