"""Devices of the machine that a VM is given: registers, interrupts, DMA with and without IOMMU."""
import hashlib
import os
import re
import time

import pytest

import vms
from building import WORK, build
from console import EOL
from linux import Linux
from shell import Shell, guest
from test_quiet import boot_quiet, exits_of, quiet_guest, run

DISK = '"cache:guests/linux/disk.cpio.gz"'
MACHINES = {"plic": "virt", "aia": "virt,aia=aplic-imsic,aia-guests=1"}
ON_MMIO = ("-global virtio-mmio.force-legacy=false -drive id=d,if=none,format=raw,file={} "
           "-device virtio-blk-device,drive=d,iommu_platform=on,bus=virtio-mmio-bus.0")


def make_disk(name, size=1 << 20):
    path = WORK / f"{name}.img"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(os.urandom(size))
    return path


def interrupts(linux, device):
    """How often Linux has taken an interrupt, of the one line of /proc/interrupts that ends so."""
    line = linux.run(f"grep '{device}$' /proc/interrupts")
    return int(line.split()[1])


RINGS = 20
# A host, what the description has more, and the exits that each ring costs (docs/devices.md).
CLOCKS = {"plic": ("virt", {}, 3), "aplic": ("virt", {"interrupts": '"aplic"'}, 3),
          "plic-on-aia": (MACHINES["aia"], {"interrupts": '"plic"'}, 3),
          "aia-software": ("virt,aia=aplic-imsic", {}, 3),
          "aia": (MACHINES["aia"], {}, 1),
          "aia-looks": (MACHINES["aia"], {"bootargs": f'"rings={RINGS} looks=1"'}, 2)}


def clock(hart, rings=RINGS, **more):
    return guest("clock", hart, **{"devices": '"/soc/rtc@101000"', "bootargs": f'"rings={rings}"', **more})


@pytest.mark.parametrize("name", CLOCKS)
def test_clock(boot, name):
    """The guest is interrupted by the machine's own RTC, each time that it rings."""
    machine, more, exits = CLOCKS[name]
    console = boot(VMS=vms.describe(f"clock-{name}", clock=clock("0", **more)), MACHINE=machine)
    console.expect_line(f"clock: {RINGS} rings, {RINGS * exits} exits")
    assert console.finish() == 0


@pytest.mark.parametrize("leaves", ["1", "100", "1 rung=1"])
@pytest.mark.parametrize("name", CLOCKS)
def test_clock_rings_after_a_life(boot, name, leaves):
    """The second life of a VM hears nothing of what the first has set up, until it asks, whether the
    clock has rung in the first, between the two, or in the second."""
    machine, more, exits = CLOCKS[name]
    bootargs = more.get("bootargs", f'"rings={RINGS}"').replace('"', "")
    more = {**more, "bootargs": f'"{bootargs} leaves={leaves}"'}
    path = vms.describe(f"lives-{name}-{leaves}".replace(" ", "-"), clock=clock("0", **more))
    console = boot(VMS=path, MACHINE=machine)
    for _ in range(2):
        console.expect_line(f"clock: {RINGS} rings, {RINGS * exits} exits")
    assert console.finish() == 0


@pytest.mark.parametrize("name", ["plic", "aia"])
def test_clock_interrupts_no_other_hart(boot, name):
    machine, _, exits = CLOCKS[name]
    shell = boot_quiet(boot, f"clock-{name}", SMP=3, machine={"MACHINE": machine},
                       rt=quiet_guest("1", quiet=True), clock=clock("0", rings=10 * RINGS))
    assert run(shell, "g") == 0
    shell.console.expect_log(rf"(\[clock\] )?clock: {10 * RINGS} rings, {10 * RINGS * exits} exits")


def test_clock_rings_while_its_vm_is_paused(boot_shell):
    """It is heard after the pause."""
    rings = 20 * RINGS
    shell = boot_shell("paused", clock=clock("0", rings=rings), machine={"MACHINE": MACHINES["aia"]})
    shell.console.expect("hv: VM clock: harts 0")
    shell.open()
    shell.wait_for(lambda: "begun by the guest: " in shell.run("quiet show clock")[0])
    shell.pause("clock")
    time.sleep(0.5)
    assert shell.run("vm resume clock") == []
    shell.close()
    exits = int(shell.console.expect(rf"clock: {rings} rings, (\d+) exits")[1])
    assert rings < exits < rings + RINGS


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_disk(boot, machine):
    """Linux reads and writes a disk in a virtio-mmio slot, by DMA to the host's addresses."""
    disk = make_disk(f"mmio-{len(machine)}")
    before = disk.read_bytes()
    path = vms.describe(f"disk-{len(machine)}", linux=vms.linux(
        "0", ramdisk=DISK, devices='"/soc/virtio_mmio@10001000"', **{"unsafe-dma": True}))
    linux = Linux(boot(VMS=path, MACHINE=machine, QEMU_ARGS=ON_MMIO.format(disk)), harts=1)
    linux.run("insmod /lib/modules/virtio_blk.ko && insmod /lib/modules/virtio_mmio.ko")
    assert linux.run("md5sum </dev/vda").split()[0] == hashlib.md5(before).hexdigest()
    linux.run("dd if=/dev/vda of=/dev/vda bs=4k count=16 seek=100 conv=fsync")
    assert interrupts(linux, "virtio0") > 0
    assert linux.power_off() == 0
    assert disk.read_bytes() == before[:409600] + before[:65536] + before[475136:]


ON_PCI = "-drive id=d,if=none,format=raw,file={} -device virtio-blk-pci,drive=d,addr=3," \
         "iommu_platform=on,disable-legacy=on"


def use_disk(linux, before):
    """Linux reads all of the disk and writes a part of it anew."""
    linux.run("insmod /lib/modules/virtio_blk.ko")
    assert linux.run("md5sum </dev/vda").split()[0] == hashlib.md5(before).hexdigest()
    linux.run("dd if=/dev/vda of=/dev/vda bs=4k count=16 seek=100 conv=fsync")
    return before[:409600] + before[:65536] + before[475136:]


# Hosts with an IOMMU, a device of its own or a PCI function, and what the interrupt of another function
# is to Linux there. By a PLIC's side QEMU's function can't interrupt itself.
PCI_IOMMU = " -device riscv-iommu-pci,addr=2"
CONFINED = {"plic-sys": ("virt,iommu-sys=on", "", "SiFive PLIC"),
            "plic-pci": ("virt", PCI_IOMMU, "SiFive PLIC"),
            "aia-sys": ("virt,aia=aplic-imsic,aia-guests=3,iommu-sys=on", "", "PCI-MSIX-0000:00:03.0"),
            "aia-pci": ("virt,aia=aplic-imsic,aia-guests=3", PCI_IOMMU, "PCI-MSIX-0000:00:03.0"),
            "aia-software": ("virt,aia=aplic-imsic,iommu-sys=on", "", "APLIC-MSI-d000000")}
BLOCKS = 1000


def disk_interrupts(linux):
    """How often the disk has interrupted, and the controller that Linux names; one row, but for
    the one of messages that announces changes of its configuration."""
    [row] = linux.run("grep virtio0 /proc/interrupts | grep -v config").splitlines()
    return int(row.split()[1]), row


@pytest.mark.parametrize("machine, iommu, chip", CONFINED.values(), ids=CONFINED)
def test_pci_disk(boot, machine, iommu, chip):
    """configs/disk.dts: through the IOMMU, again after a reboot, beside a VM that runs on."""
    disk = make_disk(f"pci-{len(machine + iommu)}")
    console = boot(VMS="configs/disk.dts", MACHINE=machine, QEMU_ARGS=ON_PCI.format(disk) + iommu)
    linux = Linux(console, harts=1)
    after = use_disk(linux, disk.read_bytes())
    count, row = disk_interrupts(linux)
    assert count > 0 and chip in row, row
    linux.send_line("reboot")
    linux.wait_for_boot(1)
    use_disk(linux, after)
    count, row = disk_interrupts(linux)
    assert count > 0 and chip in row, row
    linux.check_log()
    assert linux.power_off() == 0
    assert disk.read_bytes() == after
    assert "IOMMU" not in console.text()


def exits_of_reading(linux, blocks):
    """How many exits there are around the reading of so many blocks, each with an interrupt."""
    def now():
        shell.open()
        count = exits_of(shell, "linux.0")
        shell.close()
        return count, disk_interrupts(linux)[0]

    shell = Shell(linux.console)
    exits, interrupts = now()
    linux.run(f"dd if=/dev/vda of=/dev/null bs=4k count={blocks} iflag=direct")
    exits_after, interrupts_after = now()
    assert interrupts_after - interrupts >= blocks
    return exits_after - exits


@pytest.mark.parametrize("machine, least, most", [(CONFINED["plic-sys"][0], 3, 7),
                                                  (CONFINED["aia-sys"][0], -0.2, 0.2)], ids=["wire", "messages"])
def test_exits_of_a_pci_interrupt(boot, machine, least, most):
    """A message takes none: however many blocks Linux reads, there are those of its console alone, a few more or less."""
    disk = make_disk("exits", 4096 * BLOCKS)
    console = boot(VMS="configs/disk.dts", MACHINE=machine, QEMU_ARGS=ON_PCI.format(disk))
    linux = Linux(console, harts=1)
    linux.run("insmod /lib/modules/virtio_blk.ko")
    few, many = (exits_of_reading(linux, blocks) for blocks in (BLOCKS // 10, BLOCKS))
    each = (many - few) / (BLOCKS - BLOCKS // 10)
    assert least <= each <= most, (few, many)
    assert linux.power_off() == 0


def test_pci_without_iommu(boot):
    """Refused; with unsafe-dma the disk works, at the host's addresses, where messages would go too:
    it has its wire."""
    disk = make_disk("unsafe")
    before = disk.read_bytes()
    given = {"pci-devices": '"00:03.0"'}
    path = vms.describe("unconfined", linux=vms.linux("0", ramdisk=DISK, **given))
    console = boot(VMS=path, QEMU_ARGS=ON_PCI.format(disk))
    console.expect_line(f'hv: {path}: /linux: pci-devices = "00:03.0": can access all memory, since '
                        "no IOMMU stands before it: expected a machine with one, or unsafe-dma; in "
                        "this VM")
    assert console.finish() == 1
    path = vms.describe("unsafe", linux=vms.linux("0", ramdisk=DISK, **given,
                                                  **{"unsafe-dma": True}))
    linux = Linux(boot(VMS=path, MACHINE=MACHINES["aia"], QEMU_ARGS=ON_PCI.format(disk)), harts=1)
    after = use_disk(linux, before)
    assert CONFINED["aia-software"][2] in disk_interrupts(linux)[1]
    assert linux.power_off() == 0
    assert disk.read_bytes() == after


ENTROPY = "-device virtio-rng-pci,addr=3,iommu_platform=on,disable-legacy=on"
TOLD = 16  # faults of a device that are reported (axdriver/iommu.h)
LAST_TOLD = "; its further faults are not shown"
LOST = "IOMMU: its queue of faults was full: some were lost"


def describe_dma(name):
    return vms.describe(
        name,
        dma=vms.vm("0", kernel="build:dma/dma.bin", memory="<0x0 0x1000000>",
                   **{"pci-devices": '"00:03.0"'}),
        watch=vms.vm("1", kernel="build:watch/watch.bin", memory="<0x0 0x1000000>"))


FIRST_TOLD = r"VM dma: PCI 00:03\.0: DMA to 0x81000000 \.\. 0x8100003[c-f], 1\d times: guest page fault \(IOMMU cause 23\)"


def told(console):
    return [line for line in console.text().splitlines() if "PCI 00:03.0: DMA" in line]


def check_told(console, lives=1):
    """Of each life of the VM the first transfers are reported, by name, each in one line although the IOMMU refuses
    it by 4 bytes, and that there were more. The hart that reports them is another than the guest's: its lines come
    before, between and after the guest's."""
    while console.text().count(LAST_TOLD) < lives and LOST not in console.text():
        console.expect("|".join(map(re.escape, (LAST_TOLD, LOST))))
    lines = told(console)
    if LOST in console.text():  # QEMU's thread of the hart that reports them stood still
        assert len(lines) <= lives * TOLD and re.search(FIRST_TOLD, lines[0])
        return
    assert len(lines) == lives * TOLD
    assert re.search(FIRST_TOLD, lines[-TOLD])
    assert lines[-1].endswith(LAST_TOLD)


@pytest.mark.parametrize("machine, iommu", [row[:2] for row in CONFINED.values()], ids=CONFINED)
def test_dma_outside(boot, machine, iommu):
    """A guest has its device write to all memory that is not its own: each is refused and reported, and
    the neighbour's memory stays as it is."""
    console = boot(VMS=describe_dma("dma"), MACHINE=machine, SMP=3, MEM="512M",
                   QEMU_ARGS=ENTROPY + iommu)
    console.expect(r"dma: inside done")
    console.expect(r"dma: outside 509 times", timeout=180)
    console.expect(r"dma: inside done")
    if iommu == PCI_IOMMU and "aia" not in machine:
        # Its queue, which is looked at from time to time, holds a part; another hart says so, perhaps already.
        console.expect_log(r"[^\n]*" + FIRST_TOLD + r"[^\n]*")
    else:
        check_told(console)
    rounds = int(console.expect(r"watch (\d+)")[1])
    console.expect(rf"watch {rounds + 5}\b")
    assert "somebody" not in console.text()


def test_dma_is_told_at_the_end_where_vms_have_all_harts(boot):
    """No hart looks for the faults of an IOMMU that can't interrupt: they are reported at the VM's end."""
    console = boot(VMS=describe_dma("dma"), MACHINE="virt", SMP=2, MEM="512M", LOG="info",
                   QEMU_ARGS=ENTROPY + PCI_IOMMU)
    console.expect_log(r".*IOMMU: it can't interrupt \(not (found|supported by this machine)\), and VMs have all harts: faults are "
                       r"shown when their VM ends")
    console.expect(r"VM dma: shut down by the guest", timeout=180)
    assert re.search(FIRST_TOLD, told(console)[0])
    assert len(told(console)) >= 7  # what its queue of 128 holds, 17 of each transfer
    text = console.text()
    assert text.index("dma: outside 509 times") < text.index("PCI 00:03.0: DMA")


def test_iommu_is_not_given(boot):
    """Not even to a VM that may reach all memory."""
    path = vms.describe("own", linux=vms.linux("0", ramdisk=DISK, **{
        "pci-devices": '"00:02.0"', "unsafe-dma": True}))
    console = boot(VMS=path, QEMU_ARGS=PCI_IOMMU)
    console.expect_line(f'hv: {path}: /linux: pci-devices = "00:02.0": is an IOMMU, the host\'s own: '
                        "expected a function that it does not use")
    assert console.finish() == 1


def test_vm_with_pci_is_destroyed_and_made_again(start):
    """Its function is attached anew, to other tables: inside is done, outside is refused and reported."""
    path = vms.describe(
        "again", heart=guest("heartbeat", "0"),
        dma=vms.vm("1", kernel="build:dma/dma.bin", memory="<0x0 0x1000000>", manual=True,
                   **{"pci-devices": '"00:03.0"'}))
    shell = Shell(start(build(VMS=path, MACHINE="virt,iommu-sys=on", QEMU_ARGS=ENTROPY).command))
    shell.next_beat()
    shell.open()
    for lives in 1, 2:
        assert shell.run("vm create dma") == []
        shell.enter("vm start dma")
        shell.console.expect(r"dma: outside 509 times", timeout=180)
        shell.console.expect(r"dma: inside done")
        shell.console.expect(r"hv> ")
        shell.wait_until_ended("dma")
        check_told(shell.console, lives)
        assert shell.run("vm destroy dma") == []
    shell.check_heart(r"\[heart\] ", beats=3)


EDU = "-device edu,addr=3"
COUNT = 20
# What the description has more, and the exits of an interrupt by the wire, and by a message: None, it is lost.
EDUS = {"plic": ("virt,iommu-sys=on", {}, 3, None),
        "aia-software": ("virt,aia=aplic-imsic,iommu-sys=on", {}, 3, None),
        "plic-on-aia": ("virt,aia=aplic-imsic,aia-guests=1,iommu-sys=on", {"interrupts": '"plic"'}, 3, None),
        "aia": ("virt,aia=aplic-imsic,aia-guests=1,iommu-sys=on", {}, 1, 0)}


@pytest.mark.parametrize("name", EDUS)
def test_plain_msi(boot, name):
    """A function with MSI and no MSI-X, in two lives of its VM. Without a page that takes its message the
    IOMMU refuses and reports it."""
    machine, more, by_wire, by_message = EDUS[name]
    wanted = "astray" if by_message is None else "messages"
    path = vms.describe(f"edu-{name}", edu=guest("edu", "0", **{
        "pci-devices": '"00:03.0"', "bootargs": f'"count={COUNT} {wanted}=1"', **more}))
    console = boot(VMS=path, MACHINE=machine, SMP=2, QEMU_ARGS=EDU)
    for _ in range(2):
        console.expect_line(f"edu: {COUNT} by wire, {COUNT * by_wire} exits")
        if by_message is None:
            console.expect_line("edu: a message is lost")
        else:
            console.expect_line(f"edu: {COUNT} by messages, {COUNT * by_message} exits")
    assert console.finish() == 0
    refused = re.findall(r"VM edu: PCI 00:03\.0: DMA to 0x28000000: guest page fault \(IOMMU cause 23\)",
                         console.text())
    assert len(refused) == (2 if by_message is None else 0)


# A function, which capabilities its guest sees, and what it comes back from. Of e1000e's five extended ones and
# igb's three (SR-IOV is one of them) a guest sees the serial number alone.
FUNCTIONS = {
    "igb": ("-device igb,addr=3", "1 5 11 10; extended", ["a function-level reset", "D3hot, which resets"]),
    "e1000e": ("-device e1000e,addr=3,romfile=", "1 5 10 11; extended 3", ["D3hot, which resets"]),
    "nvme": ("-device nvme,serial=a,addr=3", "11 10 1; extended", ["a function-level reset", "D3hot"]),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_comes_back(boot_shell, name):
    """What a guest resets comes back with the command, in the next life, and after destroy and create; SR-IOV and
    what else is not safe is not there."""
    device, capabilities, ways = FUNCTIONS[name]
    shell = boot_shell(f"function-{name}", SMP=2, machine={"MACHINE": "virt,iommu-sys=on", "QEMU_ARGS": device},
                       heart=guest("heartbeat", "0"), pci=guest("function", "1", manual=True, **{
                           "pci-devices": '"00:03.0"', "bootargs": '"at=8 lives=2"'}))
    shell.next_beat()
    shell.open()
    for _ in range(2):
        assert shell.run("vm create pci") == []
        shell.enter("vm start pci")
        for _ in range(2):
            shell.console.expect(r"\[pci\] function: capabilities " + capabilities + EOL)
            for way in ways:
                shell.console.expect(rf"\[pci\] function: answers after {way}" + EOL)
        shell.wait_until_ended("pci")
        assert shell.run("vm destroy pci") == []
    assert "FAIL" not in shell.console.text()
    shell.check_heart(r"\[heart\] ")


def test_registers_of_64_bit_addresses(boot):
    """What the window of 32-bit addresses, of 1 GiB, has no room for lies in the other."""
    path = vms.describe("high", pci=guest("function", "0", **{
        "pci-devices": '"00:03.0"', "bootargs": '"bar=2 memory=2048"'}))
    console = boot(VMS=path, MACHINE="virt,iommu-sys=on", QEMU_ARGS="-object memory-backend-ram,id=m,size=2G "
                   "-device ivshmem-plain,memdev=m,addr=3")
    address = console.expect(r"function: BAR 2 at (\w+) keeps what is written there" + EOL)[1]
    assert int(address, 16) >= 1 << 32
    assert console.finish() == 0


def test_registers_that_have_no_room(boot):
    """The function is not assigned in part: the error names the BAR and what the bridge has."""
    path = vms.describe("no-room", pci=guest("function", "0", **{"pci-devices": '"00:03.0"'}))
    console = boot(VMS=path, MACHINE="virt,iommu-sys=on", QEMU_ARGS="-device pci-testdev,addr=3,membar=32G")
    console.expect_line(f'hv: {path}: /pci: pci-devices = "00:03.0": its BAR 2 of 32768 MiB has no room: the bridge has '
                        "1024 MiB of 32-bit addresses, and 16384 MiB of 64-bit ones, for the registers of all functions")
    assert console.finish() == 1


COUNTS = r"free before: (\d+) pages, (\d+) bytes of pages in use; after: (\d+) pages, (\d+) bytes"
# What a VM has that it must give back, and the machine for it.
KINDS = {
    "plic": ("virt", "", {}),
    "pci": ("virt,iommu-sys=on", ENTROPY, {"pci-devices": '"00:03.0"'}),
    "pci-aia": (MACHINES["aia"] + ",iommu-sys=on", ENTROPY, {"pci-devices": '"00:03.0"'}),
    "device": ("virt", "", {"devices": '"/soc/virtio_mmio@10001000", "/soc/rtc@101000"', "unsafe-dma": True}),
    "device-aia": (MACHINES["aia"], "", {"devices": '"/soc/virtio_mmio@10001000"', "unsafe-dma": True}),
    "software-files": ("virt,aia=aplic-imsic", "", {}),
    "shared": ("virt", "", {"shared": '"ipc"'}),
    "sv48x4": ("virt", "", {"gstage": '"sv48x4"'}),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_vm_gives_back_what_it_took(boot_shell, name):
    """From its first making on: pages, and what is free in pages of small objects; guest interrupt files."""
    machine, arguments, more = KINDS[name]
    nodes = {"ipc": {"compatible": '"stillhart,shared-memory"', "size": "<0x0 0x200000>"}} if "shared" in more else {}
    nodes["heart"] = guest("heartbeat", "0", **(more if nodes else {}))
    shell = boot_shell(f"gives-back-{name}", machine={"MACHINE": machine, "QEMU_ARGS": arguments}, SMP=2, **nodes,
                       tiny=guest("brief", "1", manual=True, **more))
    shell.next_beat()
    shell.open()
    shell.enter("vm cycle tiny 3")
    counts = shell.console.expect(r"vm cycle: 3 rounds of VM tiny; " + COUNTS + EOL)
    before, after = (int(counts[i]) * 4096 + int(counts[i + 1]) for i in (1, 3))
    assert before == after
    files = re.findall(r"VM tiny: interrupts aia: (.*)", shell.console.text())
    assert len(set(files)) == (1 if "aia" in name or "files" in name else 0)
    shell.check_heart(r"\[heart\] ")
