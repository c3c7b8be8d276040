"""Every aggressor beside a victim on the housekeeper's hart, and on the other one: what is taken of its time.

The machine's harts are all named. A cell is judged by the victim's ledger alone, not by wall time: which share of its
life the host took for others, and the longest stretch, both of this cell. A share takes no allowance for what the build
machine ran instead of QEMU: the ration counts that as taken, and so pays for it. A cell that is over is measured again,
twice at most: a fault is there each time.
"""
import json
import re
import time

import pytest

from building import ROOT, WORK
from console import EOL
from shell import guest
from test_ration import SHARE, SLACK, TAKEN, histogram, ledger, longest_since, own_delay, press, run_delay

MS = 60
TRIES = 3
LONGEST = 500000  # ticks, 50 ms: the fault was 200 ms and more. The ration says 50 us, and a step
BESIDE = 1 / 64   # of a hart that is not the housekeeper's
PASTED = 60000    # bytes
STOPPED = 1       # seconds in which nobody reads the terminal: longer than what waits is borne with
LIVES = 3
ROW = re.compile(r'^    \{"([\w-]+)", (0|0x[0-9a-f]+),', re.M)
KINDS = {name: int(address, 16) for name, address in
         ROW.findall((ROOT / "tests/guests/flood/kinds.c").read_text(encoding="utf-8"))}
ENDS = {"reboot", "sbi-legacy-shutdown"}  # of the VM's life, so they come last
PLIC_ONLY = {"plic"}
AIA = ["aplic", "imsic", "imsic-registers", "ipi-storm", "message-storm", "rfence-storm", "hart-churn",
       "suspend-churn"]  # what a VM with interrupt files in software has, and does otherwise
MACHINES = {"plic": "virt", "aia": "virt,aia=aplic-imsic,aia-guests=0"}
IPC0 = {"compatible": '"stillhart,shared-memory"', "size": "<0x0 0x2000>"}


def flood(shell, kind):
    """The guest does it, and says how often."""
    shell.console.send(kind + "\r")
    return int(shell.console.expect(rf"flood: did {kind} (\d+) times" + EOL)[1])


def reboot(shell):
    for _ in range(LIVES):
        shell.console.send("reboot\r")
        shell.console.expect("flood: here")
    return LIVES


def shut_down(shell):
    """It gets the keyboard again each time."""
    for _ in range(LIVES):
        shell.console.send("sbi-legacy-shutdown\r")
        shell.console.expect("VM bad has ended; the keyboard is VM victim's now")
        shell.open()
        shell.run("vm start bad")
        shell.run("vm focus bad")
        shell.close()
    return LIVES


# The user at the console.
def leave_open(shell):
    shell.open()
    shell.enter("ledger every 1")
    shell.console.expect(r"victim\.0 [^\n]*" + EOL)
    shell.console.send("\x03")
    shell.console.expect("hv> ")
    shell.close()
    return 1


def dump_trace(shell):
    shell.open()
    shell.run("trace on")
    shell.enter("trace dump")
    shell.console.expect("@event [^\n]*" + EOL)
    shell.console.send("\x03")
    shell.console.expect("hv> ")
    shell.run("trace off")
    shell.close()
    return 1


def paste(shell):
    """To a VM that does not read: the victim itself."""
    shell.open()
    shell.run("vm focus victim")
    shell.close()
    shell.console.send("x" * PASTED)
    shell.open()
    shell.run("vm focus bad")
    shell.close()
    return PASTED


def stop_reading(shell):
    """The terminal takes nothing while the guest prints as much as it can."""
    shell.console.send("sbi-dbcn-write\r")
    time.sleep(STOPPED)
    return int(shell.console.expect(r"flood: did sbi-dbcn-write (\d+) times" + EOL)[1])


USERS = {"user-ledger": leave_open, "user-trace-dump": dump_trace, "user-paste": paste,
         "user-stops-the-terminal": stop_reading}


def kinds_of(interrupts):
    """{name: act} of all that is done on this machine, those that end a life last."""
    names = AIA if interrupts == "aia" else [name for name in KINDS if name not in AIA or name in PLIC_ONLY or
                                             KINDS[name] == 0 and name != "message-storm"]
    acts = {name: lambda shell, name=name: flood(shell, name) for name in names if name not in ENDS}
    return acts if interrupts == "aia" else {**acts, **USERS, "reboot": reboot, "sbi-legacy-shutdown": shut_down}


def look(shell, hart, last=({}, 0, {})):
    """The victim's ledger, its time so far, its histograms of what is taken, and the threads' delays."""
    columns, life = ledger(shell, "victim")
    pieces = {column: last[2][column] if last[0].get(column) == columns[column] else
              histogram(shell, "victim.0", column) for column in TAKEN if column in columns}
    return columns, life, pieces, (run_delay(shell.console.child.pid), own_delay(shell, hart))


def cell(before, after, count, limit):
    """What was taken of the victim between two looks: the share, the longest stretch, and the threads' delays."""
    (was, began, had, (all_then, own_then)), (now, ended, have, (all_now, own_now)) = before, after
    taken = sum(now.get(column, (0, 0))[0] - was.get(column, (0, 0))[0] for column in TAKEN)
    longest = max((longest_since(had.get(column, {}), have[column]) for column in have), default=0)
    life, own = ended - began, own_now - own_then
    over = taken - longest >= life * limit * SLACK or longest >= LONGEST + own
    return {"count": count, "share": round(taken / life, 5), "longest_ms": longest / 10000,
            "run_delay_s": round((all_now - all_then) / 1e7, 3), "victims_delay_s": round(own / 1e7, 3), "over": over}


def measure(shell, hart, act, limit, before):
    """The last of the tries, which is the first one that is not over; and the look at its end. The console is open."""
    for tries in range(1, TRIES + 1):
        shell.close()
        count = act(shell)
        shell.open()
        after = look(shell, hart, before)
        row = {**cell(before, after, count, limit), "tries": tries}
        before = after
        if not row["over"]:
            break
    return row, after


def start(boot_shell, place, interrupts):
    """The machine, and the victim's hart: whichever hart boots is the housekeeper."""
    on_housekeeper = place == "on-the-housekeepers-hart"
    zeros = WORK / "zeros.fd"
    WORK.mkdir(parents=True, exist_ok=True)
    zeros.write_bytes(bytes(64))
    for victims_hart in (0, 1, 2) if on_housekeeper else (1, 2, 0):
        others = " ".join(str(hart) for hart in range(3) if hart != victims_hart)
        shared = {"shared": '"ipc0"', "interrupts": f'"{interrupts}"'}
        vms = {"ipc0": IPC0,
               "bad": guest("flood", others, bootargs=f'"ms={MS}"', flash=f'"{zeros}", "{zeros}"',
                            **{"with": '"watchdog"'}, **shared),
               "victim": guest("duet", str(victims_hart), bootargs='"seconds=1000"', **shared)}
        shell = boot_shell(f"matrix-{interrupts}-{victims_hart}", SMP=3, **vms,
                           machine={"MACHINE": MACHINES[interrupts], "QEMU_ARGS": "-name matrix,debug-threads=on"})
        shell.console.expect("flood: here")
        shell.open()
        if (shell.input_hart() == victims_hart) == on_housekeeper:
            return shell, victims_hart
        shell.console.stop()
    raise AssertionError(f"the housekeeper's hart was never {place}")


def used_columns(shell):
    return {column for vcpu in ("bad.0", "bad.1") for column in ledger(shell, vcpu)[0]}


@pytest.mark.parametrize("place", ["on-the-housekeepers-hart", "on-the-other-hart"])
@pytest.mark.parametrize("interrupts", MACHINES)
def test_matrix(boot_shell, place, interrupts):
    """The keyboard is the aggressor's."""
    shell, victims_hart = start(boot_shell, place, interrupts)
    press(shell, "victim", "p")
    shell.run("vm focus bad")
    before = look(shell, victims_hart)
    cells, columns = {}, set()
    limit = SHARE if place == "on-the-housekeepers-hart" else BESIDE
    for name, act in kinds_of(interrupts).items():
        if name in ENDS and not columns:
            columns = used_columns(shell)
        cells[name], before = measure(shell, victims_hart, act, limit, before)
    path = WORK / f"matrix-{place}-{interrupts}.json"
    path.write_text(json.dumps(cells, indent=1), encoding="utf-8")
    assert [name for name, row in cells.items() if row["count"] == 0] == []
    over = {name: row for name, row in cells.items() if row["over"]}
    assert over == {}, f"all cells: {path}"
    if interrupts == "plic":
        assert exit_columns() - {"mmio.aplic"} <= columns


def exit_columns():
    """What a ledger calls the kinds of SBI calls and of device accesses."""
    text = (ROOT / "modules/axtrace/include/axtrace/column.h").read_text(encoding="utf-8")
    return set(re.findall(r'X\(\w+, "((?:sbi|mmio)\.[\w.]+)"\)', text))


def test_every_extension_has_a_row():
    text = (ROOT / "modules/lib/include/lib/sbi.h").read_text(encoding="utf-8")
    extensions = re.findall(r"X\([A-Z_]+, ([a-z_]+), 0x", text)
    assert len(extensions) > 20
    missing = [name for name in extensions
               if not any(f"{kind}-".startswith(f"sbi-{name.replace('_', '-')}-") for kind in KINDS)]
    assert missing == []


def test_every_place_of_the_machine_has_a_row():
    """Of the table that users read, and of the one in the code."""
    table = (ROOT / "docs/vms.md").read_text(encoding="utf-8").split("### The machine\n")[1].split("\n### ")[0]
    layout = (ROOT / "modules/axvmconfig/include/axvmconfig/layout.h").read_text(encoding="utf-8")
    told = {int(address, 16) for address in re.findall(r"^\| (0x[0-9a-f]+) \|", table, re.M)}
    coded = {int(address, 16)
             for address in re.findall(r"^#define GUEST_\w+ UINT64_C\((0x[0-9a-f]{8})\)", layout, re.M)}
    models = {int(address, 16) for address in re.findall(r"X\([A-Z]+, [a-z]+, (0x[0-9a-f]{8}),", layout)}
    sizes = {int(size, 16) for size in re.findall(r"^#define GUEST_\w+_(?:SIZE|SPACE) UINT64_C\((\w+)\)", layout, re.M)}
    sizes.add(0x11100000)  # the registers of the shared memories' bridge, and
    sizes.add(0x12000000)  # the memories: the doorbell's row is for all of them
    assert len(told) > 15 and len(models) > 2
    assert {hex(address) for address in (told | coded | models) - sizes - set(KINDS.values())} == set()
