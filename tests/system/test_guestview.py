"""What a guest sees of the hypervisor: SBI PMU, STA and FWFT, and the seed in its tree."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import pytest

import building
import vms
from building import ROOT, WORK
from console import EOL
from linux import Linux
from machine import CROSS, run
from shell import Shell

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"))
INITRD = CACHE / "stillhart/guests/linux/initrd.cpio.gz"

HARDWARE, RAW = 0, 4  # types of perf_event_open(2)
CYCLES, INSTRUCTIONS = 0, 1
IPI_SENT = 6
FIRMWARE, PLATFORM = 2 << 62, 3 << 62  # how Linux writes SBI's firmware and platform events
EXITS, STOLEN, COLUMN = 0, 1, 0x100


def columns():
    """The ledger's columns by name: the data of their events, as docs/sbi.md has them."""
    text = (ROOT / "modules/axtrace/include/axtrace/column.h").read_text(encoding="utf-8")
    names = re.findall(r'^    X\(\w+, "([a-z.]+)"\)', text, re.M)
    return {name: COLUMN + number for number, name in enumerate(names)}


def test_docs_have_the_columns():
    """docs/sbi.md numbers the columns as the code does: its numbers are what guests pass."""
    docs = (ROOT / "docs/sbi.md").read_text(encoding="utf-8")
    found = dict(re.findall(r"(?<=\| )(\d+) ([a-z.]+)(?= \|)", docs))
    assert {int(number): name for number, name in found.items()} == {
        data - COLUMN: name for name, data in columns().items()}
    example = re.search(r"-e rC0+(\w+) ls", docs)[1]
    assert int(example, 16) == columns()["mmio.rtc"]


def perfcount():
    """The counting program, for riscv64 Linux."""
    folder = WORK / "perfcount"
    (folder / "root/bin").mkdir(parents=True, exist_ok=True)
    source = ROOT / "tests/guests/perfcount"
    run(CROSS + "gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-march=rv64gc", "-mabi=lp64d",
        "-nostdlib", "-ffreestanding", "-static", "-Wl,-z,max-page-size=4096",
        "-o", folder / "root/bin/perfcount", source / "start.S", source / "main.c")
    return folder


@pytest.fixture(name="ramdisk", scope="module")
def fixture_ramdisk():
    """The Linux guest's ramdisk with perfcount after it: the kernel unpacks one after the other."""
    folder = perfcount()
    archive = folder / "perfcount.cpio.gz"
    run(sys.executable, ROOT / "scripts/setup/mkcpio.py", folder / "root", archive)
    with open(folder / "initrd.cpio.gz", "wb") as out:
        for part in (INITRD, archive):
            with open(part, "rb") as data:
                shutil.copyfileobj(data, out)
    return folder / "initrd.cpio.gz"


@pytest.fixture(name="linux")
def fixture_linux(boot, ramdisk):
    description = vms.describe("perf", linux=vms.linux("0 1", ramdisk=f'"{ramdisk}"'))
    return Linux(boot(VMS=description), 2)


def count(linux, command, *events):
    """Runs the command in the guest; what each event (type, config) counted meanwhile."""
    words = " ".join(f"{kind} {config:#x}" for kind, config in events)
    output = linux.run(f"perfcount {words} -- {command}")
    found = re.findall(r"^perfcount (\d+) (0x[0-9a-f]+) = (\d+)$", output, re.M)
    counts = {(int(kind), int(config, 16)): int(value) for kind, config, value in found}
    assert set(counts) == set(events), output
    return [counts[event] for event in events]


READS = 50
READ_CLOCK = ("/bin/sh -c 'i=0; while [ $i -lt %d ]; do read t </sys/class/rtc/rtc0/since_epoch;"
              " i=$((i+1)); done'" % READS)


def test_linux_counts_exits(linux):
    """As perf stat does: the RTC's time is two registers, and reading one is an exit."""
    by = columns()
    exits, stolen, clock, uart, sent, cycles, instructions = count(
        linux, READ_CLOCK, (RAW, PLATFORM | EXITS), (RAW, PLATFORM | STOLEN),
        (RAW, PLATFORM | by["mmio.rtc"]), (RAW, PLATFORM | by["mmio.uart"]),
        (RAW, FIRMWARE | IPI_SENT), (HARDWARE, CYCLES), (HARDWARE, INSTRUCTIONS))
    assert clock == 2 * READS
    assert exits >= clock
    assert stolen > 0
    assert uart == 0
    assert sent < exits
    assert cycles > 1000 * READS and instructions > 1000 * READS
    linux.check_log()
    assert linux.power_off() == 0


ROUNDS = 10
CPU1 = "/sys/devices/system/cpu/cpu1/online"


def check_counts(linux, cpu):
    """Counts on one CPU: what can be known exactly is exact, the others are what they can be."""
    clock, instructions, cycles = count(
        linux, f"/bin/busybox taskset {1 << cpu:x} {READ_CLOCK}", (RAW, PLATFORM | columns()["mmio.rtc"]),
        (HARDWARE, INSTRUCTIONS), (HARDWARE, CYCLES))
    assert clock == 2 * READS
    assert 1000 * READS < instructions < 2 ** 40
    assert 1000 * READS < cycles < 2 ** 40


def test_counts_after_hotplug(linux):
    """The events of a CPU that went and came are counted as before, and no counter is lost."""
    check_counts(linux, 1)
    for _ in range(ROUNDS):
        linux.run(f"echo 0 >{CPU1} && echo 1 >{CPU1}")
        check_counts(linux, 1)
    linux.run("echo processors >/sys/power/pm_test && echo mem >/sys/power/state")
    check_counts(linux, 0)
    check_counts(linux, 1)
    assert not re.search("Stopping counter|WARNING|Oops|Call Trace", linux.run("dmesg"))
    assert linux.power_off() == 0


def test_linux_finds_the_pmu(linux):
    log = linux.run("dmesg | grep -i pmu")
    assert "SBI PMU extension is available" in log
    assert "16 firmware and 18 hardware counters" in log
    assert "snapshot" not in log
    assert linux.run("nproc") == "2"
    linux.run("for i in 1 2 3; do echo 0 >/sys/devices/system/cpu/cpu1/online &&"
              " echo 1 >/sys/devices/system/cpu/cpu1/online; done")
    assert count(linux, "/bin/true", (HARDWARE, INSTRUCTIONS))[0] > 1000
    linux.check_log()
    assert linux.power_off() == 0


def bare(name, harts="0", **more):
    image = building.build(A=f"tests/guests/{name}", HV="n").bin
    return vms.vm(harts, kernel=image, memory="<0x0 0x10000000>", **more)


OWN = {"guest", "idle", "stopped"}
PAUSE_NS = 4000000000  # more than the build machine may make of another exit
AFTER = {"sbi.fwft", "sbi.dbcn.write", "sbi.srst"}  # after the last update


def check_steal(console):
    """The number that the guest prints at its end, and the columns of the ledger's report."""
    seen = console.expect(r"steal (\d+) after (\d+) updates, error 0" + EOL)
    assert console.finish() == 0
    rows = re.findall(r"^(?:hv> \x1b\[K)?@column 0\.0 ([a-z.]+) count=(\d+) sum=(\d+)", console.text(), re.M)
    sums = {name: int(ticks) for name, _, ticks in rows}
    assert [number for name, number, _ in rows if name in AFTER] == ["1", "1", "1"]
    stolen = sum(ticks for name, ticks in sums.items() if name not in OWN | AFTER)
    assert int(seen[1]) == 100 * stolen
    return sums


@pytest.mark.parametrize("parameters", [{}, {"ICOUNT": 7}], ids=["real", "icount"])
def test_steal_time_is_the_ledgers(boot, parameters):
    """To the tick."""
    description = vms.describe("steal", steal=bare("steal", report=True))
    assert "descheduled" not in check_steal(boot(VMS=description, SMP=1, **parameters))


def test_a_pause_is_stolen(boot):
    description = vms.describe("steal-pause", steal=bare("steal", report=True,
                                                         bootargs=f'"wait={PAUSE_NS}"'))
    console = boot(VMS=description, SMP=1)
    console.expect("waits" + EOL)
    shell = Shell(console)
    shell.open()
    shell.pause("steal")
    time.sleep(PAUSE_NS / 1e9)
    console.send("vm resume steal\r\x1d")
    assert check_steal(console)["descheduled"] * 100 >= PAUSE_NS


STARTS = 3


def seeds(boot, name, **more):
    """What a VM gets at its first starts."""
    console = boot(VMS=vms.describe(name, seed=bare("seed", **more)), SMP=1)
    found = [console.expect(r"seed ([0-9a-f]{128})" + EOL)[1] for _ in range(STARTS)]
    console.stop()
    return found


def test_every_start_has_a_seed_of_its_own(boot):
    found = seeds(boot, "seeds") + seeds(boot, "seeds")
    assert len(set(found)) == 2 * STARTS


def test_a_seed_can_be_pinned(boot):
    first = seeds(boot, "seed-42", seed="<42>")
    assert len(set(first)) == STARTS
    assert seeds(boot, "seed-42", seed="<42>") == first
    assert not set(seeds(boot, "seed-43", seed="<43>")) & set(first)
