"""The host without guests: harts, boot, and what is said when the host itself goes wrong."""
import re

import pytest

import machine
from building import build
from console import EOL
from symbols import Symbols

IMAGES = {"plic": {"MACHINE": "virt"}, "aia": {"MACHINE": "virt,aia=aplic-imsic"}}
# The firmware's lottery for the boot hart is won by hart 0 where harts run in turn, and turns are instructions: in
# virtual time.
HELLO = {"A": "apps/helloworld", "HV": "n", "ICOUNT": 5}
SMP = {"A": "apps/smp", "HV": "n"}
CRASH = {"A": "tests/apps/crash", "HV": "n", "ICOUNT": 5}
IN_TURN = {"ICOUNT": "off", "QEMU_ARGS": "-accel tcg,thread=single"}  # eight harts on few processors; any may boot
LOG_TIME = r"\[ *\d+\.\d{6} \d+ "


def expect_log(console, level, text):
    console.expect(rf"{LOG_TIME}{level:<5}\] {re.escape(text)}{EOL}")


@pytest.mark.parametrize("chips", IMAGES)
@pytest.mark.parametrize("harts", [1, 2, 4, 8])
def test_harts_come_up(boot, harts, chips):
    console = boot(**{**HELLO, **IN_TURN}, SMP=harts, LOG="info", **IMAGES[chips])
    hello = console.expect(rf"Hello from Stillhart: {harts} harts, this is hart (\d+){EOL}")
    assert console.finish() == 0
    online = re.findall(rf"{LOG_TIME}info +\] hart (\d+): online", console.text())
    assert sorted(map(int, [hello[1], *online])) == list(range(harts))


@pytest.mark.parametrize("harts, chips", [(1, "plic"), (2, "plic"), (2, "aia"), (4, "plic"),
                                          (8, "aia")])
def test_parked_harts_go_where_they_are_sent(boot, harts, chips):
    console = boot(**SMP, SMP=harts, **IMAGES[chips])
    boot_hart = int(console.expect(rf"smp: {harts} harts, the boot hart is (\d+){EOL}")[1])
    order = [boot_hart] + [hart for hart in range(harts) if hart != boot_hart]
    for hart in order:
        console.expect_line(f"ok hart {hart}: online")
    for hart in order:
        console.expect_line(f"ok hart {hart}: ran its 10000 functions in order, none lost", 300)
    for hart in order[1:]:
        console.expect_line(f"ok hart {hart}: hart_start while it runs: SBI_ERR_ALREADY_AVAILABLE; "
                            "over its mailbox the work is done")
    for hart in order[1:]:
        console.expect(rf"ok hart {hart}: 1000 stops and starts; \d+ functions met a stop and "
                       rf"came after it{EOL}", timeout=300)
    console.expect(rf"smp: {4 * harts - 2} passed, 0 failed{EOL}")
    assert console.finish() == 0


def test_all_levels_of_log(boot):
    """off is silent; each level says what the lower ones do."""
    sizes = []
    for level in ("off", "error", "warn", "info", "debug", "trace"):
        console = boot(**{**HELLO, "QEMU_ARGS": "-smp 3"}, LOG=level)
        console.expect_line("Hello from Stillhart: 2 harts, this is hart 0")
        assert console.finish() == 0
        logged = re.findall(rf"{LOG_TIME}(\w+) *\]", console.text())
        order = ["error", "warn", "info", "debug", "trace"]
        allowed = order[:order.index(level) + 1] if level != "off" else []
        assert set(logged) <= set(allowed)
        sizes.append(len(logged))
    assert sizes == sorted(sizes) and sizes[0] == 0 and sizes[2] == 1 < sizes[3]


def test_disabled_hart(start):
    built = build(**HELLO, SMP=3, LOG="info")
    tree = machine.dump_tree(built, "disabled")
    machine.disable_hart(tree, 1)
    console = start(machine.with_options(built, dtb=tree))
    expect_log(console, "warn", "hart 1: disabled in the device tree, not used")
    expect_log(console, "info", "hart 2: online")
    console.expect_line("Hello from Stillhart: 2 harts, this is hart 0")
    assert console.finish() == 0


def test_more_harts_than_configured(boot):
    console = boot(**{**HELLO, "QEMU_ARGS": "-smp 4"}, SMP=2, LOG="info")
    for hart in (2, 3):
        expect_log(console, "warn", f"hart {hart}: not used, this build has SMP=2")
    expect_log(console, "info", "hart 1: online")
    console.expect_line("Hello from Stillhart: 2 harts, this is hart 0")
    assert console.finish() == 0


def test_page_tables_are_as_deep_as_addresses_need(start):
    """Each level is a load in every walk: four only where the machine has addresses for them."""
    built = build(**{**HELLO, "QEMU_ARGS": "-smp 1"}, LOG="info")
    tree = machine.dump_tree(built, "addresses")
    for mode, address in (("Sv39", 0x3fffffe000), ("Sv48", 0x4000000000)):
        machine.add_device(tree, address)
        console = start(machine.with_options(built, dtb=tree))
        console.expect(rf"timebase 10000000 Hz, {mode}, \d+ MiB free{EOL}")
        assert console.finish() == 0


def test_hart_that_never_comes(start):
    """The device tree has hart 7, the machine does not; the firmware knows no better."""
    built = build(**{**HELLO, "QEMU_ARGS": "-smp 3"}, SMP=4, LOG="info")
    tree = machine.dump_tree(built, "hart-7")
    machine.add_hart(tree, 7)
    console = start(machine.with_options(built, dtb=tree))
    console.expect(rf"{LOG_TIME}error\] hart 7: started, but not online after 5000 ms; "
                   rf"the firmware says START_PENDING{EOL}")
    console.expect(r"Hello from Stillhart: ")
    assert console.finish() == 0
    for hart in (1, 2):
        assert f"hart {hart}: online" in console.text()


def test_hart_start_fails(start):
    """A boot loader has left hart 1 running: reported by id and SBI error name."""
    built = build(**HELLO, SMP=3, LOG="info")
    console = start(machine.after_loader(built, "occupy_hart", HART=1))
    expect_log(console, "warn", "hart 1: hart_start: SBI_ERR_ALREADY_AVAILABLE")
    expect_log(console, "info", "hart 2: online")
    console.expect(r"Hello from Stillhart: ")
    assert console.finish() == 0


@pytest.mark.parametrize("chips", IMAGES)
@pytest.mark.parametrize("hart", [1, 2])
def test_any_boot_hart(start, hart, chips):
    """Parked harts work whichever hart comes first; the firmware's own is started as any other."""
    built = build(**SMP, SMP=3, LOG="info", **IMAGES[chips])
    console = start(machine.after_loader(built, "start_on_hart", HART=hart))
    console.expect_line(f"smp: 3 harts, the boot hart is {hart}")
    console.expect(rf"smp: \d+ passed, 0 failed{EOL}", timeout=300)
    assert console.finish() == 0


def test_no_hypervisor_extension(boot):
    console = boot(VMS="configs/jitter.dts", CPU="rv64,h=false")
    console.expect(r"hv: this machine's harts have no H extension: expected one with it, such as QEMU's "
                   rf"-cpu rv64,h=true; riscv,isa is rv64imafdc_\S+{EOL}")
    assert console.finish() == 1


def read_trace(text):
    return [int(address, 16) for address in re.findall(r"^  #\d+ 0x([0-9a-f]{16})$", text, re.M)]


def read_registers(text):
    pairs = re.findall(r"\b([a-z]\w*) +0x([0-9a-f]{16})\b", text)
    return {name: int(value, 16) for name, value in pairs}


FAULTS = {
    "overflow": ("store/AMO page fault", 0xf, "recurse"),
    "rodata": ("store/AMO page fault", 0xf, "crash_rodata"),
    "text": ("store/AMO page fault", 0xf, "crash_text"),
    "null": ("load page fault", 0xd, "crash_null"),
    "firmware": ("load page fault", 0xd, "crash_firmware"),
    "illegal": ("illegal instruction", 0x2, "crash_illegal"),
    "jump": ("instruction page fault", 0xc, None),
    "jump_stack": ("instruction page fault", 0xc, None),
}


def check_address(way, registers, symbols):
    """What faulted is what the way names; sepc is where it was tried."""
    sepc, stval = registers["sepc"], registers["stval"]
    if way == "rodata":
        assert stval == symbols.of["crash_constant"]
    elif way == "text":
        assert stval == symbols.of["crash_text"]
    elif way == "jump":
        assert sepc == stval == symbols.of["crash_data"]
    elif way == "jump_stack":
        assert sepc == stval and 0 <= stval - registers["sp"] < 0x100
    elif way == "overflow":
        assert -0x100 < stval - registers["sp"] < 0x100
    elif way == "null":
        assert stval == 0
    elif way == "firmware":
        assert stval == 0x80000000
    elif way == "illegal":
        assert stval == 0xffffffff


@pytest.mark.parametrize("hart", [0, 1])
@pytest.mark.parametrize("way", FAULTS)
def test_host_fault_is_reported(start, way, hart):
    cause, number, function = FAULTS[way]
    built = build(**CRASH)
    symbols = Symbols(built.elf)
    name = f"other-{way}" if hart == 1 else way
    console = start(machine.with_options(built, append=name))
    console.expect_line(f"HOST FAULT on hart {hart}: {cause} (scause {number:#x})")
    assert console.finish() == 1
    text = console.text()
    registers = read_registers(text)
    assert {"sepc", "stval", "ra", "sp", "gp", "tp", "a0", "s11", "t6"} <= registers.keys()
    if function:
        assert symbols.function_at(registers["sepc"]) == function
    check_address(way, registers, symbols)
    callers = [symbols.function_at(address - 1) for address in read_trace(text)]
    if way == "overflow":
        assert callers.count("recurse") > 10  # it goes deeper than a trace is long
    else:
        assert ("mailbox_serve" if hart == 1 else "runtime_main") in callers
    assert "did not" not in text


@pytest.mark.parametrize("hart", [0, 1])
def test_panic_is_reported(start, hart):
    built = build(**CRASH)
    console = start(machine.with_options(built, append="other-panic" if hart == 1 else "panic"))
    console.expect_line(f"PANIC on hart {hart}: the answer is 42")
    assert console.finish() == 1
    callers = [Symbols(built.elf).function_at(a - 1) for a in read_trace(console.text())]
    assert ("mailbox_serve" if hart == 1 else "runtime_main") in callers
