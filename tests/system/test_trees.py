"""The host's device tree as real boards have it, and as none should."""
import re

import pytest

import machine
import vms
from building import build
from console import EOL
from shell import Shell, guest

RAM = 0x80000000
HELLO = {"A": "apps/helloworld", "HV": "n", "ICOUNT": 5, "LOG": "info", "SMP": 1, "MEM": "1G"}
MIB = 1 << 20


def node(name, base, size, more=""):
    return f"{name}@{base:x} {{ {more} reg = <{base >> 32:#x} {base & 0xffffffff:#x} 0 {size:#x}>; }};\n"


def memory_nodes(source, *ranges):
    nodes = "".join(node("memory", base, size, 'device_type = "memory";') for base, size in ranges)
    return re.sub(r"\tmemory@80000000 \{.*?\};\n", nodes, source, flags=re.S)


def reserved_nodes(source, *ranges):
    """Before /memory, each of its own node as firmware writes them."""
    nodes = "".join(node("mmode_resv", base, size, "no-map;") for base, size in ranges)
    return source.replace("\tchosen {", "\treserved-memory { #address-cells = <2>; #size-cells = <2>; "
                          f"ranges;\n{nodes} }};\n\tchosen {{", 1)


def start_with(start, name, change):
    built = build(**HELLO)
    tree = machine.dump_tree(built, f"trees-{name}")
    machine.edit_tree(tree, change)
    return start(machine.with_options(built, dtb=tree))


def test_many_ranges(start):
    """Sixteen banks of memory with a hole, and as many reserved ranges as no board has."""
    banks = [(RAM + n * 64 * MIB, 64 * MIB - (n == 7) * MIB) for n in range(16)]
    reserved = [(RAM + 256 * MIB + n * 3 * MIB, 0x3000) for n in range(200)]
    outside = [(0x10000000000 + n * MIB, 0x1000) for n in range(300)]
    console = start_with(start, "ranges", lambda source: reserved_nodes(
        memory_nodes(source, *banks), *outside, *reserved))
    console.expect(rf"memory 0x80000000 \+ 0x1ff00000{EOL}")
    console.expect(rf"memory 0xa0000000 \+ 0x20000000{EOL}")
    console.expect_line("Hello from Stillhart: 1 harts, this is hart 0")
    assert console.finish() == 0


BROKEN = {
    "memory": (lambda source: memory_nodes(source),
               'boot: /memory: no such node: expected one with device_type = "memory"'),
    "banks": (lambda source: memory_nodes(source, *((RAM + n * 2 * MIB, MIB) for n in range(65))),
              "boot: /memory: more than 64 separate ranges; expected at most so many"),
    "reserved": (lambda source: reserved_nodes(source, *((RAM + 256 * MIB + n * 0x2000, 0x1000)
                                                         for n in range(300))),
                 "boot: reserved memory: more than 256 separate ranges inside memory; expected at most so many"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_failed_boot_is_never_status_0(start, what):
    change, message = BROKEN[what]
    console = start_with(start, what, change)
    console.expect(rf"{re.escape(message)}{EOL}")
    assert console.finish() == 1


def test_buses_that_translate(start):
    """The SoC's bus maps one to one in so many words, and one below it has addresses of its own."""
    def change(source):
        source = re.sub(r"(\tsoc \{\n(?:\t\t[^{}]*\n)*?)\t\tranges;", r"\1\t\tranges = <0 0 0 0 1 0>;", source)
        assert "ranges = <0 0 0 0 1 0>" in source
        rtc = re.search(r"\t\trtc@101000 \{.*?\};\n", source, re.S)[0]
        moved = re.sub(r"reg = <.*?>", "reg = <0x200 0x1000>", rtc).replace("@101000", "@200")
        return source.replace(rtc, "bus { #address-cells = <1>; #size-cells = <1>; "
                              f"ranges = <0 0 0x100e00 0x2000>; {moved} }};\n")

    console = start_with(start, "buses", change)
    console.expect(rf"console: UART at 0x10000000{EOL}")
    console.expect(rf"interrupt controller: PLIC{EOL}")
    console.expect_line("Hello from Stillhart: 1 harts, this is hart 0")
    assert console.finish() == 0
    assert "clock: no" not in console.text()  # the clock that is read lies after both buses


def test_console_of_an_unknown_uart(start):
    """stdout-path names what has no driver: the firmware's console is one with input, and commands."""
    description = vms.describe("firmware-console", echo=guest("echo", "0"))
    built = build(A="apps/hv", HV="y", SMP=2, LOG="info", VMS=description)
    tree = machine.dump_tree(built, "firmware-console")
    machine.run("fdtput", "-t", "s", tree, "/chosen", "stdout-path", "/soc/rtc@101000")
    console = start(machine.with_options(built, dtb=tree))
    console.expect(r"console: no driver for google,goldfish-rtc, which stdout-path names; it stays the "
                   rf"firmware's{EOL}")
    console.expect(r"echo> ")
    console.send("abc\r")
    console.expect(rf"got abc{EOL}")
    shell = Shell(console)
    shell.open()
    assert [row.split()[-2:] for row in shell.run("harts") if "takes the input" in row] == [["the", "input"]]
    console.send("poweroff now\r")
    assert console.finish() == 0


def test_another_machine(start):
    """SiFive's board has another UART, a hart that only counts for M-mode, and nothing of virt's."""
    built = build(A="apps/helloworld", HV="n", SMP=5, LOG="info", MEM="1G")
    command = machine.with_options(built, M="sifive_u")
    at = command.index("-cpu")
    console = start(command[:at] + command[at + 2:])
    console.expect(rf"console: UART at 0x10010000{EOL}")
    console.expect(rf"interrupt controller: PLIC{EOL}")
    console.expect(rf"hart 0: disabled in the device tree, not used{EOL}")
    console.expect(rf"Hello from Stillhart: 4 harts, this is hart \d{EOL}")
