"""The terminal: one that stops reading, Ctrl-] over a guest that does not read, and what guests write to control it."""
import re
import time

import pexpect
import pytest

import building
import vms
from console import EOL
from shell import Shell, guest
from test_ration import SHARE, SLACK, TAKEN, histogram, ledger, longest_since, own_delay, press

LONGEST = 1000000  # ticks, 100 ms, and what the build machine took: the fault was seconds
STOPPED = 8  # seconds: two VMs that reboot write 90 lines of 40 bytes a second, and the host keeps 16 KiB
BEATS_A_SECOND = 20
SAID = re.compile(r"hv: (\d+) lines of the host's were lost here: the terminal took none")


def lost_lines(shell):
    return int(re.fullmatch(r"lost: \d+ bytes of input, (\d+) lines of the host's", shell.run("harts")[-1])[1])


def test_a_terminal_that_stops_reading(boot_shell):
    """The host has more to say than it keeps; the VM on the housekeeper's hart does not notice."""
    rebooting = {name: guest("brief", hart, bootargs='"again=1"', manual=True)
                 for name, hart in (("again", "1"), ("more", "2"))}
    shell = boot_shell("stops", SMP=4, machine={"QEMU_ARGS": "-name stops,debug-threads=on"}, **rebooting,
                       one=guest("duet", "0", bootargs='"seconds=1000"'), two=guest("duet", "3"))
    shell.console.expect(r"\[two\] duet: here")
    shell.open()
    hart = shell.input_hart()
    press(shell, "one", "p")
    shell.run("vm focus two")
    for name in rebooting:
        shell.run(f"vm create {name}")
    shell.run("log info")
    before, delay = ledger(shell, "one"), own_delay(shell, hart)
    had = {column: histogram(shell, "one.0", column) for column in TAKEN}
    for name in rebooting:
        shell.enter(f"vm start {name}")
    shell.close()
    shell.console.send("l")  # fills what lies between
    time.sleep(STOPPED)  # nobody reads
    assert int(shell.console.expect(SAID.pattern + EOL)[1]) > 0
    shell.open()
    shell.enter("log error")
    shell.console.expect("hv> ")
    for name in rebooting:
        shell.wait_for(lambda name=name: shell.run(f"vm stop {name}") == [])  # while it starts it is refused
        shell.wait_until_ended(name)
    after = ledger(shell, "one")
    longest = max(longest_since(had[column], histogram(shell, "one.0", column)) for column in TAKEN)
    taken = sum(after[0].get(column, (0, 0))[0] - before[0].get(column, (0, 0))[0] for column in TAKEN)
    assert longest < LONGEST + own_delay(shell, hart) - delay
    assert taken - longest < (after[1] - before[1]) * SHARE * SLACK
    assert sum(int(count) for count in SAID.findall(shell.console.text())) == lost_lines(shell)


def test_flow_control_is_the_guests(boot_shell):
    """Ctrl-S and Ctrl-Q reach it as any byte does, and stop nothing."""
    shell = boot_shell("flow", echo=guest("echo", "0"), heart=guest("heartbeat", "1"))
    shell.console.expect("echo> ")
    shell.console.send("\x13a")
    shell.check_heart(r"\[heart\] ", 5)
    shell.console.send("\x11\r")
    shell.console.expect_line("got ^Sa^Q")


def read_on(shell):
    """What is there already is in the log."""
    try:
        shell.console.child.expect(pexpect.TIMEOUT, timeout=0)
    except pexpect.EOF:
        raise AssertionError("the machine ended") from None


def beats(shell):
    return [int(beat) for beat in re.findall(r"\[heart\] beat (\d+)", shell.console.text())]


@pytest.mark.parametrize("count", [1000, 60000])
def test_the_escape_is_heard_within_a_second(boot_shell, count):
    """Of the machine's own time, which stands still while the build machine does something else: the deaf guest's hart
    is never idle, so an instruction is four nanoseconds."""
    shell = boot_shell("heard", machine={"QEMU_ARGS": "-icount shift=2,sleep=on"},
                       deaf=guest("flood", "0", bootargs='"ms=1000000"'), heart=guest("heartbeat", "1"))
    shell.console.expect("flood: here")
    shell.console.send("wfi\r")
    for at in range(0, count, 1000):
        shell.console.send("x" * min(1000, count - at))
        read_on(shell)
    before = beats(shell)
    shell.open()
    assert len(beats(shell)) - len(before) <= BEATS_A_SECOND
    assert len(beats(shell)) > 0


# What terminals obey, one in a line: (written, shown by a VM without the keyboard).
CONTROLS = [
    (b"\x1b[1A\x1b[G[hb] FORGED", "^[[1A^[[G[hb] FORGED"),
    (b"over\r[hb] FORGED", "over^M[hb] FORGED"),
    (b"\x1b]0;title\x07", "^[]0;title^G"),
    (b"\x1b]2;open", "^[]2;open"),
    (b"\x1bPdevice", "^[Pdevice"),
    (b"\x1b_program", "^[_program"),
    (b"\x1b^private", "^[^private"),
    (b"\x1bXstart", "^[Xstart"),
    (b"\x1b[31", "^[[31"),
    (b"\x1b(0\x0elqk", "^[(0^Nlqk"),
    (b"\x1bc\x1b[?1049h\x1b[8m", "^[c^[[?1049h^[[8m"),
    (b"\x90\x98\x9b2J\x9d0;t\x9c\x9e\x9f", r"\x90\x98\x9b2J\x9d0;t\x9c\x9e\x9f"),
    (b"\xc2\x9b2J\xc2\x9d0;t\xc2\x9c", r"\x9b2J\x9d0;t\x9c"),
    (b"\xc1\x9b\xe0\x82\x9b\xf0\x80\x82\x9b", r"\xc1\x9b\xe0\x82\x9b\xf0\x80\x82\x9b"),
    (b"\xe2\x80\xaegnp\xe2\x81\xa6", r"\u202egnp\u2066"),
    (b"\x00\x08\x7f\x18\x1a", "^@^H^?^X^Z"),
    ("grüße €".encode(), "grüße €"),
]
OPEN = b"\x1b_never ended"  # no line end after it
CLOSED = "\x18\x1b\\\x0f\x1b(B\x1b[m"  # docs/console.md: strings and sequences, another character set, colours


def test_controls(boot):
    """Shown by the VM without the keyboard, obeyed for the one with it, closed when it goes; byte-exact in the log."""
    data = b"".join(written + b"\n" for written, _ in CONTROLS) + OPEN
    file = building.WORK / "controls.bin"
    building.WORK.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    logs = building.WORK / "controls-logs"
    description = vms.describe("controls", hb=guest("echo", "0"), parrot=guest("parrot", "1", ramdisk=f'"{file}"'))
    shell = Shell(boot(VMS=description, LOGS=logs.relative_to(building.ROOT)))
    shell.console.expect("echo> ")
    for _, shown in CONTROLS:
        shell.console.expect_log(re.escape(f"[parrot] {shown}"))
    shell.open()
    kept = shell.console
    kept.send("vm log parrot\r")
    kept.expect(r"hv> vm log parrot" + EOL)
    for _, shown in CONTROLS:
        kept.expect(rf"(?<!\] ){re.escape(shown)}{EOL}")
    kept.expect(re.escape("^[_never ended") + EOL)
    kept.expect("hv> ")
    shell.run("vm focus parrot")
    shell.close()
    kept.send("k")
    for written, _ in CONTROLS:
        kept.expect(re.escape(written.decode("utf-8", "replace")) + EOL)
    kept.expect(re.escape(OPEN.decode()))
    shell.open()
    assert CLOSED in kept.child.before or CLOSED in kept.text().split(OPEN.decode())[-1]
    shell.run("vm focus hb")
    shell.close()
    kept.expect("echo> ")
    kept.send("off\r")
    shell.open()
    shell.enter("poweroff now")
    kept.finish()
    assert (logs / "parrot.log").read_bytes() == data + data
