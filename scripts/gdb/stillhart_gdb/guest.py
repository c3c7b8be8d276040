"""guest-symbols, of an ELF file or of a Linux Image, and breakpoints that tell host and guest apart.

Host and guest may use the same virtual addresses: a guest that runs without translation lies where
the hypervisor does, at 0x80200000. QEMU's breakpoints know addresses only. So a breakpoint on a
function of the hypervisor is given the condition that the hart is not in a guest, and one on a
function of the guest's file the opposite.
"""
import os
import subprocess
import tempfile

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


def path_of(name):
    """As a VM description has it: a path, or cache:PATH below Stillhart's cache folder."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    if name.startswith("cache:"):
        return os.path.join(cache, "stillhart", name.removeprefix("cache:"))
    return os.path.abspath(os.path.expanduser(name))


def is_linux_image(path):
    with open(path, "rb") as file:
        return file.read(60)[56:] == b"RSC\x05"  # tools/kallsyms


def symbols_of_image(path):
    """An ELF file with the symbols of a Linux Image. gdb reads it once."""
    tool = os.path.join(os.path.dirname(__file__), "../../../tools/kallsyms")
    with tempfile.NamedTemporaryFile(prefix="stillhart-", suffix=".elf", delete=False) as file:
        done = subprocess.run([tool, path, file.name], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        os.unlink(file.name)
        raise gdb.GdbError(f"guest-symbols: {done.stderr.strip()}")
    return file.name


class GuestSymbolsCommand(gdb.Command):
    """guest-symbols FILE [OFFSET]: loads the symbols of a guest's ELF file, or those that a Linux
    Image has in it, at the addresses that it is linked for plus OFFSET. cache:PATH is a file below
    Stillhart's cache folder, as in a VM description. Breakpoints on functions of an ELF file then
    stop in guests only; Linux has addresses of its own."""

    def __init__(self):
        super().__init__("guest-symbols", gdb.COMMAND_FILES, gdb.COMPLETE_FILENAME)

    def invoke(self, argument, from_tty):
        global _file
        words = gdb.string_to_argv(argument)
        if len(words) not in (1, 2):
            raise gdb.GdbError(f"guest-symbols: got: {argument}; expected: FILE [OFFSET]")
        path = path_of(words[0])
        if not os.path.isfile(path):
            raise gdb.GdbError(f"guest-symbols: {words[0]}: no such file; expected an ELF file or a Linux Image")
        offset = f" -o {words[1]}" if len(words) == 2 else ""
        image = is_linux_image(path)
        _file = symbols_of_image(path) if image else path
        gdb.execute(f"add-symbol-file {_file}{offset}", to_string=True)
        if image:
            os.unlink(_file)
        print(f"symbols of the guest: {words[0]}")


InGuest()
GuestSymbolsCommand()
gdb.events.breakpoint_created.connect(add_condition)
