"""The hypervisor's ledger in a console's log, read by tools/trace; and whose doing a spike was."""
import sys
from typing import NamedTuple

from lab.experiment import ROOT, Mistake
from lab.samples import Figure

sys.path.insert(0, str(ROOT / "tools" / "trace"))
import dump as dumps  # noqa: E402
from trace_names import BLAMES, COLUMNS, OWN_COLUMNS  # noqa: E402


def read(text, vm):
    """The last dump in a log that has the VM, or None. Mistake: it does not add up."""
    try:
        found = [dump for dump in dumps.parse(text) if vm in dump.vm_names().values()]
    except dumps.TraceError as error:
        raise Mistake(f"the ledger on the console: {error}") from None
    if not found:
        return None
    if problems := dumps.check(found[-1]):
        raise Mistake("the ledger on the console: " + "; ".join(problems))
    return found[-1]


def figures(dump, vm):
    """Of all vCPUs of the VM: exits, and what the hypervisor took of their time."""
    vcpus = [vcpu for vcpu in dump.vcpus.values() if vcpu.vm_name == vm] if dump else []
    wall = sum(vcpu.now - vcpu.start for vcpu in vcpus)
    if wall == 0:
        return {}
    taken = sum(c.sum for vcpu in vcpus for c in vcpu.columns.values() if c.name not in OWN_COLUMNS)
    return {"exits": Figure(sum(vcpu.exits for vcpu in vcpus), "count"),
            "taken": Figure(round(1e6 * taken / wall, 1), "ppm of the time")}


class Piece(NamedTuple):
    """The longest piece of a column."""
    vcpu: str
    column: str
    ticks: int
    worst: object


def worst_pieces(dump):
    """What the hypervisor took, the longest first."""
    pieces = [Piece(vcpu.name, column.name, column.max, column.worst) for vcpu in dump.vcpus.values()
              for column in vcpu.columns.values() if column.worst and column.name not in OWN_COLUMNS]
    return sorted(pieces, key=lambda piece: -piece.ticks)


def _late_event(dump, due):
    return next((e for e in dump.events if e.name == "late" and e.a == due), None)


def blame(dump, due, ticks):
    """Whose doing it was that something due at `due` came `ticks` late, in words."""
    if dump is None:
        return "no ledger"
    if event := _late_event(dump, due):
        ticks, whose, column = event.b >> 16, event.b >> 8 & 0xFF, event.b & 0xFF
        return f"{BLAMES[whose]} ({COLUMNS[column]}), {ticks} ticks late"
    for piece in worst_pieces(dump):
        start = piece.worst.end - piece.ticks
        if start <= due + ticks and piece.worst.end >= due:
            return f"{piece.column} of {piece.vcpu}, {piece.ticks} ticks"
    return "no long piece of the hypervisor: the guest itself"
