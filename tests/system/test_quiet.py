"""The contract to take no exits: who begins it, what violates it, and that a quiet guest keeps it.

How many exits there were is the hypervisor's own count, and exact; how long it took is not looked at.
"""
import re
import sys

import building
import vms
from console import EOL
from test_console import Shell, guest

sys.path.insert(0, str(building.ROOT / "tools" / "trace"))
import dump  # noqa: E402
import trace_check  # noqa: E402

BEATS = 200
READY = r"quiet: ready"
EXIT = r"exit \d+, pc 0x\w+, scause 0x\w+"


def quiet_guest(harts="0", beats=BEATS, **more):
    return guest("quiet", harts, bootargs=f'"beats={beats}"', **more)


def boot_quiet(boot, name, /, SMP=2, machine=None, **nodes):
    console = boot(VMS=vms.describe(f"quiet-{name}", **nodes), SMP=SMP, **(machine or {}))
    console.expect(READY)
    return Shell(console)


def run(shell, key):
    """Types a key for the guest. How many exits it was told of."""
    shell.console.send(key)
    said = shell.console.expect(rf"quiet: {BEATS} beats, (\d+) exits{EOL}")
    shell.console.expect(READY)
    return int(said[1])


def show(shell, name="rt", verb="show"):
    """The first line of a VM's contract, and {column: exits} of its violations."""
    first, *rows = shell.run(f"quiet {verb} {name}")
    found = [re.fullmatch(rf"{name}\.(\d+) ([a-z.]+): (\d+) exits?, \d+ ticks, longest \d+; first at "
                          rf"\d+\.\d{{7}} s, {EXIT}(, .*)?", row) for row in rows]
    assert all(found), rows
    return first, {row[2]: int(row[3]) for row in found}


def exits_of(shell, vcpu):
    row, = [row for row in shell.run("vcpu") if row.startswith(f"{vcpu} ")]
    return int(row.split()[3])


def test_a_guest_begins_and_ends_it(boot):
    shell = boot_quiet(boot, "guest", rt=quiet_guest(quiet=True))
    assert run(shell, "g") == 0
    shell.open()
    first, violations = show(shell)
    assert re.fullmatch(r"rt: quiet, begun by the guest, has ended: 0 exits in 0\.\d s", first)
    assert violations == {}
    assert any(row == first for row in shell.run("ledger rt"))


def test_violations_are_counted_and_named(boot):
    shell = boot_quiet(boot, "spoilt", rt=quiet_guest(quiet=True, report=True))
    assert run(shell, "s") == 4
    assert run(shell, "g") == 0  # the next one begins anew
    assert run(shell, "s") == 4
    shell.open()
    first, violations = show(shell)
    assert re.fullmatch(r"rt: quiet, begun by the guest, has ended: 4 exits in 0\.\d s", first)
    assert violations == {"mmio.rtc": 2, "sbi.hsm.status": 1, "sbi.quiet": 1}
    shell.run("vm stop rt")
    shell.console.expect(r"rt: quiet, begun by the guest, has ended: 4 exits in 0\.\d s" + EOL)
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
    shell = boot_quiet(boot, "console", rt=quiet_guest(beats=60000))
    shell.console.send("b")
    shell.open()
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
    shell.run("vm pause rt")
    shell.run("vm resume rt")
    assert shell.run("quiet end rt")[0].startswith("rt: quiet, begun by the console, has ended: ")
    assert set(show(shell)[1]) == {"host.interrupt"}


def test_reset_ends_it(boot):
    shell = boot_quiet(boot, "reset", rt=quiet_guest(quiet=True))
    shell.console.send("r")
    shell.console.expect(r"rt: quiet, begun by the guest, has ended: 0 exits in 0\.\d s" + EOL)
    shell.console.expect(READY)
    shell.open()
    assert shell.run("quiet show rt") == ["rt: quiet has not begun"]
    shell.close()
    assert run(shell, "g") == 0


def test_description_begins_it(boot):
    shell = boot_quiet(boot, "after", rt=quiet_guest(beats=60000, quiet="<3600>"),
                       soon=quiet_guest("1", quiet="<1>"), SMP=3)
    shell.open()
    assert re.fullmatch(r"rt: quiet begins in 3[56]\d\d\.\d s", shell.run("quiet show rt")[0])
    for _ in range(100):
        first = shell.run("quiet show soon")[0]
        if not first.startswith("soon: quiet begins in"):
            break
    # It polls its console meanwhile: what it was told to keep it does not.
    match = re.fullmatch(r"soon: quiet, begun by its description: (\d+) exits? in \d+\.\d s", first)
    assert match
    for _ in range(100):
        violations = show(shell, "soon")[1]
        if violations:
            break
    assert set(violations) == {"sbi.legacy"}
    assert shell.run("quiet begin rt") == []  # earlier
    shell.console.send("vm focus rt\r")
    shell.console.expect("the keyboard is VM rt's when this console closes")
    assert shell.run("vm stop soon") == []
