"""What the two words of each event say: named fields, each of a kind. The exports print these."""
import typing

from trace_names import BLAMES, COLUMNS, HSM_STATES, STEPS, VM_EVENTS

INTERRUPT = 1 << 63

# scause: Priv 1.13 §12.1.8, §18.6.1
CAUSES = {
    INTERRUPT | 1: "supervisor software interrupt",
    INTERRUPT | 2: "VS software interrupt",
    INTERRUPT | 5: "supervisor timer interrupt",
    INTERRUPT | 6: "VS timer interrupt",
    INTERRUPT | 9: "supervisor external interrupt",
    INTERRUPT | 10: "VS external interrupt",
    INTERRUPT | 12: "guest external interrupt",
    0: "instruction address misaligned",
    1: "instruction access fault",
    2: "illegal instruction",
    3: "breakpoint",
    4: "load address misaligned",
    5: "load access fault",
    6: "store address misaligned",
    7: "store access fault",
    8: "ecall from U or VU",
    9: "ecall from HS",
    10: "ecall from VS",
    12: "instruction page fault",
    13: "load page fault",
    15: "store page fault",
    18: "software check",
    20: "instruction guest-page fault",
    21: "load guest-page fault",
    22: "virtual instruction",
    23: "store guest-page fault",
}

HSM = 0x48534D
HSM_START, HSM_STOP = 0, 1

# SBI extensions, and the names of their functions in the order of their numbers
LEGACY = ("set_timer", "console_putchar", "console_getchar", "clear_ipi", "send_ipi",
          "remote_fence_i", "remote_sfence_vma", "remote_sfence_vma_asid", "shutdown")
EXTENSIONS = {
    0x10: ("BASE", ("get_spec_version", "get_impl_id", "get_impl_version", "probe_extension",
                    "get_mvendorid", "get_marchid", "get_mimpid")),
    0x54494D45: ("TIME", ("set_timer",)),
    0x735049: ("IPI", ("send_ipi",)),
    0x52464E43: ("RFENCE", ("remote_fence_i", "remote_sfence_vma", "remote_sfence_vma_asid",
                            "remote_hfence_gvma_vmid", "remote_hfence_gvma",
                            "remote_hfence_vvma_asid", "remote_hfence_vvma")),
    HSM: ("HSM", ("hart_start", "hart_stop", "hart_get_status", "hart_suspend")),
    0x53525354: ("SRST", ("system_reset",)),
    0x504D55: ("PMU", ("num_counters", "counter_get_info", "counter_config_matching",
                       "counter_start", "counter_stop", "counter_fw_read", "counter_fw_read_hi",
                       "snapshot_set_shmem")),
    0x4442434E: ("DBCN", ("console_write", "console_read", "console_write_byte")),
    0x53555350: ("SUSP", ("system_suspend",)),
    0x535441: ("STA", ("steal_time_set_shmem",)),
    0x46574654: ("FWFT", ("set", "get")),
    0x0A544C48: ("QUIET", ("begin", "end", "status")),
    **{number: ("legacy", (name,)) for number, name in enumerate(LEGACY)},
}


def sbi_call(extension, function):
    """"HSM.hart_start"; numbers where there is no name."""
    name, functions = EXTENSIONS.get(extension, (f"{extension:#x}", ()))
    if name == "legacy":
        function = 0  # SBI 2.0 §5: a6 is not looked at
    return f"{name}.{functions[function] if function < len(functions) else function}"


class Kind(typing.NamedTuple):
    """What a field's number is: its width, the names of its values, its base."""
    bits: int
    names: dict = {}
    base: int = 10


def numbered(names):
    return dict(enumerate(names))


U8, U32, U64 = Kind(8), Kind(32), Kind(64)
HEX = Kind(64, base=16)
CAUSE = Kind(64, CAUSES, 16)
COLUMN = Kind(8, numbered(COLUMNS))
BLAME = Kind(8, numbered(BLAMES))
STATE = Kind(8, numbered(HSM_STATES))
VM_EVENT = Kind(8, numbered(VM_EVENTS))
STEP = Kind(8, numbered(STEPS))
EXTENSION = Kind(32, {number: name for number, (name, _) in EXTENSIONS.items() if number > 8}, 16)


class Field(typing.NamedTuple):
    """A field of an event: bits `low` to `low + bits` of its word "a" or "b"."""
    name: str
    kind: Kind
    word: str
    low: int = 0
    bits: int = 64

    def value(self, event):
        return getattr(event, self.word) >> self.low & (1 << self.bits) - 1


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


def fields(event):
    """{name: value} of an event, as numbers."""
    return {field.name: field.value(event) for field in FIELDS[event.name]}


def words(event):
    """{name: value} as a reader wants them: names where there are any, hexadecimal as text."""
    found = {}
    for field in FIELDS[event.name]:
        value = field.value(event)
        text = hex(value) if field.kind.base == 16 else value
        found[field.name] = field.kind.names.get(value, text)
    return found
