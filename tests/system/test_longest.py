"""No exit of a guest is longer than 5,000 instructions, whatever it asks for."""
import re

import pytest

import building
import vms
from console import EOL

LIMIT = 5000  # instructions
TICKS_AN_INSTRUCTION = 1.28  # -icount shift=7 and a time CSR of 10 MHz
# The guest's own time; and what is no exit: the hart's start and end, and the console's turn, which has a bound
# of its own (docs/bounds.md).
OTHERS = {"guest", "idle", "stopped", "host.console"}
STOPPED_LIMIT = 6000  # a hart's start, a step of it; its end, when the firmware takes two counters back
COLUMN = re.compile(r"^@column 0\.0 ([a-z.]+) count=\d+ sum=\d+ min=\d+ max=(\d+)$", re.M)
WORST = r"^@worst 0\.0 {0} (.*)$"
CALLS = {"sbi.base", "sbi.time", "sbi.ipi", "sbi.rfence.i", "sbi.rfence.vma", "sbi.rfence.asid",
         "sbi.rfence.other", "sbi.hsm.start", "sbi.hsm.status", "sbi.hsm.suspend", "sbi.susp",
         "sbi.dbcn.write", "sbi.dbcn.read", "sbi.dbcn.byte", "sbi.pmu", "sbi.sta", "sbi.fwft",
         "sbi.legacy", "sbi.other", "sbi.quiet", "mmio.uart", "mmio.rtc", "mmio.test", "injected"}


@pytest.mark.parametrize("machine, interrupts, more", [
    ("virt", "plic", {"mmio.plic"}),
    ("virt,aia=aplic-imsic", "aia", {"mmio.aplic"}),
], ids=["plic", "aia"])
def test_no_exit_is_longer(boot, machine, interrupts, more):
    image = building.build(A="tests/guests/longest", HV="n").bin
    description = vms.describe(f"longest-{interrupts}", longest=vms.vm(
        "0", kernel=image, report=True, interrupts=f'"{interrupts}"'))
    console = boot(VMS=description, SMP=1, ICOUNT=7, MACHINE=machine)
    console.expect(r"longest: done" + EOL, timeout=300)
    assert console.finish() == 0
    rows = {name: int(ticks) / TICKS_AN_INSTRUCTION for name, ticks in COLUMN.findall(console.text())}
    assert CALLS | more <= set(rows)
    long = {name: (round(taken), re.search(WORST.format(name), console.text(), re.M)[1])
            for name, taken in rows.items() if name not in OTHERS and taken > LIMIT}
    assert long == {}
    assert rows["stopped"] < STOPPED_LIMIT
