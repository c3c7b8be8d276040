"""gstage: walks a guest-physical address through a VM's G-stage tables, as the hart would."""
import gdb

from . import target, vms

PAGE_SHIFT = 12
INDEX_BITS = 9
ROOT_INDEX_BITS = INDEX_BITS + 2  # Priv 1.13 §18.5.1: the root has four times the entries
ROOT_LEVELS = {8: 2, 9: 3}  # hgatp.MODE: Sv39x4, Sv48x4
FLAGS = "VRWXUGAD"
LEAF = 0b1110  # R, W or X
SIZES = ["4 KiB", "2 MiB", "1 GiB", "512 GiB"]


def flags_of(pte):
    return "".join(name if pte >> bit & 1 else "-" for bit, name in enumerate(FLAGS))


def address_of(pte):
    return (pte >> 10 & (1 << 44) - 1) << PAGE_SHIFT


def walk(memory, gpa):
    """Yields (level, address of the entry, entry) from the root to the leaf, or to an invalid one."""
    level = ROOT_LEVELS[int(memory["mode"])]
    table, bits = int(memory["root"]["a"]), ROOT_INDEX_BITS
    while True:
        index = gpa >> (PAGE_SHIFT + INDEX_BITS * level) & (1 << bits) - 1
        entry_at = table + 8 * index
        pte = target.read_u64(entry_at)
        yield level, entry_at, pte
        if not pte & 1 or pte & LEAF or level == 0:
            return
        table, bits, level = address_of(pte), INDEX_BITS, level - 1


def print_walk(memory, gpa):
    width = PAGE_SHIFT + INDEX_BITS * ROOT_LEVELS[int(memory["mode"])] + ROOT_INDEX_BITS
    if gpa >> width:
        print(f"gpa {gpa:#x} is not mapped: it has more than the {width} bits of this mode")
        return
    for level, entry_at, pte in walk(memory, gpa):
        kind = "invalid" if not pte & 1 else f"leaf, {SIZES[level]}" if pte & LEAF else "table"
        print(f"level {level}  at hpa {entry_at:#x}  pte {pte:#018x}  {flags_of(pte)}  "
              f"-> {address_of(pte):#x}  {kind}")
    if pte & 1 and pte & LEAF:
        offset = gpa & (1 << PAGE_SHIFT + INDEX_BITS * level) - 1
        print(f"gpa {gpa:#x} is hpa {address_of(pte) | offset:#x}")
    else:
        print(f"gpa {gpa:#x} is not mapped: the access exits as a guest-page fault")


class GstageCommand(gdb.Command):
    """gstage VM GPA: each level's entry for a guest-physical address, and the host's address. VM is a
    name or a number."""

    def __init__(self):
        super().__init__("gstage", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        if len(words) != 2:
            raise gdb.GdbError(f"gstage: got: {argument}; expected: VM GPA")
        gpa = target.number(words[1], "GPA") & (1 << 64) - 1
        with target.host_memory():
            print_walk(vms.vm(vms.index_of(words[0]))["memory"], gpa)


GstageCommand()
