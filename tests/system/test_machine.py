"""The machine that guests get, beside the one that it is to be: QEMU's virt, natively."""
import os
import pathlib
import re
import shutil

import pytest

import building
import vms
from building import WORK
from console import EOL
from shell import Shell

EDK2 = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "stillhart/guests/edk2"

CLOCK = r"(?!!)[0-9a-f]+"
ANY = r"\S+"
FLASH = 32 << 20

# What may differ: where (first address and the one after the last), what the machine answers natively,
# what it answers in a VM, and why.
ROM = (0x1000, 0x10000, ANY, "0", "the code by which M-mode is started, which a VM has not")
TIME = (0x101000, 0x102000, CLOCK, CLOCK, "the time goes on")
NEIGHBOURS = (0x3FFFFFF9, 0x40000000, r"f+", "!5",
              "a load that begins in one device and ends in the next is none of either")
BANKS = (0x21FFFFF9, 0x22000000, "0", "!5", NEIGHBOURS[4])
BLANK = [(bank + 0x1FC0000 - 8, bank + 0x1FC0014, ANY, r"[0ab]+",
          "a bank without a file can't be written: its status says so")
         for bank in (0x20000000, 0x22000000)]
KEPT = (0x20000000, 0x24000000, ANY, ANY, "a chip of flash keeps what is written to it")
TARGETS = (0xD003000, 0xD004000, "1|100000001", "0",
           "QEMU 10 keeps targets of sources that are inactive; AIA 1.0 §4.5.16 has them read 0")

# Items of fw_cfg: QEMU's machine has tables for ACPI and SMBIOS; a VM is described by its device tree.
TABLES = r"(file etc/(acpi/|smbios/|table-loader).*|item 2[2-9a-f] .*|item 19 .*|file etc/boot-fail-wait .*)"


def parse(text):
    """The transcript as [(header, rows)]: a row is (from, to, answers), or a line as it is."""
    blocks = []
    for line in text.splitlines():
        match = re.fullmatch(r"([0-9a-f]+)\.\.([0-9a-f]+)((?: !?[0-9a-f]+){4})", line)
        if line.startswith("draw "):
            blocks.append((line, []))
        elif match and blocks:
            blocks[-1][1].append((int(match[1], 16), int(match[2], 16), match[3].split()))
        elif re.match(r"(store\d|item|file) ", line):
            blocks.append((line, []))
    return blocks


def answers_at(rows, address):
    return next(answers for first, end, answers in rows if first <= address < end)


def differences_of(block, other):
    """(first, end, what one answers, what the other does) for each width and stretch that differ."""
    edges = sorted({edge for rows in (block, other) for first, end, _ in rows for edge in (first, end)})
    for first, end in zip(edges, edges[1:]):
        for one, two in zip(answers_at(block, first), answers_at(other, first)):
            if one != two:
                yield first, end, one, two


def is_allowed(difference, rule):
    first, end, one, two = difference
    return (rule[0] <= first and end <= rule[1] and re.fullmatch(rule[2], one)
            and re.fullmatch(rule[3], two))


def compare(native, guest, rules):
    """Asserts that they differ where a rule allows it, and that each rule has its use."""
    draws = [[block for block in blocks if block[0].startswith("draw")] for blocks in (native, guest)]
    assert [header for header, _ in draws[0]] == [header for header, _ in draws[1]]
    found = [(header, *difference) for (header, one), (_, two) in zip(*draws)
             for difference in differences_of(one, two)]
    odd = [(header, hex(d[0]), hex(d[1]), *d[2:]) for header, *d in found
           if not any(is_allowed(d, rule) for rule in rules)]
    assert odd == []
    assert [rule for rule in rules if not any(is_allowed(d[1:], rule) for d in found)] == []


def lines_of(blocks, start):
    return [line for line, _ in blocks if line.startswith(start)]


def compare_lines(native, guest, stores):
    """Stores, but for those at the addresses `stores`, and fw_cfg's items but for the tables."""
    def others(blocks):
        return [line for line in lines_of(blocks, "store") if not int(line.split()[1], 16) in stores]
    assert others(native) == others(guest)
    for kind in ("item", "file"):
        one, two = ([line for line in lines_of(blocks, kind) if not re.fullmatch(TABLES, line)]
                    for blocks in (native, guest))
        assert one == two and one
    assert len(lines_of(guest, "file")) == 3


def transcript(console):
    console.expect("atlas: end" + EOL)
    assert console.finish() == 0
    text = console.text()
    assert "atlas: FAIL" not in text
    return parse(text)


@pytest.fixture(name="zeros")
def fixture_zeros():
    """A file of zeros, as large as a bank of flash."""
    path = WORK / "vms/zeros.fd"
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        file.truncate(FLASH)
    return path


@pytest.mark.parametrize("machine, interrupts, flash, rules", [
    ("virt", "plic", True, [ROM, TIME, NEIGHBOURS]),
    ("virt,aia=aplic-imsic", "aia", False, [ROM, TIME, TARGETS, NEIGHBOURS, BANKS, *BLANK]),
], ids=["plic", "aia"])
def test_map(boot, zeros, machine, interrupts, flash, rules):
    """Every page, every register, in every width."""
    native = transcript(boot(A="tests/guests/atlas", HV="n", SMP=1, MEM="256M", MACHINE=machine,
                             CPU="rv64,h=false"))
    image = building.build(A="tests/guests/atlas", HV="n").bin
    # The machine's own banks are such ones without files: all zeros, and they can be written.
    more = {"flash": f'"{zeros}", "{zeros}"'} if flash else {}
    description = vms.describe(f"atlas-{interrupts}", atlas=vms.vm(
        "0", kernel=image, interrupts=f'"{interrupts}"', **more))
    guest = transcript(boot(VMS=description, SMP=1, MEM="1G", MACHINE=machine))
    compare(native, guest, rules)
    compare_lines(native, guest, range(0x1000, 0x10000))


@pytest.mark.parametrize("machine, interrupts", [("virt", "plic"), ("virt,aia=aplic-imsic", "aia")])
def test_map_of_the_second_life(boot, zeros, machine, interrupts):
    """All that the first life has stored is gone but for the flash: the second finds what the first has found."""
    image = building.build(A="tests/guests/atlas", HV="n").bin
    description = vms.describe(f"atlas-again-{interrupts}", atlas=vms.vm(
        "0", kernel=image, interrupts=f'"{interrupts}"', flash=f'"{zeros}", "{zeros}"', bootargs='"stay=1"'))
    logs = WORK / f"logs-atlas-{interrupts}"
    shell = Shell(boot(VMS=description, SMP=2, MEM="1G", MACHINE=machine, LOGS=logs.relative_to(building.ROOT)))
    log = logs / "atlas.log"
    shell.console.expect("atlas: end" + EOL)
    shell.open()
    shell.enter("vm reset atlas")
    shell.close()
    shell.console.expect("atlas: end" + EOL)
    shell.wait_for(lambda: log.read_text(encoding="ascii").count("atlas: end") == 2)
    first, second, _ = (parse(text) for text in log.read_text(encoding="ascii").split("atlas: end"))
    compare(first, second, [TIME, KEPT])
    kinds = ("store", "item", "file")
    assert [lines_of(first, kind) for kind in kinds] == [lines_of(second, kind) for kind in kinds]
    assert all(lines_of(first, kind) for kind in kinds)


def test_two_harts_write_commands_at_once(boot, zeros):
    """The hart that changes how a bank is mapped waits for the other, which may be waiting for the bank."""
    image = building.build(A="tests/guests/scribes", HV="n").bin
    description = vms.describe("scribes", scribes=vms.vm("0 1", kernel=image, flash=f'"{zeros}"'))
    console = boot(VMS=description, SMP=2, MEM="1G")
    console.expect("scribes: done")
    assert console.finish() == 0
    assert "did not take a remote fence" not in console.text()


def edk2_natively():
    """The command line of QEMU's machine with EDK2 in its flash, which OpenSBI starts in S-mode."""
    command = list(building.build(A="tests/guests/atlas", HV="n", SMP=1, MEM="512M").command)
    at = command.index("-kernel")
    del command[at:at + 2]
    variables = WORK / "vms/variables.fd"
    shutil.copyfile(EDK2 / "RISCV_VIRT_VARS.fd", variables)
    command[command.index("-M") + 1] = "virt,acpi=off,pflash0=code,pflash1=variables"
    for name, path, mode in (("code", EDK2 / "RISCV_VIRT_CODE.fd", "on"), ("variables", variables, "off")):
        command += ["-blockdev", f"node-name={name},driver=file,read-only={mode},filename={path}"]
    return command


VARIABLE = "setvar Stillhart -guid 01234567-89ab-cdef-0123-456789abcdef"


def to_shell(console):
    console.expect(r"EDK2 firmware version", timeout=120)
    console.expect(r"UEFI Interactive Shell", timeout=120)
    console.expect(r"seconds to skip")
    console.send("\x1b")
    console.expect(r"Shell> ")


def in_shell(console, command):
    console.send(command + "\r")
    console.expect(r"Shell> ")


def check_variable(console):
    console.send(VARIABLE + "\r")
    console.expect(r"5A ?17|17 ?5A")
    console.expect(r"Shell> ")
    console.send("reset -s\r")
    assert console.finish() == 0


def test_edk2_natively(start):
    """OpenSBI starts it in S-mode where the flash begins, and it comes to its shell."""
    console = start(edk2_natively())
    to_shell(console)
    in_shell(console, VARIABLE + " -bs -nv =0x5a17")
    check_variable(console)


def test_edk2(boot):
    """The same in a VM; and a variable, which EDK2 writes to the second bank, outlives a reset."""
    console = boot(VMS="configs/edk2.dts", SMP=1, MEM="1G")
    to_shell(console)
    in_shell(console, VARIABLE + " -bs -nv =0x5a17")
    console.send("reset -c\r")
    to_shell(console)
    check_variable(console)
