"""A gdb session as a user has it: `make … debug` on a terminal. Every step has a time limit."""
import glob
import os
import re
import subprocess

import pexpect

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MAKE = ["make", "-s", "ARCH=riscv64", "A=apps/hv", "HV=y", "SMP=2", "LOG=debug", "MODE=debug",
        "VMS=configs/jitter2.dts",
        "QEMU_ARGS=-accel tcg,thread=single"]  # in turn: a stop is one hart's
# A fresh terminal's: nothing of a make that started the tests, of tmux or of another gdb.
FOREIGN = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "TMUX", "GDB", "GDB_ARGS"}
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in FOREIGN}
ENVIRONMENT |= {"TERM": "dumb", "LC_ALL": "C.UTF-8"}
BUILD = os.environ.get("BUILD", "build")
BUILD_S, STEP_S = 300, 30
PROMPT = r"\(gdb\) "  # the machine may print after it


def build():
    subprocess.run([*MAKE, "build"], cwd=ROOT, env=ENVIRONMENT, check=True, timeout=BUILD_S)


def processes_with(word):
    """The process ids whose command line has the word."""
    found = []
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as file:
                if word.encode() in file.read():
                    found.append(int(path.split("/")[2]))
        except OSError:  # it has ended
            pass
    return found


class Session:
    def __init__(self):
        self.child = pexpect.spawn(MAKE[0], MAKE[1:] + ["debug"], cwd=ROOT, env=ENVIRONMENT,
                                   timeout=STEP_S, encoding="utf-8", codec_errors="replace",
                                   dimensions=(50, 200))
        self.child.expect(r"scripts/gdb/console (\S+)/console")
        self.folder = self.child.match[1]
        self.child.expect(PROMPT)
        self.greeting = self.child.before

    def run(self, command):
        """What gdb and the machine print until the next prompt."""
        self.child.sendline(command)
        self.child.expect(PROMPT)
        return self.child.before.replace("\r", "")

    def interrupt(self):
        self.child.sendintr()
        self.child.expect(PROMPT)

    def stop_at(self, function):
        """Runs to a function; the text of the stop."""
        self.run(f"tbreak {function}")
        stop = self.run("continue")
        assert re.search(rf"hit Temporary breakpoint .*{function} \(", stop), stop
        return stop

    def number(self, expression):
        found = re.search(r"\$\d+ = (-?\d+)", self.run(f"print/d {expression}"))
        assert found, expression
        return int(found[1])

    def quit(self):
        """Ends the session; make's exit status."""
        self.child.sendline("quit")
        self.child.expect(pexpect.EOF)
        return self.child.wait()

    def hart(self):
        """The one that the machine has stopped on: which hart boots is the firmware's lottery."""
        return self.number("$mhartid")
