"""The hypervisor's console: Ctrl-] while guests run."""
import re

import pytest

import building
import vms
from console import EOL
from linux import Linux

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

    def next_beat(self, label=""):
        return int(self.console.expect(rf"{label}beat (\d+){EOL}")[1])

    def check_heart(self, label, beats=20):
        first = self.next_beat(label)
        for number in range(first + 1, first + beats):
            assert self.next_beat(label) == number


@pytest.fixture(name="boot_shell")
def fixture_boot_shell(boot):
    """boot_shell(name, SMP=…, **guests): these guests, and the console of their hypervisor."""
    def boot_shell(name, /, SMP=2, **nodes):
        return Shell(boot(VMS=vms.describe(f"console-{name}", **nodes), SMP=SMP))
    return boot_shell


def heart_and_echo(**more):
    return {"heart": guest("heartbeat", "0"), "echo": guest("echo", "1"), **more}


def test_commands(boot_shell):
    shell = boot_shell("commands", SMP=3, **heart_and_echo())
    shell.next_beat()
    shell.open()
    assert shell.run("vm list") == [
        "  NR NAME             STATE      VCPUS  MEMORY",
        "*  0 heart            running        1   32 MiB",
        "   1 echo             running        1   32 MiB"]
    table = shell.run("vcpu")
    assert table[0] == "VCPU               HART  HSM STATE              EXITS  IN"
    assert re.fullmatch(r"heart\.0 +0  started +\d+  (guest|host)", table[1]), table
    assert re.fullmatch(r"echo\.0 +1  started +\d+  (guest|host)", table[2]), table
    assert len(table) == 3
    assert shell.run("harts") == [
        "HART  STATE    RUNS",
        "   0  online   heart.0",
        "   1  online   echo.0",
        "   2  online   no vCPU, takes the input"]  # so it costs no guest anything
    table = shell.run("mem")
    assert re.fullmatch(r"machine +4096 MiB, \d+ MiB free", table[0]), table
    assert re.fullmatch(r"VM heart +32 MiB at gpa 0x80000000, hpa 0x\w+, Sv39x4, VMID 1", table[2])
    assert re.fullmatch(r"VM echo +32 MiB at gpa 0x80000000, hpa 0x\w+, Sv39x4, VMID 2", table[3])
    assert shell.run("log") == ["log: warn"]
    assert shell.run("log error") == []
    assert shell.run("log") == ["log: error"]
    assert shell.run("") == []
    shell.check_heart(r"\[heart\] ")


def test_help_names_each_command(boot_shell):
    shell = boot_shell("help", **heart_and_echo())
    shell.next_beat()
    shell.open()
    names = [row.split()[0] for row in shell.run("help")]
    assert {"help", "vm", "vcpu", "harts", "mem", "log", "escape", "exit"} <= set(names)
    for name in names:
        if name != "NUMBER":
            assert shell.run(f"help {name}")[0].startswith(name)
    assert "  reset NAME       starts it again from its images, without asking the guest" in \
        shell.run("help vm")


WRONG = {
    "foo": r"foo: unknown command; expected one of: help vm [a-z ]*exit",
    "foo bar": r"foo: unknown command; expected one of: help vm [a-z ]*exit",
    "7": r"7: unknown command; expected one of: help vm [a-z ]*exit",
    "help foo": r"help: COMMAND = foo: expected one of: help vm [a-z ]*exit",
    "vm": r"vm: VERB is missing: expected one of: list start stop pause resume reset focus",
    "vm kill echo": r"vm: VERB = kill: expected one of: list start stop pause resume reset focus",
    "vm stop": r"vm stop: NAME is missing: expected one of: heart echo",
    "vm stop foo": r"vm stop: NAME = foo: expected one of: heart echo",
    "vm stop 2": r"vm stop: NAME = 2: expected one of: heart echo",
    "vm stop echo now": r"vm stop: now: expected nothing behind echo",
    "vm list echo": r"vm list: echo: expected nothing behind list",
    "vm start echo": r"vm start: VM echo is running: expected one that has ended",
    "vm resume echo": r"vm resume: VM echo is running: expected one that is paused",
    "vcpu 0": r"vcpu: 0: expected nothing behind vcpu",
    "log loud": r"log: LEVEL = loud: expected one of: off error warn info debug trace",
    "log warn info": r"log: info: expected nothing behind warn",
    "exit now": r"exit: now: expected nothing behind exit",
}


def test_wrong_commands(boot_shell):
    shell = boot_shell("wrong", **heart_and_echo())
    shell.next_beat()
    shell.open()
    for line, message in WRONG.items():
        printed = shell.run(line)
        assert len(printed) == 1 and re.fullmatch(message, printed[0]), (line, printed)
    shell.check_heart(r"\[heart\] ")


def test_line_editing(boot_shell):
    shell = boot_shell("editing", **heart_and_echo())
    shell.next_beat()
    shell.open()
    left = "\x1b[D"  # and Ctrl-A twice is once: QEMU has it as its own escape
    assert shell.run(f"lo{left}{left}\x0b\x17log\x01\x01\x05", "log") == ["log: warn"]
    assert shell.run("xlog\x01\x01\x1b[3~", "log") == ["log: warn"]
    assert shell.run("log nonsense\x17\x7f", "log") == ["log: warn"]
    assert shell.run("\x1b[A", "log") == ["log: warn"]  # the last one again
    shell.console.send("log nonsense\x03")
    shell.console.expect(r"hv> log nonsense\^C" + EOL)
    assert shell.run("lo\t err\t", "log  error ") == []
    assert shell.run("log") == ["log: error"]
    assert shell.run("vm l\t", "vm list ")[1].split()[2] == "heart"
    shell.console.send("vm st\t")
    shell.console.expect(r"start stop" + EOL)
    shell.console.expect(r"hv> vm st")
    shell.console.send("a\te\t")
    shell.console.expect(r"hv> vm start echo ")


def test_output_leaves_the_input_alone(boot_shell):
    """Each line of a guest comes above the line that is typed, which is drawn again behind it."""
    shell = boot_shell("typing", **heart_and_echo())
    shell.next_beat()
    shell.open()
    for typed in range(1, 8):
        shell.console.send("vm list"[typed - 1])
        for _ in range(2):
            shell.console.expect(r"\r\x1b\[K\[heart\] beat \d+" + EOL + "hv> "
                                 + "vm list"[:typed] + r"(?=\r\x1b\[K)")
    assert len(shell.run("", "vm list")) == 3


def test_pause_and_resume(boot_shell):
    shell = boot_shell("pause", one=guest("heartbeat", "0"), two=guest("heartbeat", "1"))
    shell.next_beat()
    shell.open()
    assert shell.run("vm pause one") == []
    assert "*  0 one              paused         1   32 MiB" in shell.run("vm list")
    assert re.search(r"one\.0 .*  paused$", shell.run("vcpu")[1])
    assert shell.run("vm pause one") == ["vm pause: VM one is paused: expected one that runs"]
    last = int(re.findall(r"\[one\] beat (\d+)", shell.console.text())[-1])
    shell.check_heart(r"\[two\] ", 40)
    beats = [int(beat) for beat in re.findall(r"\[one\] beat (\d+)", shell.console.text())]
    assert beats[-1] == last
    assert shell.run("vm resume one") == []
    shell.check_heart(r"\[one\] ", 40)
    beats = [int(beat) for beat in re.findall(r"\[one\] beat (\d+)", shell.console.text())]
    assert beats == list(range(beats[0], beats[-1] + 1))
    shell.check_heart(r"\[two\] ")


def test_stop_start_reset(boot_shell):
    shell = boot_shell("lives", one=guest("heartbeat", "0"), two=guest("heartbeat", "1"))
    shell.next_beat()
    shell.open()
    shell.run("vm stop two")
    shell.console.expect(r"\[one\] beat")
    assert "   1 two              ended          1   32 MiB  stopped at the console" in \
        shell.run("vm list")
    assert shell.run("vm stop two") == ["vm stop: VM two is ended: expected one that runs or is paused"]
    assert shell.run("vm start two") == []
    shell.console.expect(r"\[two\] beat 1" + EOL)
    assert shell.run("vm reset two") == []
    shell.console.expect(r"\[two\] beat 1" + EOL)
    shell.run("vm pause two")
    assert shell.run("vm reset two") == []  # paused: it starts again, and runs
    shell.console.expect(r"\[two\] beat 1" + EOL)
    shell.check_heart(r"\[one\] ")
    beats = [int(beat) for beat in re.findall(r"\[one\] beat (\d+)", shell.console.text())]
    assert beats == list(range(beats[0], beats[-1] + 1))


def test_machine_ends_when_the_console_closes(boot_shell):
    shell = boot_shell("ends", one=guest("heartbeat", "0"), two=guest("heartbeat", "1"))
    shell.next_beat()
    shell.open()
    shell.run("vm stop two")
    shell.enter("vm stop one")
    shell.console.expect(r"hv: all VMs have ended; when this console closes the machine ends "
                         r"\(vm start starts one again\)" + EOL)
    shell.run("vm start two")
    shell.console.expect(r"hv: the keyboard is VM two's now" + EOL)
    shell.check_heart(r"\[two\] ")
    shell.enter("vm stop two")
    shell.console.expect(r"hv: all VMs have ended" )
    shell.console.expect(PROMPT)
    shell.enter("exit")
    assert shell.console.finish() == 0


def test_failed_guest_ends_the_machine_as_failed(boot_shell):
    shell = boot_shell("failed", echo=guest("echo", "0"))
    shell.console.expect("echo> ")
    shell.open()
    shell.close()
    shell.console.expect("echo> ")  # its prompt is shown again
    shell.console.send("fail\r")
    assert shell.console.finish() == 1


def test_keyboard_goes_where_it_is_told_to(boot_shell):
    shell = boot_shell("focus", a=guest("echo", "0"), b=guest("echo", "1"))
    console = shell.console
    console.expect(r"(?<!\] )echo> ")
    console.send("one\r")
    console.expect_line("got one")
    console.expect("echo> ")
    shell.open()
    assert shell.run("vm focus b") == ["the keyboard is VM b's when this console closes"]
    shell.close()
    console.expect(r"(?<!\] )echo> ")
    console.send("two\r")
    console.expect_line("got two")
    console.expect("echo> ")
    shell.open()
    shell.enter("0")
    console.expect(r"(?<!\] )echo> ")
    console.send("three\r")
    console.expect_line("got three")
    shell.open()
    shell.enter("escape")
    console.expect("echo> ")
    console.send("\r")
    console.expect_line("got ^]")
    console.expect("echo> ")
    console.send("off\r")
    console.expect_line("hv: VM a has ended; the keyboard is VM b's now")
    console.expect(r"(?<!\] )echo> ")
    console.send("four\r")
    console.expect_line("got four")
    console.expect("echo> ")
    console.send("off\r")
    assert console.finish() == 0


def test_console_opens_over_a_guest_that_is_deaf(boot_shell):
    """More is typed than any buffer on the way holds, and the guest reads nothing."""
    shell = boot_shell("deaf", echo=guest("echo", "0"), heart=guest("heartbeat", "1"))
    shell.console.expect(r"echo> ")
    shell.console.send("deaf\r")
    shell.console.expect_line("deaf")
    shell.console.send("x" * 2000)
    shell.open()
    assert shell.run("vm reset echo") == []
    shell.close()
    shell.console.expect(r"(?<!\] )echo> ")
    shell.console.send("alive\r")
    shell.console.expect_line("got alive")


def test_linux(start):
    """README's: the console over a running Linux, which is paused, reset and stopped."""
    shell = Shell(start(["make", "run"]))
    linux = Linux(shell.console, harts=2)
    linux.send_line("i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo n$i; sleep 0.01; done; echo end")
    shell.open()
    table = shell.run("vcpu")
    assert [row.split()[:3] for row in table[1:]] == [["linux.0", "0", "started"],
                                                     ["linux.1", "1", "started"]]
    shell.run("vm pause linux")
    assert [row.split()[-1] for row in shell.run("vcpu")[1:]] == ["paused"] * 2
    shell.run("vm resume linux")
    shell.close()
    shell.console.expect_line("end")
    shell.console.expect("guest# ")
    numbers = re.findall(r"(?:^|K)(?:\[linux\] )?n(\d+)$", shell.console.text(), re.M)
    assert [int(number) for number in numbers] == list(range(1, 301))
    assert linux.run("nproc") == "2"
    linux.check_log()
    shell.open()
    shell.run("vm reset linux")
    shell.close()
    linux.wait_for_boot(harts=2)
    shell.open()
    shell.enter("vm stop linux")
    shell.console.expect("hv: all VMs have ended")
    shell.console.expect(PROMPT)
    shell.run("vm start linux")
    shell.close()
    linux.wait_for_boot(harts=2)
    linux.check_log()
    assert linux.power_off() == 0
