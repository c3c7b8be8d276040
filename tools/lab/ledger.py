"""The hypervisor's ledger in a console's log, read by tools/trace; and whose doing a spike was."""
from typing import NamedTuple

from lab.experiment import Mistake  # first: it finds tools/trace for what follows
from lab.samples import Figure

import dump as dumps
from ledger_table import quantiles  # noqa: F401 - for the report
from trace_names import BLAME_KEYS, BLAMES, COLUMNS, OWN_COLUMNS, name_of
from trace_words import fields


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


def late_vcpus(dump):
    """The vCPUs whose timers were due while they were in an exit, or had interrupts masked."""
    return [vcpu for vcpu in dump.vcpus.values() if vcpu.late]


class Late(NamedTuple):
    """A timer that fired late, by the trace: when it was due, by how much, and whose doing that was."""
    vcpu: str
    due: int
    ticks: int
    blame: str
    column: str


def late_timers(dump):
    """Those that the rings still have, the latest first."""
    names, found = dump.vm_names(), []
    for event in dump.events:
        if event.name == "late":
            said = fields(event)
            found.append(Late(f"{names.get(event.vm, event.vm)}.{event.vcpu}", said["deadline"], said["late"],
                              name_of(BLAMES, said["blame"]), name_of(COLUMNS, said["column"])))
    return sorted(found, key=lambda late: -late.ticks)


def _not_there(dump):
    """Why a late timer is not among the events."""
    lost = sum(ring.lost for ring in dump.rings.values())
    if not dump.rings:
        return "not recorded (trace would tell)"
    return "lost by the ring (trace-events makes it larger)" if lost else "not among the recorded events"


def blame(dump, due, ticks):
    """Whose doing it was that something due at `due` came `ticks` late, in words."""
    if dump is None:
        return "no ledger"
    for late in late_timers(dump):
        if late.due == due:
            return f"{late.blame} ({late.column}), {late.ticks} ticks late"
    for piece in worst_pieces(dump):
        start = piece.worst.end - piece.ticks
        if start <= due + ticks and piece.worst.end >= due:
            return f"{piece.column} of {piece.vcpu}, {piece.ticks} ticks"
    suspects = [piece.column for piece in worst_pieces(dump) if 2 * piece.ticks >= ticks]
    if suspects:
        return f"{_not_there(dump)}; as long can be: {', '.join(list(dict.fromkeys(suspects))[:3])}"
    return "the guest itself: no piece of the hypervisor is half as long"
