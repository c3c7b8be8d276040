"""The hypervisor's console on the terminal of a machine, and guests that are small."""
import re

import building
import vms
from console import EOL

ESCAPE = "\x1d"
PROMPT = r"hv> "
SMALL = "<0x0 0x2000000>"


def guest(name, harts, **more):
    image = building.build(A=f"tests/guests/{name}", HV="n").bin
    return vms.vm(harts, **{"kernel": image, "memory": SMALL, **more})


class Shell:
    """The hypervisor's console on a machine's terminal."""

    def __init__(self, console):
        self.console = console

    def open(self):
        self.console.send(ESCAPE)
        self.console.expect(r"Stillhart's console, while the guests run: [^\n]*" + EOL)
        self.console.expect(PROMPT)

    def close(self):
        self.console.send(ESCAPE)

    def enter(self, typed, line=None):
        """Types a line that becomes `line`; what it prints comes behind this."""
        self.console.send(typed + "\r")
        self.console.expect(rf"hv> {re.escape(line or typed)}{EOL}")

    def run(self, typed, line=None):
        """The lines that a command prints, without those of guests and the log."""
        self.enter(typed, line)
        self.console.expect(PROMPT)
        printed = self.console.child.before.replace("\r", "").replace("\x1b[K", "")
        return [row for row in printed.split("\n") if row and not row.startswith("[")]

    def wait_until_ended(self, name):
        """Each vCPU of a VM that was told to end leaves its hart by itself: that takes a moment."""
        for _ in range(100):
            if any(f" {name} " in row and " ended " in row for row in self.run("vm list")):
                return
        raise AssertionError(f"VM {name} does not end")

    def next_beat(self, label=""):
        return int(self.console.expect(rf"{label}beat (\d+){EOL}")[1])

    def check_heart(self, label, beats=20):
        first = self.next_beat(label)
        for number in range(first + 1, first + beats):
            assert self.next_beat(label) == number
