"""The descriptions of several kinds of guests in configs/: each VM works, and the real-time one feels nothing.

test_linux.py has configs/linux.dts. These here run in virtual time, where what the build machine
does is not seen. QEMU then runs the harts in turn, each until a timer of the machine is due; a device
whose timer is always due soon keeps the turns short, beside the real-time guest's period of 1 ms.
"""
import re

import pytest

from building import make
from console import EOL, amid
from linux import Linux
from test_console import Shell

TURN_US = 500
VIRTUAL = {"ICOUNT": 3, "QEMU_ARGS": "-netdev hubport,id=hub,hubid=0 "
                                     f"-object filter-buffer,id=turns,netdev=hub,interval={TURN_US}"}
TICKS_US = 10
BOOT = 600  # seconds: harts in turn
LINE = (r"\[rt\] rt: (\d+) periods, missed (\d+), late min/p50/p99/max (\d+)/(\d+)/(\d+)/(\d+) ticks" + EOL)
LOAD = "hackbench -g 2 -l 50 >/dev/null && ls -lR /sys >/dev/null && echo done"
OWN = {"guest", "sbi.dbcn.write"}  # it prints, and sleeps without an exit


def check_periods(console):
    """The next report of the real-time guest: no period was missed. Returns their number."""
    count, missed, least, half, most, worst = map(int, console.expect(LINE, timeout=BOOT).groups())
    assert missed == 0
    assert least <= half <= most <= worst < TURN_US * TICKS_US
    return count


def pieces_of_others(shell):
    """What is in the real-time guest's ledger and not its own doing: {column: how often}."""
    rows = (re.match(r" *([a-z][a-z.-]*) +(\d+) +\d", row) for row in shell.run("ledger rt"))
    counts = {row[1]: int(row[2]) for row in rows if row}
    assert OWN <= set(counts)
    return {column: count for column, count in counts.items() if column not in OWN}


def to_u_boot(shell, number):
    """Gives U-Boot the keyboard, as the console's help has it: the VM's number, and Enter."""
    shell.open()
    shell.enter(str(number))
    shell.console.expect(r"(?<!\] )" + amid("=> "), timeout=BOOT)
    shell.console.send("version\n")
    shell.console.expect(r"(?<!\] )" + amid("U-Boot 20"), timeout=BOOT)
    shell.console.expect(amid("=> "))


def test_linux_beside_a_real_time_guest(boot):
    console = boot(VMS="configs/linux-rt.dts", **VIRTUAL)
    shell, linux = Shell(console), Linux(console, harts=2, timeout=BOOT)
    before = check_periods(console)
    shell.open()
    of_its_start = pieces_of_others(shell)
    shell.close()
    assert linux.run("nproc") == "2"
    assert linux.run(LOAD, timeout=BOOT) == "done"
    linux.send_line("reboot")
    linux.wait_for_boot(harts=2, timeout=BOOT)
    linux.check_log()
    assert check_periods(console) > before
    shell.open()
    assert pieces_of_others(shell) == of_its_start


def test_three(boot):
    console = boot(VMS="configs/three.dts", **VIRTUAL)
    shell, linux = Shell(console), Linux(console, harts=2, timeout=BOOT)
    assert linux.run("nproc") == "2"
    shell.open()
    of_its_start = pieces_of_others(shell)
    shell.close()
    to_u_boot(shell, 1)
    shell.open()
    shell.enter("0")
    assert linux.run("seq 3 | tail -n 1") == "3"
    before = check_periods(console)
    linux.send_line("reboot")
    linux.wait_for_boot(harts=2, timeout=BOOT)
    shell.open()
    shell.run("vm reset u-boot")
    shell.close()
    console.expect(r"\[u-boot\] U-Boot 20\d\d\.\d\d", timeout=BOOT)
    to_u_boot(shell, 1)
    shell.open()
    shell.enter("0")
    linux.check_log()
    assert check_periods(console) > before
    shell.open()
    assert pieces_of_others(shell) == of_its_start


@pytest.mark.parametrize("name, harts", [("u-boot", 2), ("linux", 2), ("linux-rt", 3), ("three", 4)])
def test_machine_has_the_harts_that_are_named(name, harts):
    """At least 2, and others if SMP says so."""
    for parameters, expected in (({}, harts), ({"SMP": 7}, 7)):
        line = make("-n", "justrun", VMS=f"configs/{name}.dts", **parameters)
        assert f" -smp {expected} " in line


def test_machine_of_an_app_without_vms():
    assert " -smp 2 " in make("-n", "justrun", A="apps/smp", HV="n")
