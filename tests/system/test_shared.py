"""Memory shared between VMs, and its doorbell: docs/shared-memory.md."""
import re

import pytest

import building
import vms
from console import EOL
from linux import Linux
from test_bad_guests import check_heart, failures, guest, next_beat, verdicts

IPC0 = {"compatible": '"stillhart,shared-memory"', "size": "<0x0 0x100000>"}
SHARED, READ_ONLY = {"shared": '"ipc0"'}, {"shared-read-only": '"ipc0"'}
REGISTERS, WORDS = 0x11100000, 0x12001000
CONTROL, RING, STATE = REGISTERS + 8, REGISTERS + 0xC, REGISTERS + 0x10
CASES = 80


def doubler(hart):
    return vms.vm(hart, kernel=building.build(A="apps/doubler", HV="n").bin, **SHARED)


def sharer(hart, words):
    return guest("sharer", hart, bootargs=f'"{words}"', **SHARED)


def finished(console, start, rounds):
    console.expect(rf"sharer: start {start}: {rounds} rounds, \d+ ns each" + EOL)


@pytest.mark.parametrize("parameters", [{}, {"CPU": "rv64,h=true,sstc=off"}, {"MODE": "debug"}],
                         ids=["plic", "no-sstc", "debug"])
def test_doorbells_both_ways(boot, parameters):
    """Each round waits for the other's doorbell; over a reset the memory stays and the state does
    not, and the peer gets an event."""
    console = boot(VMS=vms.describe("shared-pair", ipc0=IPC0, sharer=sharer("0", "rounds=200 starts=3"),
                                    doubler=doubler("1")), **parameters)
    for start in (1, 2, 3):
        finished(console, start, 200)
    ended, told = "VM sharer has ended", "doubler: peer 0 has state 0"
    console.expect(f"{ended}.*{told}|{told}.*{ended}")  # in whatever order the two harts say it
    states = re.findall(r"doubler: peer 0 has state (\d)", console.text())
    assert "".join(states).endswith("0") and "00" not in "".join(states)


@pytest.mark.parametrize("rights, bootargs", [(READ_ONLY, "shared=ro"), (SHARED, "shared=rw")],
                         ids=["read-only", "read-write"])
def test_what_a_side_may_do(boot, rights, bootargs):
    """Every access that is not allowed is a fault of that side alone; the neighbours go on."""
    console = boot(VMS=vms.describe("shared-rogue", ipc0=IPC0,
                                    rogue=guest("rogue", "0 1", bootargs=f'"{bootargs}"', **rights),
                                    heartbeat=guest("heartbeat", "2"), doubler=doubler("3")), SMP=4)
    passed, failed = verdicts(console)
    assert failed == [], failures(console)
    assert len(passed) >= CASES
    check_heart(console)


def test_storm_of_doorbells(boot_shell):
    """A peer that never stops ringing costs the others time, and nothing else."""
    shell = boot_shell("shared-storm", ipc0=IPC0, SMP=4,
                       rogue=guest("rogue", "3", bootargs='"end=doorbells"', **SHARED),
                       sharer=manual(sharer("0", "rounds=100")), heartbeat=guest("heartbeat", "2"),
                       doubler=doubler("1"))
    shell.console.expect("rogue: goes")
    shell.open()
    create_and_start(shell, "sharer")
    shell.wait_until_said("sharer: start 1: 100 rounds")
    next_beat(shell.console)


def manual(node):
    return {**node, "manual": True}


def free_memory(shell):
    return re.search(r"\d+ pages, and \d+ bytes", shell.run("mem")[0])[0]


def create_and_start(shell, *names):
    for name in names:
        assert shell.run(f"vm create {name}") == []
    for name in names:
        assert shell.run(f"vm start {name}") == []


def end_and_destroy(shell, name):
    shell.wait_until_ended(name)
    assert shell.run(f"vm destroy {name}") == []
    shell.wait_for_state(name, "not made")


def test_a_side_comes_and_goes(boot_shell):
    """The memory stays while one of its VMs does, and is given back, and another's, with the last."""
    shell = boot_shell("shared-destroy", SMP=3, ipc0=IPC0, heart=guest("heartbeat", "0"),
                       sharer=manual(sharer("1", "rounds=20")), doubler=manual(doubler("2")))
    shell.next_beat()
    shell.open()
    before = None
    for life in range(3):  # the pages of small objects are all there after the first
        create_and_start(shell, "doubler")
        for start in (1, 2, 3):
            create_and_start(shell, "sharer")
            shell.wait_until_said(f"[sharer] sharer: start {start}: 20 rounds, ", life + 1)
            end_and_destroy(shell, "sharer")
            shell.wait_until_said("[doubler] doubler: peer 0 has state 0", 3 * life + start)
        assert shell.run("vm stop doubler") == []
        end_and_destroy(shell, "doubler")
        assert life < 2 or free_memory(shell) == before
        before = free_memory(shell)
    shell.check_heart(r"\[heart\] ")


def doorbell_accesses(shell):
    return sum(int(row.split()[1]) for row in shell.run("ledger sharer") if row.startswith("mmio.ivshmem "))


def test_doorbell_for_a_paused_vm(boot_shell):
    """It is rung once; the VM has the event when it goes on."""
    shell = boot_shell("shared-pause", SMP=3, ipc0=IPC0, heart=guest("heartbeat", "0"),
                       sharer=manual(sharer("1", "rounds=20")), doubler=doubler("2"))
    shell.console.expect(r"\[doubler\] doubler: is peer 1 of 2" + EOL)
    shell.open()
    shell.pause("doubler")
    create_and_start(shell, "sharer")
    shell.wait_for(lambda: doorbell_accesses(shell) >= 4)  # its peers, its control, its state, the doorbell
    shell.check_heart(r"\[heart\] ")
    assert "sharer: start" not in shell.console.text()
    assert shell.run("vm resume doubler") == []
    shell.wait_until_said("[sharer] sharer: start 1: 20 rounds, ")
    shell.check_heart(r"\[heart\] ")


def devmem(linux, address, value=""):
    return linux.run(f"devmem {address:#x} 32 {value}".rstrip())


def function_of(linux):
    """The device's folder in sysfs."""
    found = linux.run("grep -l 0x4106 /sys/bus/pci/devices/*/device").split()
    assert len(found) == 1
    return found[0].rsplit("/", 1)[0]


def bind_uio(linux):
    linux.run("insmod /lib/modules/uio.ko && insmod /lib/modules/uio_pci_generic.ko")
    linux.run("echo 110a 4106 >/sys/bus/pci/drivers/uio_pci_generic/new_id")
    assert linux.run("cat /sys/class/uio/uio0/name") == "uio_pci_generic"


def double_by_interrupt(linux, folder, number, events):
    """A number to the doubler, and the wait for its doorbell: a read of /dev/uio0, which gives the
    number of interrupts, blocks until there was one since the open or the last read."""
    linux.run("exec 3</dev/uio0")
    devmem(linux, CONTROL, 1)
    linux.run(rf"printf '\002\000' | dd of={folder}/config bs=2 seek=2 conv=notrunc 2>/dev/null")
    devmem(linux, WORDS, number)
    devmem(linux, RING, 1 << 16)
    assert linux.run("dd bs=4 count=1 <&3 2>/dev/null | hexdump -v -e '1/4 \"%d\"'") == str(events)
    assert int(devmem(linux, WORDS + 4), 16) == 2 * number


def test_linux_with_its_own_driver(boot):
    """configs/shared.dts: Debian's kernel finds the device, and uio_pci_generic has its interrupt."""
    console = boot(VMS="configs/shared.dts")
    linux = Linux(console, harts=1)
    folder = function_of(linux)
    assert linux.run(f"cat {folder}/vendor {folder}/class").split() == ["0x110a", "0xff0000"]
    assert linux.run(f"head -1 {folder}/resource").split()[0] == f"{REGISTERS:#018x}"
    bind_uio(linux)
    for events, number in enumerate((21, 1000, 7), start=1):
        double_by_interrupt(linux, folder, number, events)
    linux.send_line(f"devmem {STATE:#x} 32 5")  # unlike run(): the doubler may answer amid what Linux says
    console.expect_log(r"\[doubler\] doubler: peer 0 has state 5")
    linux.check_log()
