"""A program on a terminal: QEMU, or the make that runs it. Each step has a time limit."""
import os
import re
import signal

import pexpect

from building import ROOT, clean_environment

STEP = 60  # seconds; generous, since the build machine may be shared
EOL = r"\r*\n"  # the guest's own carriage return, and the terminal's
BREAK = r"(?:\r*\n(?:\[[^\]\n]*\] [^\n]*\n)+)?"  # the kernel's lines, and those of other VMs, end one that is begun
TAIL = 25  # lines shown of a console that said something else than expected


def amid(text):
    """The pattern of a text that others' lines may break into."""
    return BREAK.join(map(re.escape, text))


class Console:
    """Starts `command`; all that it prints goes to the file `log` too."""

    def __init__(self, command, log):
        self.log = log
        self.file = open(log, "w", encoding="utf-8")
        self.child = pexpect.spawn(command[0], list(command[1:]), cwd=ROOT, encoding="utf-8",
                                   codec_errors="replace", env=clean_environment(),
                                   dimensions=(50, 200))
        self.child.logfile_read = self.file

    def expect(self, *patterns, timeout=STEP):
        """Waits for one of the regular expressions; returns its match."""
        try:
            self.child.expect(list(patterns), timeout=timeout)
        except (pexpect.TIMEOUT, pexpect.EOF) as error:
            why = "in time" if isinstance(error, pexpect.TIMEOUT) else "before the program ended"
            raise AssertionError(f"the console did not say {' or '.join(patterns).replace(BREAK, '')} {why} "
                                 f"({timeout} s); its end:\n{self.tail()}") from None
        return self.child.match

    def expect_line(self, text, timeout=STEP):
        """Waits for a line that is exactly `text`."""
        return self.expect(rf"(?<![^\n]){re.escape(text)}{EOL}", timeout=timeout)

    def expect_log(self, pattern, timeout=STEP):
        """Waits for a whole line that matches `pattern`, unless it was printed already."""
        if not re.search(rf"^{pattern}$", self.text(), re.M):
            self.expect(rf"(?<![^\n]){pattern}{EOL}", timeout=timeout)

    def send(self, text):
        self.child.send(text)

    def finish(self, timeout=STEP):
        """Waits for the program's end. Returns its exit status."""
        try:
            self.child.expect(pexpect.EOF, timeout=timeout)
        except pexpect.TIMEOUT:
            raise AssertionError(f"the program still runs after {timeout} s; its console's end:\n"
                                 f"{self.tail()}") from None
        self.child.wait()
        return self.child.exitstatus

    def text(self):
        """All that was printed and read so far."""
        self.file.flush()
        return self.log.read_bytes().decode("utf-8").replace("\r", "")

    def tail(self):
        return "\n".join(self.text().splitlines()[-TAIL:])

    def stop(self):
        """Ends the program and all that it started, whatever state they are in."""
        if self.child.isalive():
            os.killpg(self.child.pid, signal.SIGKILL)  # it leads a session of its own
            self.child.wait()
        self.child.close()
        self.file.close()
