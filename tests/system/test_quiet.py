"""The contract to take no exits: how it begins, what violates it, and that a quiet guest keeps it.

How many exits there were is the hypervisor's own count, and exact; how long it took is not looked at.
"""
import re
import sys

import pytest

import building
import test_aggressors
import vms
from console import EOL
from linux import PROMPT, Linux
from shell import SMALL, Shell, guest

sys.path.insert(0, str(building.ROOT / "tools" / "trace"))
import dump  # noqa: E402
import trace_check  # noqa: E402

BEATS = 200
READY = r"quiet: ready"
LOOKS = 8
LONG = 600000  # beats of a guest that is ended before
SECONDS = 10  # of quiet, in which Linux has ten thousand timers
EXIT = r"exit \d+, pc 0x\w+, scause 0x\w+"


def quiet_guest(harts="0", beats=BEATS, **more):
    return guest("quiet", harts, bootargs=f'"beats={beats}"', **more)


def boot_quiet(boot, name, /, SMP=2, machine=None, **nodes):
    console = boot(VMS=vms.describe(f"quiet-{name}", **nodes), SMP=SMP, **(machine or {}))
    console.expect(READY + EOL)
    return Shell(console)


def run(shell, key):
    """Types a key for the guest. Returns how many exits it reports."""
    shell.console.send(key)
    said = shell.console.expect(rf"quiet: {BEATS} beats, (\d+) exits{EOL}")
    shell.console.expect(READY + EOL)
    return int(said[1])


def begin_to_beat(shell):
    """Opens the hypervisor's console; from then on the guest of key b makes no exit."""
    shell.console.send("b")
    shell.console.expect(r"quiet: obeys" + EOL)
    shell.open()
    shell.wait_for(lambda: shell.places("rt")[0] in ("guest", "host.console"))  # or its own hart prints that


def show(shell, name="rt", verb="show"):
    """The first line of a VM's contract, and {column: exits} of its violations."""
    first, *rows = shell.run(f"quiet {verb} {name}")
    found = [re.fullmatch(rf"{name}\.(\d+) ([a-z.]+): (\d+) exits?, \d+ ticks, longest \d+; first at "
                          rf"\d+\.\d{{7}} s, {EXIT}(, .*)?", row) for row in rows]
    assert all(found), rows
    return first, {row[2]: int(row[3]) for row in found}


def exits_of(shell, vcpu):
    """All of its exits so far, which are counted apart from those of a contract."""
    row, = [row for row in shell.run("vcpu") if row.startswith(f"{vcpu} ")]
    return int(row.split()[3])


def wait_for_no_exits(shell, vcpu):
    """What it had begun to do at its console is done: for some looks it has made none."""
    counts = [exits_of(shell, vcpu)]
    while len(counts) < LOOKS or counts[-LOOKS] != counts[-1]:
        counts.append(exits_of(shell, vcpu))


def test_a_guest_begins_and_ends_it(boot):
    shell = boot_quiet(boot, "guest", rt=quiet_guest(quiet=True))
    assert run(shell, "g") == 0
    shell.open()
    first, violations = show(shell)
    assert re.fullmatch(r"rt: quiet, begun by the guest, has ended: 0 exits in \d+\.\d s", first)
    assert violations == {}
    for _ in range(20):  # it waits for a key, with an exit for each look
        assert first in shell.run("ledger rt")


def test_violations_are_counted_and_named(boot):
    shell = boot_quiet(boot, "spoilt", rt=quiet_guest(quiet=True, report=True))
    assert run(shell, "s") == 4
    assert run(shell, "g") == 0  # the next one begins anew
    assert run(shell, "s") == 4
    shell.open()
    first, violations = show(shell)
    assert re.fullmatch(r"rt: quiet, begun by the guest, has ended: 4 exits in \d+\.\d s", first)
    assert violations == {"mmio.rtc": 2, "sbi.hsm.status": 1, "sbi.quiet": 1}
    shell.enter("vm stop rt")
    shell.console.expect(r"rt: quiet, begun by the guest, has ended: 4 exits in \d+\.\d s" + EOL)
    shell.console.expect(rf"rt\.0 mmio\.rtc: 2 exits, [^\n]*{EXIT}, gpa 0x101000 htinst 0x\w+{EOL}")
    shell.console.expect(rf"rt\.0 sbi\.hsm\.status: 1 exit, [^\n]*, a7 0x48534d a6 0x2 a0 0x0{EOL}")
    shell.console.expect("@trace end")
    shell.close()
    shell.console.finish()
    found, = dump.parse(shell.console.text().replace("hv> ", ""))
    assert trace_check.check(found) == []
    quiet = found.vcpus[0, 0].quiet
    assert (quiet.on, quiet.exits) == (0, 4)
    assert {name: v.count for name, v in quiet.violations.items()} == violations


def test_console_begins_and_ends_it(boot):
    """On another hart than the guest's, which so notices nothing; the guest's own count agrees."""
    shell = boot_quiet(boot, "console", rt=quiet_guest(beats=LONG))
    begin_to_beat(shell)
    assert shell.run("quiet begin rt") == []
    before = exits_of(shell, "rt.0")
    assert shell.run("quiet begin rt") == ["quiet begin: VM rt is quiet already: expected one that is not"]
    first, violations = show(shell)
    assert re.fullmatch(r"rt: quiet, begun by the console: 0 exits in \d+\.\d s", first)
    assert exits_of(shell, "rt.0") == before
    first, violations = show(shell, verb="end")
    assert re.fullmatch(r"rt: quiet, begun by the console, has ended: 0 exits in \d+\.\d s", first)
    assert violations == {}
    assert exits_of(shell, "rt.0") == before
    assert shell.run("quiet begin rt") == []
    shell.pause("rt")
    assert shell.run("vm resume rt") == []
    assert shell.run("quiet end rt")[0].startswith("rt: quiet, begun by the console, has ended: ")
    assert set(show(shell)[1]) == {"host.interrupt"}


def test_reset_ends_it(boot):
    shell = boot_quiet(boot, "reset", rt=quiet_guest(quiet=True))
    shell.console.send("r")
    shell.console.expect(r"rt: quiet, begun by the guest, has ended: 0 exits in \d+\.\d s" + EOL)
    shell.console.expect(READY + EOL)
    shell.open()
    assert shell.run("quiet show rt") == [
        "rt: quiet has not begun",
        "  quiet begin rt begins it; so may its kernel by SBI, or its description: quiet = <SECONDS>"]
    shell.close()
    assert run(shell, "g") == 0


def test_description_begins_it(boot):
    shell = boot_quiet(boot, "after", rt=quiet_guest(beats=LONG, quiet="<3600>"),
                       soon=quiet_guest("1", quiet="<1>"), SMP=3)
    shell.open()
    assert re.fullmatch(r"rt: quiet begins in 3[56]\d\d\.\d s, or later: 3600 s after the first system call of "
                        "its userspace", shell.run("quiet show rt")[0])
    begun = r"soon: quiet, begun by its description: \d+ exits? in \d+\.\d s"
    shell.wait_for(lambda: re.fullmatch(begun, shell.run("quiet show soon")[0]))
    # It polls its console meanwhile: so it breaks the contract.
    assert set(shell.wait_for(lambda: show(shell, "soon")[1])) == {"sbi.legacy"}
    assert shell.run("quiet begin rt") == []  # earlier
    shell.console.send("vm focus rt\r")
    shell.console.expect("the keyboard is VM rt's when this console closes")
    shell.enter("vm stop soon")
    shell.console.expect(r"soon: quiet, begun by its description, has ended: \d+ exits in ")


def test_housekeeper_is_a_hart_of_no_vm(boot):
    shell = boot_quiet(boot, "free", SMP=3, rt=quiet_guest(quiet=True), heart=guest("heartbeat", "1"))
    shell.open()
    assert shell.input_hart() == 2


def test_housekeeper_is_the_hart_of_a_vm_that_is_not_quiet(boot):
    """Whichever hart booted."""
    nodes = {"rt": quiet_guest(quiet=True), "heart": guest("heartbeat", "1")}
    shell = boot_quiet(boot, "neighbour", **nodes)
    assert run(shell, "g") == 0
    shell.open()
    assert shell.input_hart() == 1
    assert "takes the console's input" not in shell.console.text()


def test_housekeeper_of_quiet_vms_alone(boot):
    """There is no other hart: it is said, and what is typed is what violates the contract."""
    shell = boot_quiet(boot, "alone", SMP=1, rt=quiet_guest(beats=LONG, quiet=True))
    assert re.search(r"VM rt: quiet, but its hart 0 takes the console's input: each key is an exit; "
                     r"expected a hart of no VM, or of one that is not quiet", shell.console.text())
    begin_to_beat(shell)
    assert shell.run("quiet begin rt") == [
        "quiet begin: hart 0 of VM rt takes the console's input: each key is an exit"]
    shell.run("vm list")
    first, violations = show(shell, verb="end")
    assert set(violations) == {"host.interrupt"}
    assert violations["host.interrupt"] > 0


COMMANDS = ["vm list", "vcpu", "ledger", "ledger rt", "hist rt guest", "worst", "trace on", "trace dump",
            "trace trigger wfi 1", "trace", "noise 1", "fault", "harts", "mem", "log info", "log warn",
            "vm focus rt", "help", "quiet show rt"]


def test_commands_are_the_housekeepers(boot):
    shell = boot_quiet(boot, "commands", rt=quiet_guest(beats=LONG, quiet=True, report=True))
    begin_to_beat(shell)
    assert shell.run("quiet begin rt") == []
    before = exits_of(shell, "rt.0")
    for command in COMMANDS:
        shell.run(command)
    assert show(shell, verb="end")[1] == {}
    assert exits_of(shell, "rt.0") == before


def boot_beside(boot, name, machine, beats, spare):
    """A quiet guest on hart 0, an aggressor on others, which has begun, and `spare` harts of no VM."""
    harts = "1" if name in test_aggressors.ONE_HART else "1 2"
    image = building.build(A=f"apps/aggressors/{name}", HV="n").bin
    nodes = {"rt": quiet_guest(beats=beats, quiet=True),
             name: vms.vm(harts, kernel=image, memory=SMALL)}
    description = vms.describe(f"quiet-{name}-{spare}", **nodes)
    shell = Shell(boot(VMS=description, SMP=1 + len(harts.split()) + spare, MACHINE=machine))
    shell.console.expect_log(rf"\[{name}\] {name}: begins")
    shell.console.expect_log(READY)
    return shell


@pytest.mark.parametrize("name, machine", [*((name, "virt") for name in test_aggressors.ROUNDS),
                                           ("ipi-storm", test_aggressors.AIA),
                                           ("rfence-flood", test_aggressors.AIA)])
def test_beside_an_aggressor(boot, name, machine):
    """The neighbour does its worst, has the console on its hart, is recorded, reset, ended, destroyed,
    created, started, paused: on the quiet hart nothing of it is to be seen."""
    shell = boot_beside(boot, name, machine, LONG, 0)
    begin_to_beat(shell)
    assert shell.run("quiet begin rt") == []
    before = exits_of(shell, "rt.0")
    for command in ("trace on", f"vm reset {name}"):
        assert shell.run(command) == []
    shell.wait_until_said(f"[{name}] {name}: begins", 2)
    shell.run("ledger")
    shell.run(f"worst {name}")
    assert shell.run("trace off") == []
    assert shell.run(f"vm stop {name}") == []
    shell.wait_until_ended(name)
    for verb in ("destroy", "create", "start"):  # a host with IMSICs says which files it gives
        said = shell.run(f"vm {verb} {name}")
        assert all(line.startswith(f"hv: VM {name}: interrupts aia: ") for line in said), said
    shell.wait_until_said(f"[{name}] {name}: begins", 3)
    assert shell.run(f"vm pause {name}") == []
    assert shell.run(f"vm resume {name}") == []
    first, violations = show(shell, verb="end")
    assert violations == {}
    assert re.fullmatch(r"rt: quiet, begun by the console, has ended: 0 exits in \d+\.\d s", first)
    assert exits_of(shell, "rt.0") == before
    assert "FAIL" not in shell.console.text()


@pytest.mark.parametrize("name", test_aggressors.ROUNDS)
def test_timers_beside_an_aggressor(boot, name):
    """The guest's own contract: all its timers come, and nothing else."""
    assert run(boot_beside(boot, name, "virt", BEATS, 1), "g") == 0


@pytest.mark.parametrize("harts", [1, 2])
def test_description_begins_it_when_userspace_is_up(boot, harts):
    """Its first system call is an exit of the vCPU that makes it, then no vCPU has one for that."""
    linux_vm = vms.linux(" ".join(map(str, range(harts))), quiet="<3600>")
    console = boot(VMS=vms.describe(f"up-linux{harts}", linux=linux_vm), SMP=harts + 1)
    linux, shell = Linux(console, harts), Shell(console)
    shell.open()
    assert re.fullmatch(r"linux: quiet begins in 3[56]\d\d\.\d s", shell.run("quiet show linux")[0])
    injected = [row.split()[1] for n in range(harts) for row in shell.run(f"ledger linux.{n}")
                if row.startswith("injected ")]
    assert injected == ["1"]
    shell.close()
    linux.check_log()
    assert linux.power_off() == 0


@pytest.mark.parametrize("machine, harts", [("virt", 1), (test_aggressors.AIA, 1),
                                            (test_aggressors.AIA + ",aia-guests=3", 1),
                                            (test_aggressors.AIA + ",aia-guests=3", 2)])
def test_linux_under_cyclictest(boot, machine, harts):
    """A thread on each vCPU that sleeps for a millisecond, again and again; the vCPUs own their harts.
    Two of them send each other IPIs, which need the harts' guest interrupt files to be no exits."""
    vcpus = [f"linux.{n}" for n in range(harts)]
    linux_vm = vms.linux(" ".join(map(str, range(harts))), quiet=True)
    console = boot(VMS=vms.describe(f"quiet-linux{harts}", linux=linux_vm), SMP=harts + 1,
                   MACHINE=machine)
    linux, shell = Linux(console, harts), Shell(console)
    linux.send_line("cyclictest -q -m -S -p 99 -i 1000 -D 3600 >/dev/null 2>&1")
    console.expect("cyclictest [^\n]*" + EOL)
    shell.open()
    for vcpu in vcpus:
        wait_for_no_exits(shell, vcpu)
    assert shell.run("quiet begin linux") == []
    before = [exits_of(shell, vcpu) for vcpu in vcpus]
    while float(show(shell, "linux")[0].split()[-2]) < SECONDS:
        pass
    first, violations = show(shell, "linux", "end")
    assert violations == {}
    assert re.fullmatch(r"linux: quiet, begun by the console, has ended: 0 exits in \d+\.\d s", first)
    assert [exits_of(shell, vcpu) for vcpu in vcpus] == before
    shell.close()
    console.send("\x03")
    console.expect(PROMPT)
    linux.check_log()
    assert linux.power_off() == 0
