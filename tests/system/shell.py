"""The hypervisor's console on the terminal of a machine, and guests that are small."""
import re
import time

import building
import vms
from console import EOL, STEP

ESCAPE = "\x1d"
PROMPT = r"hv> "
SMALL = "<0x0 0x2000000>"


def guest(name, harts, **more):
    image = building.build(A=f"tests/guests/{name}", HV="n").bin
    return vms.vm(harts, **{"kernel": image, "memory": SMALL, **more})


OTHERS = re.compile(r"\[[\w-]{1,40}\] [^\n]*\n")  # lines of VMs without the keyboard


class Shell:
    """The hypervisor's console on a machine's terminal."""

    def __init__(self, console):
        self.console = console

    def open(self):
        self.console.send(ESCAPE)
        self.console.expect(r"Stillhart's console: help lists commands, [^\n]*" + EOL)
        self.console.expect(PROMPT)

    def close(self):
        self.console.send(ESCAPE)

    def enter(self, typed, line=None):
        """Types a line that becomes `line`; what it prints comes after this. So does what guests print meanwhile: the
        command may run before the console shows its line."""
        self.console.send(typed + "\r")
        self.console.expect(rf"hv> {re.escape(line or typed)}{EOL}")
        child = self.console.child
        child.buffer = "".join(OTHERS.findall(child.before)) + child.buffer

    def run(self, typed, line=None, timeout=STEP):
        """The lines that a command prints, without those of guests and the log."""
        self.enter(typed, line)
        self.console.expect(PROMPT, timeout=timeout)
        printed = self.console.child.before.replace("\r", "").replace("\x1b[K", "")
        return [row for row in printed.split("\n") if row and not row.startswith("[")]

    def wait_for(self, look):
        """What look() says as soon as it is something: a hart does what was asked of it in its own time."""
        end = time.monotonic() + STEP
        while not (found := look()):
            assert time.monotonic() < end, f"it did not come in {STEP} s; the end:\n{self.console.tail()}"
        return found

    def wait_for_state(self, name, state):
        self.wait_for(lambda: any(f" {name} " in row and f" {state} " in row for row in self.run("vm list")))

    def wait_until_ended(self, name):
        """Each vCPU of a VM that is to end leaves its hart by itself."""
        self.wait_for_state(name, "ended")

    def wait_until_said(self, words, times=1):
        """So often since the machine's start: it may have been while a command ran."""
        self.wait_for(lambda: self.run("vm list") and self.console.text().count(words) >= times)

    def places(self, name):
        """What each vCPU of a VM is in."""
        return [row.split()[-1] for row in self.run("vcpu") if row.startswith(f"{name}.")]

    def pause(self, name):
        """Until each vCPU has heard of it."""
        assert self.run(f"vm pause {name}") == []
        self.wait_for(lambda: set(self.places(name)) == {"paused"})

    def input_hart(self):
        """The hart that takes what is typed: without one of no VM, which one depends on the boot hart."""
        row, = [row for row in self.run("harts") if row.endswith(", takes the input")]
        return int(row.split()[0])

    def next_beat(self, label=""):
        return int(self.console.expect(rf"{label}beat (\d+){EOL}")[1])

    def check_heart(self, label, beats=20):
        first = self.next_beat(label)
        for number in range(first + 1, first + beats):
            assert self.next_beat(label) == number
