"""The shell of the Linux guest (guests/README.md)."""
import re

from console import BREAK, EOL, STEP, amid

BOOT = 180  # seconds, to the prompt
PROMPT = amid("guest# ")
OTHERS = re.compile(r"^\[[a-z][\w.-]*\] .*\n", re.M)  # lines of other VMs, labelled with their names
ESCAPES = re.compile(r"\x1b\[[0-9;]*[a-zA-Z]")


class Linux:
    """A guest that boots on `console`; `harts` is how many it must greet with."""

    def __init__(self, console, harts, timeout=BOOT):
        self.console = console
        self.wait_for_boot(harts, timeout)

    def wait_for_boot(self, harts, timeout=BOOT):
        greeting = self.console.expect(
            amid("Stillhart guest: Linux 6.") + ".*?" + amid(", ") + BREAK + r"(\d+)" + amid(" harts"), timeout=timeout)
        assert int(greeting[1]) == harts
        self.console.expect(PROMPT)

    def send_line(self, text):
        self.console.send(text + "\n")

    def try_run(self, command, timeout=STEP):
        """Runs a shell command. Returns its exit status and its output."""
        # The echo of what is typed has neither of the marks: the shell computes them.
        self.send_line(f'echo "@$((41+1))@";{command};echo "@=$?@"')
        self.console.expect(amid("@42@") + EOL)
        end = self.console.expect(amid("@=") + BREAK + r"(\d+)" + BREAK + "@" + EOL, timeout=timeout)
        output = OTHERS.sub("", ESCAPES.sub("", self.console.child.before).replace("\r", ""))
        self.console.expect(PROMPT)
        return int(end[1]), output.rstrip("\n")

    def run(self, command, timeout=STEP):
        """The output of a command that succeeds."""
        status, output = self.try_run(command, timeout)
        assert status == 0, f"{command}: exit status {status}:\n{output}"
        return output

    def check_log(self):
        """The kernel's log has no sign of trouble."""
        # Without -w: also "rcu: INFO: rcu_sched detected stalls", "soft lockup" and alike.
        signs = "BUG|WARNING|Oops|Call Trace|stall|lockup|hung task|not responding|failed to come"
        _, found = self.try_run(f"dmesg | grep -iE '{signs}'")
        assert found == ""

    def power_off(self):
        """Returns the exit status of QEMU."""
        self.send_line("poweroff")
        return self.console.finish()
