"""The image runs where it is loaded, and W^X, guards, traces and VMs are as ever there."""
import re

import pytest

import machine
import vms
from building import build
from console import EOL
from shell import guest
from symbols import Symbols

RAM = 0x80000000
LINKED = 0x80200000
HIGH = 0x100000000
PLACES = {  # of 4 GiB
    "32-mib": RAM + (32 << 20),
    "1-gib": RAM + (1 << 30) + (2 << 20),
    "a-page": RAM + (256 << 20) + 0x1000,
    "end-of-ram": RAM + (4 << 30) - (4 << 20),
}


def build_hv(name, smp, **parameters):
    nodes = {f"vm{hart}": guest("heartbeat", str(hart), bootargs='"rounds=3"') for hart in range(smp)}
    return build(VMS=vms.describe(f"place-{name}", **nodes), SMP=smp, LOG="info", **parameters)


def run_to_the_end(console, smp):
    for _ in range(smp):
        console.expect(r"heartbeat: 3 beats" + EOL)
    assert console.finish() == 0


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("mode, smp", [("release", 1), ("debug", 4)])
def test_image_runs_where_it_is_loaded(start, place, mode, smp):
    built = build_hv(f"{smp}", smp, MODE=mode)
    run_to_the_end(start(machine.after_loader(built, "jump", PLACES[place])), smp)


def high_tree(built):
    """The tree of a machine whose RAM begins at 4 GiB. QEMU still has RAM below: there are the firmware and the
    bundle, which /memory does not have."""
    tree = machine.dump_tree(built, "high")
    machine.run("fdtput", tree, "-t", "x", f"/memory@{RAM:x}", "reg", "1", "0", "0", "80000000")
    return tree


def test_all_memory_is_high(start):
    built = build_hv("high", 2)
    command = machine.after_loader(built, "jump", HIGH + (2 << 20))
    console = start(machine.with_command(command, dtb=high_tree(built)))
    console.expect(rf"memory {HIGH:#x} \+ 0x80000000{EOL}")
    run_to_the_end(console, 2)


def test_native_app(start):
    built = build(A="apps/smp", HV="n", SMP=4)
    console = start(machine.after_loader(built, "jump", PLACES["end-of-ram"]))
    console.expect(rf"smp: \d+ passed, 0 failed{EOL}", timeout=300)
    assert console.finish() == 0


@pytest.mark.parametrize("way, cause", [("rodata", "store/AMO page fault"), ("text", "store/AMO page fault"),
                                        ("jump", "instruction page fault"), ("overflow", "store/AMO page fault")])
def test_rights_and_trace(start, way, cause):
    """The registers have the addresses of where it runs, the trace those of the ELF file."""
    built = build(A="tests/apps/crash", HV="n", SMP=2)
    symbols, moved = Symbols(built.elf), PLACES["a-page"] - LINKED
    command = machine.after_loader(built, "jump", PLACES["a-page"])
    console = start(machine.with_command(command, append=way))
    console.expect(rf"HOST FAULT on hart \d: {cause} ")
    console.expect_line(f"the image lies 0x{moved:x} above where it is linked for; the trace has its own addresses")
    assert console.finish() == 1
    sepc = int(re.search(r"sepc 0x(\w+)", console.text())[1], 16)
    assert way == "jump" or symbols.function_at(sepc - moved) in ("recurse", f"crash_{way}")
    callers = [symbols.function_at(int(a, 16) - 1) for a in re.findall(r"#\d+ 0x(\w{16})", console.text())]
    assert "recurse" in callers if way == "overflow" else "runtime_main" in callers


def test_address_that_is_none(start):
    console = start(machine.after_loader(build_hv("1", 1), "jump", RAM + (32 << 20) + 0x800))
    console.expect(rf"boot: the image lies at 0x82000800: expected a multiple of 4096{EOL}")
