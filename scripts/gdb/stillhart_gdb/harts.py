"""The harts of the stopped machine: gdb's threads."""
import gdb

from . import guest, target

MODES = {0: "U", 1: "HS", 3: "M", 4: "VU", 5: "VS"}


class Hart:
    """One hart of the stopped machine."""

    def __init__(self, thread):
        self.thread = thread
        with target.selected(thread):
            privilege = int(gdb.parse_and_eval("$priv"))
            self.id = int(gdb.parse_and_eval("$mhartid"))
            self.pc = target.unsigned("$pc")
        self.mode = MODES.get(privilege, "?")
        self.in_guest = bool(privilege & target.VIRTUALIZED)

    def place(self):
        """Where the pc is, by the symbols of whose code it is."""
        file = guest.file() if self.in_guest else target.program()
        name = target.symbol_at(self.pc, file) if file else None
        return f"{self.pc:#x}" + (f" <{name}>" if name else "")


def all_harts():
    target.require_target()
    threads = sorted(gdb.selected_inferior().threads(), key=lambda thread: thread.num)
    return [Hart(thread) for thread in threads]


def structure(hart_id):
    """The host's struct hart; None before the boot hart has made it. In host_memory()."""
    count = int(target.value("'modules/axhal/hart.c'::count"))
    table = gdb.parse_and_eval("'modules/axhal/hart.c'::harts")
    for i in range(count):
        if int(table[i]["hart"]["id"]) == hart_id:
            return table[i]["hart"]
    return None
