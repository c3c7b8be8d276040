"""What the housekeeper does for others takes at most a stated share of the time of the vCPU on its hart.

It is judged by that vCPU's ledger alone, in real time, with every hart named and the terminal read by us.
"""
import pathlib
import re

import pytest

import vms
from test_given import CONFINED, ENTROPY
from shell import Shell, guest  # noqa: F401  (Shell is what boot_shell returns)

SHARE = 1 / 16     # docs/bounds.md
SLACK = 1.1        # what is around a turn is worked out every 16 turns, and other interrupts are among it
LONGEST = 1000000  # ticks, 100 ms: what a machine with other work may add to a turn; the fault was seconds
TAKEN = ("host.console", "host.interrupt", "wait.lock", "wait.hart")


def ledger(shell, vm):
    """{column: (sum, greatest)} in ticks, and the ticks of the vCPU's life."""
    columns, life = {}, 0
    for row in shell.run(f"ledger {vm}"):
        if match := re.match(r"([a-z.]+) +(\d+) +(\d+) +[\d.]+ +(\d+) +(\d+) +(\d+)", row):
            columns[match[1]] = (int(match[3]), int(match[6]))
        elif match := re.match(r"sum +(\d+)", row):
            life = int(match[1])
    return columns, life


def histogram(shell, vcpu, column):
    """{(lowest, highest): count} of the pieces of a column, in ticks."""
    rows = [re.match(r" *(\d+) \.\. (\d+) +(\d+) #", row) for row in shell.run(f"hist {vcpu} {column}")]
    return {(int(row[1]), int(row[2])): int(row[3]) for row in rows if row}


def longest_since(had, have):
    """The upper end of the longest piece that a histogram has more than an earlier one, whose rows may be narrower."""
    for (low, high), count in sorted(have.items(), reverse=True):
        if count > sum(n for (first, last), n in had.items() if low <= first and last <= high):
            return high
    return 0


@pytest.fixture(name="duet")
def fixture_duet(boot_shell):
    """Two guests, all harts named: the console open, the one whose hart is the housekeeper's, and the other."""
    shell = boot_shell("duet", machine={"QEMU_ARGS": "-name duet,debug-threads=on"},
                       **{name: guest("duet", hart) for name, hart in (("one", "0"), ("two", "1"))})
    shell.console.expect("duet: here")
    shell.open()
    victim = "one" if shell.input_hart() == 0 else "two"
    return shell, victim, "two" if victim == "one" else "one"


def press(shell, vm, key):
    shell.run(f"vm focus {vm}")
    shell.close()
    shell.console.send(key)
    shell.open()


def run_delay(pid):
    """Ticks in which a thread of this process, or of its children, was ready and another one ran."""
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*"):
        total += int((task / "schedstat").read_text().split()[1]) // 100
        total += sum(run_delay(child) for child in (task / "children").read_text().split())
    return total


def own_delay(shell, hart):
    """The same of the thread of one of the machine's harts; QEMU runs with debug-threads=on."""
    name, = [task for task in pathlib.Path(f"/proc/{shell.console.child.pid}/task").glob("*")
             if (task / "comm").read_text().strip() == f"CPU {hart}/TCG"]
    return int((name / "schedstat").read_text().split()[1]) // 100


def check_taken(before, after, delay=0, longest=LONGEST):
    """What was taken in between, of the whole time, and in one piece. The ration counts what the build machine took as
    taken, so a share has no allowance for it; a piece has `delay`, what it took of the hart's thread so far."""
    (was, began), (now, ended) = before, after
    taken = sum(now.get(column, (0, 0))[0] - was.get(column, (0, 0))[0] for column in TAKEN)
    debt = max(now.get(column, (0, 0))[1] for column in TAKEN)  # not paid yet
    assert taken - debt < (ended - began) * SHARE * SLACK, (before, after)
    for column in TAKEN:
        assert now.get(column, (0, 0))[1] < longest + delay, (column, now)


@pytest.mark.parametrize("key", "slbm")
def test_a_vm_that_prints_takes_no_time_of_its_neighbour(duet, key):
    """Whichever VM has the keyboard, and with the console open all the time."""
    shell, victim, aggressor = duet
    press(shell, victim, "p")
    before = ledger(shell, victim)
    press(shell, aggressor, key)
    shell.console.expect(rf"duet: done {key} (\d+)")
    assert int(shell.console.child.match[1]) > 10
    check_taken(before, ledger(shell, victim), own_delay(shell, shell.input_hart()))
    turns, ended, ticks, longest = (int(n) for n in re.findall(r"\d+", shell.run("harts")[-2]))
    assert ended <= turns and 0 < longest <= ticks  # the console's own input is among them
    assert shell.run("harts")[-1] == "lost: 0 bytes of input, 0 lines of the host's"


LARGE = dict(memory="<0x0 0x30000000>", without='"superpages"', manual=True)  # 196608 pages to map: 23 ms
SLICES = 100000  # ticks: the instructions of the other hart that QEMU may put into a turn, until the next timer is due


def test_a_vm_that_comes_and_goes_takes_no_time_of_its_neighbour(boot_shell):
    """It is made, wiped and freed by its own hart, whichever VM has the housekeeper's. In instructions, where hart 0 boots."""
    shell = boot_shell("come-and-go", machine={"QEMU_ARGS": "-icount shift=0,sleep=on"},
                       one=guest("duet", "0", bootargs='"seconds=20"'), two=guest("brief", "1", **LARGE))
    shell.console.expect("duet: here")
    shell.open()
    assert shell.input_hart() == 0
    press(shell, "one", "p")
    before = ledger(shell, "one")
    shell.enter("vm cycle two 3")
    shell.console.expect("vm cycle: 3 rounds of VM two; ")
    shell.console.expect("hv> ")
    after = ledger(shell, "one")
    check_taken(before, after, longest=SLICES)


# docs/bounds.md: 50 us at once and one step; an instruction is a nanosecond here, and 100 of them a tick.
IN_STEPS = {"machine": {"QEMU_ARGS": "-icount shift=0,sleep=on"}, "SMP": 1}
STRETCH = 500 + 300
COMMANDS = """help; help vm; help ledger; harts; mem; vm list; vm foo; vm create x; vcpu; ledger; ledger one; worst; noise; quiet; log
hist one.0 guest; hist one.0 x; hist one.0 host.console; trace on; trace dump; trace off; trace; vm log one; vm log one 3
vm pause one; vm resume one; vm focus one; vm mute one; vm unmute one; fault; ledger x every 1""".replace("\n", ";").split(";")


def longest_stretch(shell):
    return int(re.search(r"longest (\d+)", shell.run("harts")[-2])[1])


def paste(shell, text):
    """As fast as the terminal takes it."""
    for at in range(0, len(text), 1024):
        shell.console.send(text[at:at + 1024])


def test_the_longest_stretch(boot_shell):
    """Each kind of chore beside a vCPU on a host of one hart: exact, to the tick."""
    shell = boot_shell("stretch", **IN_STEPS, one=guest("duet", "0", bootargs='"seconds=1 ms=4"'))
    shell.console.expect("duet: here")
    for key in "slbm":  # its log is full then
        shell.console.send(key)
        shell.console.expect(f"duet: done {key} ")
    shell.console.send("d")
    paste(shell, "x" * 61440)  # to a guest that does not read
    shell.console.expect("duet: done d ")
    shell.open()
    before = ledger(shell, "one")
    found = {"printed and pasted": longest_stretch(shell)}
    for command in COMMANDS:
        shell.run(command.strip())
        found[command.strip()] = longest_stretch(shell)
    shell.console.send("x" * 4096 + "\x15" + "\t")
    shell.console.expect("mem log")
    shell.console.send("ledger one every 1\r")
    for _ in range(2):
        shell.console.expect("sum ")
    paste(shell, "q" + "help\r" * 40)  # typed ahead of what is printed
    shell.console.expect("hv> ")
    shell.console.send("\r\x03")
    shell.wait_for(lambda: shell.run("log"))
    found["typed"] = longest_stretch(shell)
    assert found["typed"] <= STRETCH, found
    check_taken(before, ledger(shell, "one"), longest=STRETCH)


def test_the_longest_stretch_with_refused_dma(boot_shell):
    """Its lines are a chore too, a record in a step."""
    machine, iommu = CONFINED["aia-pci"][:2]
    more = {"pci-devices": '"00:03.0"', "kernel": "build:dma/dma.bin", "memory": "<0x0 0x1000000>", "manual": True}
    shell = boot_shell("stretch-dma", SMP=1, dma=vms.vm("0", **more), machine={
        "MACHINE": machine, "MEM": "512M", "QEMU_ARGS": f"{ENTROPY} {iommu} -icount shift=0,sleep=on"})
    shell.console.expect(r"hv: VM dma: is manual")
    shell.open()
    assert not [row for row in shell.run("vm create dma") if "interrupts" not in row]
    shell.enter("vm start dma")
    shell.console.expect("; its further faults are not shown")
    shell.wait_until_ended("dma")
    assert 500 < longest_stretch(shell) <= STRETCH
