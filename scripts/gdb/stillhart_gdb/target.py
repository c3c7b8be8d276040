"""What all commands need of the target: host memory, and the program's own symbols."""
import contextlib
import re

import gdb

VIRTUALIZED = 4  # QEMU's register priv: bit 2 is V, bits 1:0 the privilege


def require_target():
    if gdb.selected_thread() is None:
        raise gdb.GdbError("no machine: expected a connection (target remote), and the machine stopped")


def _physical_mode(on):
    gdb.execute(f"maintenance packet Qqemu.PhyMemMode:{int(on)}", to_string=True)
    gdb.execute("maintenance flush dcache", to_string=True)  # gdb's copy is of the other memory


@contextlib.contextmanager
def host_memory():
    """Within it memory is the host's physical memory, whatever mode the selected hart is in.

    A hart in a guest would show the guest's. The host maps its memory one to one, so its pointers
    are physical addresses. Values must be fetched within it: value() and text() do.
    """
    require_target()
    _physical_mode(True)
    try:
        yield
    finally:
        _physical_mode(False)


@contextlib.contextmanager
def selected(thread):
    """Within it `thread` is the selected one."""
    before = gdb.selected_thread()
    try:
        frame = gdb.selected_frame()
    except gdb.error:
        frame = None
    thread.switch()
    try:
        yield
    finally:
        before.switch()
        if frame is not None and frame.is_valid():
            frame.select()


def in_guest():
    """The selected thread's hart has V=1."""
    return bool(int(gdb.parse_and_eval("$priv")) & VIRTUALIZED)


def has_symbol(name):
    return gdb.lookup_global_symbol(name) is not None


def value(expression):
    v = gdb.parse_and_eval(expression)
    v.fetch_lazy()
    return v


def text(pointer):
    """The C string at `pointer`; None for NULL."""
    return pointer.string() if int(pointer) != 0 else None


def read_u64(address):
    memory = gdb.selected_inferior().read_memory(address, 8)
    return int.from_bytes(memory.tobytes(), "little")


def number(argument, what):
    try:
        return int(gdb.parse_and_eval(argument))
    except gdb.error as error:
        raise gdb.GdbError(f"{what} {argument}: {str(error).rstrip('.')}; expected a number") from None


def unsigned(expression):
    """A register's 64 bits: gdb takes those that QEMU describes without a type for signed."""
    return int(gdb.parse_and_eval(expression)) & (1 << 64) - 1


def program():
    """The path of the hypervisor's ELF file."""
    return gdb.current_progspace().filename


def symbol_at(address, file):
    """`function + offset` of an address by the symbols of one ELF file; None if it has none there."""
    for line in gdb.execute(f"info symbol {address:#x}", to_string=True).splitlines():
        found = re.fullmatch(r"(\S+)( \+ \d+)? in section \S+( of (.*))?", line)
        if found and found[4] in (None, file):
            return found[1] + (found[2] or "")
    return None
