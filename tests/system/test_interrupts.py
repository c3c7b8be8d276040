"""The interrupt controllers that a description can choose, under Linux."""
import re
import subprocess

import pexpect
import pytest

import building
import vms
from linux import Linux

HOSTS = {"plic": {"MACHINE": "virt"}, "aia": {"MACHINE": "virt,aia=aplic-imsic"}}
ESCAPE = "\x1d"
MESSAGES = 2000  # of apps/jitter's figures


def host_with_files(count):
    return {"MACHINE": f"virt,aia=aplic-imsic,aia-guests={count}"}


def interrupts_of(linux, device):
    """How often each hart took the interrupt, and what Linux says of it."""
    row = re.search(rf"^ *\d+: +((?:\d+ +)+)(.*) {device}$", linux.run("cat /proc/interrupts"), re.M)
    assert row is not None, device
    return [int(count) for count in row[1].split()], row[2]


def ipis_taken(linux):
    """By each of two harts."""
    rows = re.findall(r"^IPI\d: +(\d+) +(\d+) ", linux.run("cat /proc/interrupts"), re.M)
    assert rows
    return [sum(int(row[hart]) for row in rows) for hart in range(2)]


def check_uart(linux, chip):
    """The UART's interrupts come by this controller."""
    before, said = interrupts_of(linux, "ttyS0")
    assert said.split()[:len(chip.split())] == chip.split()
    linux.run("seq 100")
    after, _ = interrupts_of(linux, "ttyS0")
    assert sum(after) > sum(before)


def ledger_of(console, vcpu):
    """The columns of a ledger that have exits, read over the hypervisor's console."""
    console.send(ESCAPE)
    console.expect("hv> ")
    console.send(f"ledger {vcpu}\r")
    rows = console.expect(r"COLUMN .*?\r\n(.*?)sum +\d+ +of")[1]
    console.send(ESCAPE)
    return {row[0]: int(row[1]) for row in re.findall(r"^([a-z.]+) +(\d+) ", rows, re.M)}


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("controller, chip", [("plic", "SiFive PLIC  10 Edge"),
                                              ("aplic", "APLIC-DIRECT  10 Level")])
def test_uart_interrupts(boot, host, controller, chip):
    description = vms.describe(f"interrupts-{controller}",
                               linux=vms.linux("0 1", interrupts=f'"{controller}"'))
    linux = Linux(boot(VMS=description, **HOSTS[host]), harts=2)
    check_uart(linux, chip)
    linux.check_log()
    assert linux.power_off() == 0


@pytest.mark.parametrize("files", [0, 1, 3, 7])
def test_aia(boot, files):
    """Guest files where the harts have some, else files in software; either way no call of the
    SBI for an IPI or a fence, and a second life of the VM is as the first."""
    description = vms.describe("interrupts-host", linux=vms.linux("0 1"))
    console = boot(VMS=description, **host_with_files(files))
    kind = "vCPUs 0 1 software files" if files == 0 else "vCPUs 0 1 guest files 1 1"
    console.expect_line(f"hv: VM linux: interrupts aia: {kind}")
    linux = Linux(console, harts=2)
    check_uart(linux, "APLIC-MSI-d000000.interrupt-controller 10 Level")
    linux.send_line("reboot")
    linux.wait_for_boot(harts=2)
    check_uart(linux, "APLIC-MSI-d000000.interrupt-controller 10 Level")
    for vcpu in ("linux.0", "linux.1"):
        columns = ledger_of(console, vcpu)
        assert not [name for name in columns if name.startswith(("sbi.ipi", "sbi.rfence"))], columns
        assert ("virtual.instruction" in columns) == (files == 0), columns
    linux.send_line("")
    linux.check_log()
    assert linux.power_off() == 0


HIDE_FILE = """set pagination off
target remote {socket}
tbreak vm_make_controller
continue
set variable 'guest_file.c'::present['hart.c'::harts[0].hart.id == 1 ? 0 : 1] = 0
detach
"""


@pytest.fixture(name="boot_unequal")
def fixture_boot_unequal(start, tmp_path):
    """boot_unequal(**parameters): hart 1 has no guest files, of which QEMU gives each hart as many;
    so gdb has the hypervisor forget its ones, before it makes the first VM."""
    def boot_unequal(**parameters):
        socket, script = tmp_path / "gdb", tmp_path / "hide.gdb"
        built = building.build(**parameters)
        console = start([*built.command, "-S", "-gdb", f"unix:{socket},server=on,wait=off"])
        while not socket.exists():
            console.child.expect([pexpect.TIMEOUT], timeout=0.1)
        script.write_text(HIDE_FILE.format(socket=socket))
        subprocess.run(["gdb-multiarch", "-nx", "-batch", "-x", script, built.elf], check=True,
                       timeout=120, stdin=subprocess.DEVNULL)
        return console
    return boot_unequal


def test_vcpus_of_either_kind(boot_unequal):
    """They send to each other over a mapped page and over one that traps, and only the vCPU whose
    file is in software is emulated."""
    console = boot_unequal(VMS=vms.describe("interrupts-mixed", linux=vms.linux("0 1")), MODE="debug",
                           **host_with_files(1))
    console.expect_line("hv: VM linux: interrupts aia: vCPU 0 guest file 1; vCPU 1 software file")
    linux = Linux(console, harts=2)
    for _ in range(2):
        check_uart(linux, "APLIC-MSI-d000000.interrupt-controller 10 Level")
        assert all(count > 0 for count in ipis_taken(linux)), ipis_taken(linux)
        guest, software = ledger_of(console, "linux.0"), ledger_of(console, "linux.1")
        assert "virtual.instruction" not in guest, guest
        assert "virtual.instruction" in software, software
        assert not [name for name in {**guest, **software} if name.startswith(("sbi.ipi", "sbi.rfence"))]
        linux.send_line("reboot")
        linux.wait_for_boot(harts=2)
    linux.check_log()
    assert linux.power_off() == 0


def figures_of(console):
    """What apps/jitter measured: {name: value}."""
    console.expect_line("BENCH done 0 status", timeout=120)
    assert console.finish() == 0
    return {name: int(value) for name, value in re.findall(r"BENCH (\w+) (\d+) ", console.text())}


def jitter(harts):
    return vms.describe(f"jitter-{len(harts.split())}",
                        jitter=vms.vm(harts, kernel="build:jitter/jitter.bin"))


def test_message_to_itself(boot):
    """A message of a vCPU to its guest file takes what it takes natively, to the instruction, and
    no exit; to a file in software it exits."""
    icount = {"SMP": 1, "ICOUNT": 7}
    native = figures_of(boot(A="apps/jitter", HV="n", **icount, **host_with_files(1)))
    guest = figures_of(boot(VMS=jitter("0"), **icount, **host_with_files(1)))
    assert (guest["imsic_self"], guest["imsic_self_exits"]) == (native["imsic_self"], 0)
    software = figures_of(boot(VMS=jitter("0"), **icount, **host_with_files(0)))
    assert software["imsic_self_exits"] == 2 * MESSAGES  # the store, and the claim


def test_message_to_another(boot):
    guest = figures_of(boot(VMS=jitter("0 1"), **host_with_files(1)))
    for figure in ("imsic_cross", "imsic_fence"):
        assert guest[f"{figure}_exits"] == 0
        assert guest[figure] > 0


def test_smstateen(boot):
    """Where hstateen0 holds the AIA's state back, it is opened."""
    linux = Linux(boot(VMS=vms.describe("interrupts-host", linux=vms.linux("0 1")),
                       CPU="rv64,h=true,smstateen=true", **host_with_files(1)), harts=2)
    check_uart(linux, "APLIC-MSI-d000000.interrupt-controller 10 Level")
    linux.check_log()
    assert linux.power_off() == 0


def test_aia_without_imsics(boot):
    """There is no software file on a host without: its harts have no AIA to trap for a guest."""
    path = vms.describe("interrupts-refused", linux=vms.linux("0 1", interrupts='"aia"'))
    console = boot(VMS=path)
    console.expect_line(f'hv: {path}: /linux: interrupts = "aia": this machine\'s harts have no IMSIC: '
                        'expected "plic" or "aplic"')
    assert console.finish() == 1
