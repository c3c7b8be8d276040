"""guest-symbols, and breakpoints that tell host and guest apart.

Host and guest may use the same virtual addresses: a guest that runs without translation lies where
the hypervisor does, at 0x80200000. QEMU's breakpoints know addresses only. So a breakpoint on a
function of the hypervisor is given the condition that the hart is not in a guest, and one on a
function of the guest's file the opposite.
"""
import os

import gdb

from . import target

HOST_CONDITION = "!$_in_guest()"
GUEST_CONDITION = "$_in_guest()"

_file = None  # of the last guest-symbols


def file():
    return _file


class InGuest(gdb.Function):
    """$_in_guest(): 1 if the selected thread's hart is in a guest (V=1), else 0."""

    def __init__(self):
        super().__init__("_in_guest")

    def invoke(self):
        return int(target.in_guest())


def files_of(breakpoint):
    """The ELF files whose functions the breakpoint is on; empty for bare addresses."""
    try:
        _, places = gdb.decode_line(breakpoint.location)
    except (gdb.error, TypeError):
        return set()
    return {place.symtab.objfile.filename for place in places or () if place.symtab is not None}


def add_condition(breakpoint):
    if breakpoint.type not in (gdb.BP_BREAKPOINT, gdb.BP_HARDWARE_BREAKPOINT):
        return
    if breakpoint.condition is not None or (breakpoint.location or "*").startswith("*"):
        return
    files = files_of(breakpoint)
    if files == {target.program()}:
        breakpoint.condition = HOST_CONDITION
    elif files == {_file}:
        breakpoint.condition = GUEST_CONDITION


class GuestSymbolsCommand(gdb.Command):
    """guest-symbols FILE [OFFSET]: loads the symbols of a guest's ELF file, at the addresses that it
    is linked for plus OFFSET. Breakpoints on its functions then stop in guests only."""

    def __init__(self):
        super().__init__("guest-symbols", gdb.COMMAND_FILES, gdb.COMPLETE_FILENAME)

    def invoke(self, argument, from_tty):
        global _file
        words = gdb.string_to_argv(argument)
        if len(words) not in (1, 2):
            raise gdb.GdbError(f"guest-symbols: got: {argument}; expected: FILE [OFFSET]")
        path = os.path.abspath(os.path.expanduser(words[0]))
        if not os.path.isfile(path):
            raise gdb.GdbError(f"guest-symbols: {words[0]}: no such file; expected an ELF file")
        offset = f" -o {words[1]}" if len(words) == 2 else ""
        gdb.execute(f"add-symbol-file {path}{offset}", to_string=True)
        _file = path
        print(f"symbols of the guest: {words[0]}")


InGuest()
GuestSymbolsCommand()
gdb.events.breakpoint_created.connect(add_condition)
