"""What the two words of each event say: named fields, each of a kind. The exports print these."""
import typing

import c_header
from trace_model import Event
from trace_names import BLAMES, COLUMNS, HSM_STATES, STEPS, VM_EVENTS

_SBI, _CSR = "lib/include/lib/sbi.h", "axhal/include/axhal/csr_bits.h"
INTERRUPT = 1 << 63

# scause: Priv 1.13 §12.1.8, §18.6.1
CAUSES = {INTERRUPT | int(number): name for _, number, name in c_header.rows(_CSR, "IRQ_LIST")}
CAUSES |= {int(number): name for _, number, name in c_header.rows(_CSR, "EXCEPTION_LIST")}

# SBI extensions: their names, and of those from before SBI 0.2 that of their one function.
EXTENSIONS = {int(number, 0): name for name, _, number in c_header.rows(_SBI, "SBI_EXTENSIONS")}
LEGACY = "LEGACY_"

# (extension's name, number): the function's name
FUNCTIONS = {(extension, int(number)): name
             for extension, _, number, name in c_header.rows(_SBI, "SBI_FUNCTIONS")}

HSM = next(number for number, name in EXTENSIONS.items() if name == "HSM")
HSM_START, HSM_STOP = (next(number for (extension, number), name in FUNCTIONS.items()
                            if extension == "HSM" and name == wanted) for wanted in ("hart_start", "hart_stop"))


def sbi_call(extension: int, function: int) -> str:
    """"HSM.hart_start"; numbers where there is no name."""
    name = EXTENSIONS.get(extension, f"{extension:#x}")
    if name.startswith(LEGACY):  # SBI 3.0 §5: a6 is not looked at
        return f"legacy.{name.removeprefix(LEGACY).lower()}"
    return f"{name}.{FUNCTIONS.get((name, function), function)}"


class Kind(typing.NamedTuple):
    """What a field's number is: its width, the names of its values, its base."""
    bits: int
    names: dict[int, str] = {}
    base: int = 10


def numbered(names: typing.Sequence[str]) -> dict[int, str]:
    return dict(enumerate(names))


U8, U32, U64 = Kind(8), Kind(32), Kind(64)
HEX = Kind(64, base=16)
CAUSE = Kind(64, CAUSES, 16)
COLUMN = Kind(8, numbered(COLUMNS))
BLAME = Kind(8, numbered(BLAMES))
STATE = Kind(8, numbered(HSM_STATES))
VM_EVENT = Kind(8, numbered(VM_EVENTS))
STEP = Kind(8, numbered(STEPS))
EXTENSION = Kind(32, {number: name for number, name in EXTENSIONS.items() if not name.startswith(LEGACY)}, 16)


class Field(typing.NamedTuple):
    """A field of an event: bits `low` to `low + bits` of its word "a" or "b"."""
    name: str
    kind: Kind
    word: str
    low: int = 0
    bits: int = 64

    def value(self, event: Event) -> int:
        return (event.a if self.word == "a" else event.b) >> self.low & (1 << self.bits) - 1


FIELDS = {
    "boot": (Field("step", STEP, "a", bits=8), Field("hart_id", U64, "b")),
    "exit": (Field("pc", HEX, "a"), Field("cause", CAUSE, "b")),
    "piece": (Field("column", COLUMN, "a", bits=8), Field("ticks", U64, "b")),
    "inject": (Field("cause", CAUSE, "a"), Field("stval", HEX, "b")),
    "sbi": (Field("extension", EXTENSION, "a", 32, 32), Field("function", U32, "a", bits=32),
            Field("a0", HEX, "b")),
    "ipi-sent": (Field("to_hart", U32, "a", bits=32), Field("requests", HEX, "b")),
    "ipi-received": (Field("requests", HEX, "a"),),
    "mailbox": (Field("function", HEX, "a"), Field("argument", HEX, "b")),
    "wfi": (Field("ticks", U64, "a"),),
    "timer-armed": (Field("deadline", U64, "a"),),
    "timer-fired": (Field("deadline", U64, "a"), Field("late", U64, "b")),
    "late": (Field("deadline", U64, "a"), Field("late", U64, "b", 16, 48),
             Field("blame", BLAME, "b", 8, 8), Field("column", COLUMN, "b", 0, 8)),
    "state": (Field("old", STATE, "a", bits=8), Field("new", STATE, "b", bits=8)),
    "vm": (Field("what", VM_EVENT, "a", bits=8), Field("index", U32, "b", bits=32)),
}


def fields(event: Event) -> dict[str, int]:
    """{name: value} of an event, as numbers."""
    return {field.name: field.value(event) for field in FIELDS[event.name]}


def words(event: Event) -> dict[str, int | str]:
    """{name: value} as a reader wants them: names where there are any, hexadecimal as text."""
    found: dict[str, int | str] = {}
    for field in FIELDS[event.name]:
        value = field.value(event)
        text: int | str = hex(value) if field.kind.base == 16 else value
        found[field.name] = field.kind.names.get(value, text)
    return found
