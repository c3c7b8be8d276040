"""Machines whose trees say what firmware gets wrong: what can be used is used, the rest is named."""
import os

import pytest

import machine
import vms
from building import build
from console import EOL
from shell import guest

BUNDLE_AT = 0xA0000000  # far from all that QEMU or the firmware loads
MEMORY = "/memory@80000000"


def built():
    return build(VMS=vms.describe("tree", vm=guest("heartbeat", "0", bootargs='"rounds=3"')), SMP=1)


def start_with(start, name, *changes, bundle_at=None):
    """Boots with QEMU's tree, changed by fdtput's words. `bundle_at`: the bundle is put there by a loader."""
    app = built()
    tree = machine.dump_tree(app, f"tree-{name}")
    command = machine.with_options(app, dtb=tree)
    if bundle_at is not None:
        at = command.index("-initrd")
        command[at:at + 2] = ["-device", f"loader,file={app.bundle},addr={bundle_at:#x},force-raw=on"]
    for words in changes:
        machine.run("fdtput", *words[:words.index("TREE")], tree, *words[words.index("TREE") + 1:])
    return start(command)


def initrd(first, end):
    """The bundle is where a boot loader says, in cells of either size."""
    return [("-t", "x", "TREE", "/chosen", f"linux,initrd-{name}", f"{value >> 32:x}", f"{value & 0xffffffff:x}")
            for name, value in (("start", first), ("end", end))]


def runs(console):
    console.expect(r"heartbeat: 3 beats" + EOL)
    assert console.finish() == 0


@pytest.mark.parametrize("offset", [1, 2, 4, 5, 8])
def test_bundle_at_any_address(start, offset):
    at = BUNDLE_AT + offset
    runs(start_with(start, f"at-{offset}", *initrd(at, at + os.path.getsize(built().bundle)), bundle_at=at))


def test_tree_and_bundle_outside_of_memory(start):
    """A firmware shrank it; QEMU's tree is at the end of what there is."""
    console = start_with(start, "shrunk", ("-t", "x", "TREE", MEMORY, "reg", "0", "80000000", "0", "10000000"))
    runs(console)


def test_memory_in_parts_of_which_one_is_wrong(start):
    console = start_with(start, "parts", ("-t", "x", "TREE", MEMORY, "reg", "0", "80000000", "0", "20000000",
                                          "1", "0", "0", "0"))
    console.expect(r"device tree: /memory@80000000: reg = <0 0x80000000 0 0x20000000 \.\.\.> \(32 bytes\): expected "
                   r"RAM: not empty, and below 2\^56" + EOL)
    runs(console)


@pytest.mark.parametrize("name, first, end, message", [
    ("nothing", 0x50000, 0x60000, "/chosen: linux,initrd-start = 0x50000, linux,initrd-end = 0x60000: nothing answers "
     "at 0x50000: expected memory that holds the bundle"),
    ("backwards", 0x90000000, 0x8fffffff, "/chosen: linux,initrd-end = <0 0x8fffffff> (8 bytes): expected more than "
     "linux,initrd-start"),
    ("too-high", 0x90000000, 1 << 57, "/chosen: linux,initrd-end = <0x2000000 0> (8 bytes): expected an address "
     "below 2^56"),
    ("beyond-the-tables", 1 << 50, (1 << 50) + 0x1000, "/chosen: linux,initrd-start = 0x4000000000000, "
     "linux,initrd-end = 0x4000000001000: nothing answers at 0x4000000000000: expected memory that holds the bundle"),
    ("over-the-host", 0x80210000, 0x80220000, "/chosen: linux,initrd-start = 0x80210000, linux,initrd-end = "
     "0x80220000: overlaps the hypervisor at 0x80200000: expected memory that holds the bundle"),
])
def test_bundle_that_is_not_there(start, name, first, end, message):
    console = start_with(start, name, *initrd(first, end), bundle_at=BUNDLE_AT)
    console.expect_line(f"hv: the device tree: {message}")
    assert console.finish() == 1


def test_end_of_the_bundle_alone(start):
    console = start_with(start, "end-alone", ("-d", "TREE", "/chosen", "linux,initrd-start"), bundle_at=BUNDLE_AT)
    console.expect_line("hv: the device tree: /chosen: linux,initrd-start is missing: expected an address of one or two "
                        "cells")
    assert console.finish() == 1


@pytest.mark.parametrize("size, said", [
    (("0", "0"), "0 0"), (("ffffffff", "ffffffff"), "0xffffffff 0xffffffff"),
], ids=["empty", "endless"])
def test_memory_that_is_none(start, size, said):
    console = start_with(start, f"memory-{size[0]}", ("-t", "x", "TREE", MEMORY, "reg", "0", "80000000", *size))
    console.expect_line(f"{MEMORY}: reg = <0 0x80000000 {said}> (16 bytes): expected RAM: not empty, and below 2^56")
    console.expect_line("boot: /memory: reg: no RAM in it: expected a base and a size that is not 0")
    assert console.finish() == 1


@pytest.mark.parametrize("name, change, lines", [
    ("timebase", ("-t", "x", "TREE", "/cpus", "timebase-frequency", "0"),
     ["/cpus: timebase-frequency = <0> (4 bytes): expected one cell or two, from 1000 to 4294967295",
      "boot: /cpus: no timebase-frequency that can be used: expected 1000 to 4294967295 Hz"]),
    ("cut", ("-t", "x", "TREE", MEMORY, "reg", "0", "80000000", "1"),
     [f"{MEMORY}: reg = <0 0x80000000 0x1> (12 bytes): expected entries of 4 cells, as the node above has it",
      "boot: /memory: reg: no RAM in it: expected a base and a size that is not 0"]),
])
def test_tree_that_is_no_machine(start, name, change, lines):
    console = start_with(start, name, change)
    for line in lines:
        console.expect_line(line)
    assert console.finish() == 1


def test_harts_without_mmu_type(start):
    """The guest's tree says Sv39, which each hart with pages has."""
    runs(start_with(start, "no-mmu-type", ("-d", "TREE", "/cpus/cpu@0", "mmu-type")))


def test_controller_that_can_t_be_read(start):
    """The VM runs all the same: it has a controller of its own."""
    console = start_with(start, "ndev", ("-t", "x", "TREE", "/soc/plic@c000000", "riscv,ndev", "10000"))
    console.expect(r"device tree: /soc/plic@c000000: riscv,ndev = <0x10000> \(4 bytes\): expected one cell, from 1 to "
                   r"1023" + EOL)
    runs(console)


@pytest.mark.parametrize("at, message", [
    (0x50000, "boot: the device tree: nothing answers at 0x50000, which the boot loader gave in a1"),
    (0x81000000, "boot: the device tree at 0x81000000: FDT_ERR_BADMAGIC: expected a flattened tree of version 17"),
])
def test_tree_that_is_not_there(start, at, message):
    console = start(machine.after_loader(built(), "jump", TREE=at))
    console.expect_line(message)
    console.finish()
