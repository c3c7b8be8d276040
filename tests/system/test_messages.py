"""Every mistake of a user has its message, word for word, and nothing starts after it."""
import functools
import gzip
import os
import re
import shutil
import struct
import subprocess

import pytest

import bundles
import machine
import vms
from building import BUILD, ROOT, WORK, build, make, run_make
from console import EOL

SPIN = b"\x6f\x00\x00\x00"  # j .
HOST = {"SMP": 2, "MEM": "512M", "LOG": "info"}
PLENTY = "<0x0 0x1000000>"
IPC0 = {"compatible": '"stillhart,shared-memory"', "size": "<0x0 0x100000>"}


@pytest.fixture(name="kernel", autouse=True)
def fixture_kernel():
    """The smallest kernel, in the folder of the descriptions."""
    path = WORK / "vms" / "spin.bin"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(SPIN)


def small(harts, /, **more):
    return vms.vm(harts, **{"kernel": "spin.bin", "memory": PLENTY, **more})


def expect_refusal(console, message):
    """The message as a line of its own, then the end as failed; no VM was made before."""
    console.expect(rf"(?<![^\n])hv: {re.escape(message)}{EOL}")
    assert console.finish() == 1
    assert "VM" not in console.text().split(message)[0]


CHECKER = ROOT / BUILD / "check/check"


@functools.lru_cache(maxsize=None)
def checker():
    make(str(CHECKER.relative_to(ROOT)))
    return CHECKER


def check(built, bundle=None):
    """What `make check` does, on the tree of the machine that a built hypervisor would start on."""
    tree = machine.dump_tree(built, "check")
    return subprocess.run([checker(), tree, bundle or built.bundle, built.bin, str(HOST["SMP"]), "mistakes"],
                          capture_output=True, text=True, check=False)


def expect_check(checked, message):
    """The checker's line is the boot's."""
    assert (checked.returncode, checked.stdout, checked.stderr) == (1, f"hv: {message}\n", "")


# name: (VMs, message after the description's name)
DESCRIPTIONS = {
    "unknown-property": (
        {"a": small("0", rmdisk='"x"')},
        "/a: rmdisk: unknown property; expected one of: cpus harts memory kernel flash ramdisk bootargs "
        "gstage interrupts seed report with without quiet manual devices pci-devices unsafe-dma shared "
        "shared-read-only"),
    "unknown-hart": (
        {"a": small("0 7")}, "/a: harts = <7>: this machine has no such hart; it has: 0 1"),
    "hart-twice": (
        {"a": small("1 1")},
        "/a: harts = <1>: is named twice: expected another hart for each vCPU"),
    "hart-twice-in-two": (
        {"a": small("0 1"), "b": small("1")},
        "/b: harts = <1>: already belongs to /a: expected another hart"),
    "no-kernel": ({"a": small("0", kernel=None)}, "/a: kernel is missing: every VM needs it, or flash to start from"),
    "no-cpus": ({"a": small("0", cpus=None)}, "/a: cpus is missing: every VM needs it"),
    "no-harts": ({"a": small("0", harts=None)}, "/a: harts is missing: every VM needs it"),
    "no-memory": ({"a": small("0", memory=None)}, "/a: memory is missing: every VM needs it"),
    "cpus-0": ({"a": small("0", cpus="<0>")}, "/a: cpus = <0>: expected 1 to 64"),
    "cpus-65": ({"a": small("0", cpus="<65>")}, "/a: cpus = <65>: expected 1 to 64"),
    "cpus-string": (
        {"a": small("0", cpus='"second"')},
        '/a: cpus = "second": expected one number, as in cpus = <2>'),
    "fewer-harts": (
        {"a": small("0", cpus="<2>")},
        "/a: harts: names 1, but cpus = <2>: expected one hart for each vCPU"),
    "kernel-number": (
        {"a": small("0", kernel=None) | {"kernel": "<1>"}},
        '/a: kernel: expected one string, as in kernel = "..."'),
    "kernel-empty-name": (
        {"a": small("0", kernel="")},
        '/a: kernel = "": expected the name of a file in the bundle'),
    "memory-one-number": (
        {"a": small("0", memory="<0x1000000>")},
        "/a: memory: has 4 bytes: expected a size of two numbers, high and low, as in "
        "memory = <0x0 0x20000000>"),
    "memory-odd": (
        {"a": small("0", memory="<0x0 0x1000001>")},
        "/a: memory = <0 0x1000001>: expected a multiple of 2 MiB (0x200000), not 0"),
    "memory-none": (
        {"a": small("0", memory="<0x0 0x0>")},
        "/a: memory = <0 0>: expected a multiple of 2 MiB (0x200000), not 0"),
    "kernel-larger-than-memory": (
        {"a": small("0", memory="<0x0 0x200000>")},
        '/a: kernel = "spin.bin": takes 0x4 bytes at 0x80200000, but the memory is '
        "0x80000000..0x80200000"),
    "too-little-memory": (
        {"a": small("0", memory="<0x0 0x400000>")},
        "/a: memory = <0 0x400000> (4 MiB): too little: kernel, ramdisk and device tree need "
        "6 MiB"),
    "gstage": (
        {"a": small("0", gstage='"sv57x4"')},
        '/a: gstage = "sv57x4": expected "sv39x4" or "sv48x4"'),
    "device-unknown": (
        {"a": small("0", devices='"/soc/rtc@1"')},
        '/a: devices = "/soc/rtc@1": this machine has no such device: expected a path or an alias in '
        "its device tree"),
    "device-host": (
        {"a": small("0", devices='"/soc/serial@10000000"')},
        '/a: devices = "/soc/serial@10000000": is the host\'s own: expected a device that the host '
        "does not use"),
    "device-twice": (
        {"a": small("0", devices='"/soc/rtc@101000"'),
         "b": small("1", devices='"/soc/rtc@101000"')},
        '/b: devices = "/soc/rtc@101000": expected another device: it is already assigned, to /a'),
    "device-dma": (
        {"a": small("0", devices='"/soc/virtio_mmio@10001000"')},
        '/a: devices = "/soc/virtio_mmio@10001000": can access all memory, since no IOMMU stands '
        "before it: expected another device, or unsafe-dma; in this VM"),
    "pci-unknown": (
        {"a": small("0", **{"pci-devices": '"00:03.0"'})},
        '/a: pci-devices = "00:03.0": this machine has no such function; it has: none'),
    "pci-form": (
        {"a": small("0", **{"pci-devices": '"0000:00:03.0"'})},
        '/a: pci-devices = "0000:00:03.0": expected the form of "00:03.0": bus 00, device 00 '
        "to 1f, function 0 to 7"),
    "vm-number": (
        {"b": small("0"), "0": small("1")},
        '/0: name = "0": expected a letter first, and at most 31 characters'),
    "shared-unknown": (
        {"ipc0": IPC0, "a": small("0", shared='"ipc0"'), "b": small("1", shared='"ipc1"')},
        '/b: shared = "ipc1": no shared memory has this name; there are: ipc0'),
    "shared-none": (
        {"a": small("0", **{"shared-read-only": '"ipc0"'})},
        '/a: shared-read-only = "ipc0": no shared memory has this name; there is none'),
    "shared-twice": (
        {"ipc0": IPC0, "a": small("0", shared='"ipc0", "ipc0"')},
        '/a: shared = "ipc0": is named twice: expected each shared memory once'),
    "shared-by-one": (
        {"ipc0": IPC0, "a": small("0", shared='"ipc0"')},
        "/ipc0: is named by 1 VM: expected two or more, each with shared or shared-read-only = "
        '"ipc0"'),
    "shared-no-writer": (
        {"ipc0": IPC0, **{vm: small(hart, **{"shared-read-only": '"ipc0"'})
                          for vm, hart in (("a", "0"), ("b", "1"))}},
        '/ipc0: no VM may write to it: expected one with shared = "ipc0"'),
    "shared-size": (
        {"ipc0": IPC0 | {"size": "<0x0 0x1800>"}, "a": small("0")},
        "/ipc0: size = <0 0x1800>: expected a multiple of 4 KiB (0x1000), at least 8 KiB "
        "(0x2000)"),
    "shared-without-size": (
        {"ipc0": {"compatible": IPC0["compatible"]}, "a": small("0")},
        "/ipc0: size is missing: every shared memory needs it"),
    "shared-property": (
        {"ipc0": IPC0 | {"peers": "<2>"}, "a": small("0")},
        "/ipc0: peers: unknown property; expected one of: compatible size"),
    "shared-compatible": (
        {"ipc0": IPC0 | {"compatible": '"ivshmem"'}, "a": small("0")},
        '/ipc0: compatible = "ivshmem": expected "stillhart,shared-memory", or none for a VM'),
    "shared-addresses": (
        {"ipc0": IPC0 | {"size": "<0x0 0x10000000>"}, "a": small("0", shared='"ipc0"')},
        '/a: shared = "ipc0": does not fit: a VM has 224 MiB of addresses for it, 224 MiB left'),
    "17-shared": (
        {"a": small("0"), **{f"ipc{n}": IPC0 for n in range(17)}},
        "/ipc16: is one shared memory too many: expected at most 16"),
    "no-vm": ({}, "/: describes no VM: expected a node for each"),
    "65-vms": (
        {f"vm{n}": small(str(n)) for n in range(65)},
        "/vm64: is one VM too many: expected at most 64"),
}


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_mistake_in_a_description(boot, name):
    nodes, message = DESCRIPTIONS[name]
    path = vms.describe(name, **nodes)
    expect_refusal(boot(VMS=path, **HOST), f"{path}: {message}")
    checked = check(build(VMS=path, **HOST))
    if name == "pci-unknown":  # what is on the bus the machine alone knows
        assert (checked.returncode, checked.stdout) == (0, "")
    else:
        expect_check(checked, f"{path}: {message}")


def test_more_memory_than_the_machine_has(boot):
    path = vms.describe("memory", a=small("0"), b=small("1", memory="<0x0 0x40000000>"))
    console = boot(VMS=path, **HOST)
    match = console.expect(
        rf"(?<![^\n])hv: {path}: /b: memory = <0 0x40000000> \(1024 MiB\): does not fit: this "
        rf"machine has (\d+) MiB for VMs, (\d+) MiB left{EOL}")
    assert console.finish() == 1
    # The firmware's memory, half a MiB, is in the tree that the boot gets, and not in QEMU's own.
    checked = re.search(r"this machine has (\d+) MiB for VMs, (\d+) MiB left$", check(build(VMS=path, **HOST)).stdout)
    assert [int(word) - int(said) in (0, 1) for word, said in zip(checked.groups(), match.groups())] == [True, True]
    assert int(match[1]) - int(match[2]) == 16
    assert 480 < int(match[1]) < 512  # of 512 MiB


def test_shared_memory_that_the_machine_does_not_have(boot):
    """It is of the memory that the VMs have together, and counted before theirs."""
    large = IPC0 | {"size": "<0x0 0x8000000>"}
    nodes = {"ipc0": large | {"size": "<0x0 0x2000>"}, "a0": small("0", shared='"ipc0"')}
    for n in (1, 2, 3, 4):
        nodes |= {f"ipc{n}": large, f"a{n}": small("0", shared=f'"ipc{n}"'),
                  f"b{n}": small("0", shared=f'"ipc{n}", "ipc0"')}
    path = vms.describe("shared-memory", **nodes)
    console = boot(VMS=path, **HOST)
    match = console.expect(
        rf"(?<![^\n])hv: {path}: /ipc4: size = <0 0x8000000> \(128 MiB\): does not fit: this "
        rf"machine has (\d+) MiB for VMs, (\d+) MiB left{EOL}")
    assert console.finish() == 1
    assert int(match[1]) - int(match[2]) == 2 + 3 * 128


@pytest.mark.parametrize("address, expected", [
    (0x12000000, "another device: it lies where the VM has the shared memory ipc0"),
    (0x11100000, "another device: it lies where every VM has its own bridge of shared memories"),
])
def test_two_things_at_one_address(start, address, expected):
    """A device of the host's, whose addresses a guest has too, and something of the VM's own."""
    device = f"/soc/nothing@{address:x}"
    path = vms.describe(f"places-{address:x}", ipc0=IPC0, b=small("1", shared='"ipc0"'),
                        a=small("0", shared='"ipc0"', devices=f'"{device}"', **{"unsafe-dma": True}))
    built = build(VMS=path, **HOST)
    tree = machine.dump_tree(built, f"places-{address:x}")
    machine.add_device(tree, address)
    machine.run("fdtput", "-t", "s", tree, device, "compatible", "nothing")
    expect_refusal(start(machine.with_options(built, dtb=tree)),
                   f'{path}: /a: devices = "{device}": expected {expected}')


def test_node_inside_a_vm(boot):
    path = vms.write("inner.dts", '/dts-v1/; / { compatible = "stillhart,vms"; a {'
                     f'{vms.render(small("0"))} uart {{ }}; }}; }};\n')
    expect_refusal(boot(VMS=path, **HOST), f"{path}: /a: uart: expected no node inside a VM")


def test_wrong_compatible(boot):
    path = vms.write("compatible.dts", '/dts-v1/; / { compatible = "stillhart"; };\n')
    expect_refusal(boot(VMS=path, **HOST), f'{path}: /: compatible = "stillhart": expected "stillhart,vms"')


@pytest.mark.parametrize("folders", [2, 8])
def test_description_with_a_long_name(boot, folders):
    """What is too long for a line is cut with dots, never in silence."""
    path = vms.write("long-name-" * 5 + "/" + ("long-name-" * 5 + "/") * folders + "x.dts",
                     '/dts-v1/; / { compatible = "stillhart"; };\n')
    console = boot(VMS=path, **HOST)
    said = console.expect(rf"(?<![^\n])hv: (.*?){EOL}")[1]
    assert console.finish() == 1
    whole = f'{path}: /: compatible = "stillhart": expected "stillhart,vms"'
    assert said == whole if folders == 2 else said.endswith("...") and whole.startswith(said[:-3])


def refuse_build(path, *messages):
    """make stops at tools/bundle, with these lines."""
    result = run_make("build", VMS=path)
    assert result.returncode == 2
    assert [line for line in result.stderr.splitlines() if "***" not in line] == list(messages)


def test_missing_images():
    path = vms.describe("missing", a=small("0", kernel="no.bin"),
                        b=small("1", ramdisk='"none.gz"'))
    refuse_build(path, *(
        f'{path}: /{vm}: {prop} = "{name}": no such file (looked for {WORK}/vms/{name})'
        for vm, prop, name in (("a", "kernel", "no.bin"), ("b", "ramdisk", "none.gz"))))


def test_syntax_error():
    path = vms.write("syntax.dts", '/dts-v1/;\n/ { compatible = "stillhart,vms";\n  a { cpus <1>; };'
                     "\n};\n")
    refuse_build(path, f"Error: {path}:3.12-13 syntax error",
                 "FATAL ERROR: Unable to parse input tree")


def test_two_vms_of_one_name():
    path = vms.write("twice.dts", '/dts-v1/; / { compatible = "stillhart,vms";\n'
                     f'a {{ {vms.render(small("0"))} }};\na {{ {vms.render(small("1"))} }}; }};\n')
    refuse_build(path, f"{path}: /a: there are two nodes of this name: expected another for each")


def test_missing_description():
    result = run_make("build", VMS="no/such.dts")
    assert result.returncode == 2
    configs = " ".join(str(path.relative_to(ROOT)) for path in (ROOT / "configs").glob("*.dts"))
    said = re.search(r"\*\*\* VMS=no/such\.dts: no such file; expected a VM description, such as: "
                     r"(.*)\.  Stop\.", result.stderr)
    assert sorted(said[1].split()) == sorted(configs.split())


def elf_for_another_machine():
    """The header of an ELF file for x86-64."""
    return struct.pack("<4sBBB9xHHI40x", b"\x7fELF", 2, 1, 1, 2, 62, 1)


def linux_image(text_offset):
    """The header of a RISC-V Linux Image."""
    return struct.pack("<8xQ40x4s4x", text_offset, b"RSC\5")


@pytest.mark.parametrize("name, contents, message", [
    ("empty", b"", "is empty: expected an Image, ELF or flat binary"),
    ("gzip", gzip.compress(SPIN),
     "is compressed (gzip): expected it unpacked: Image, ELF or flat binary"),
    ("elf", elf_for_another_machine(),
     "is an ELF file of class 2, data 1, machine 62: expected 64-bit, little-endian, RISC-V "
     "(2, 1, 243)"),
    ("offset", linux_image(0x200001),
     "its text_offset is 0x200001: expected a multiple of 2 MiB (0x200000)"),
    ("efi", b"MZ" + bytes(100),
     "is an EFI program: expected a kernel that starts without EFI: Image, ELF or flat binary"),
], ids=["empty", "gzip", "elf", "offset", "efi"])
def test_kernel_that_is_none(boot, name, contents, message):
    (WORK / "vms" / f"{name}.bin").write_bytes(contents)
    path = vms.describe(f"kernel-{name}", a=small("0", kernel=f"{name}.bin"))
    expect_refusal(boot(VMS=path, **HOST), f'{path}: /a: kernel = "{name}.bin": {message}')
    expect_check(check(build(VMS=path, **HOST)), f'{path}: /a: kernel = "{name}.bin": {message}')


def truncate_data(bundle, files):
    return bundle[:files["spin.bin"].data + 2], files["spin.bin"].at, \
        "spin.bin: its 4 bytes reach beyond the archive's end"


def truncate_header(bundle, files):
    at = files["spin.bin"].at
    return bundle[:at + 50], at, "the archive ends within a member's header of 110 bytes"


def truncate_trailer(bundle, files):
    at = files[bundles.TRAILER].at
    return bundle[:at], at, "the archive ends without a TRAILER!!!"


def flip_magic(bundle, files):
    at = files["spin.bin"].at
    return bundle[:at] + b"1" + bundle[at + 1:], at, \
        "expected a newc member (magic 070701 or 070702)"


def flip_size(bundle, files):
    at = files["spin.bin"].at
    return bundle[:at + 54] + b"x" + bundle[at + 55:], at, \
        "the member's header has something else than hexadecimal digits"


def something_else(_bundle, _files):
    return bytes(range(256)) * 16, 0, "expected a newc member (magic 070701 or 070702)"


def good_bundle():
    """A bundle's bytes, and its members."""
    contents = build(VMS=vms.describe("good", a=small("0")), **HOST).bundle.read_bytes()
    return contents, bundles.members(contents)


def refuse_bundle(start, name, broken, message):
    """The boot and the checker refuse it in the same words."""
    built = build(VMS=vms.describe("good", a=small("0")), **HOST)
    path = WORK / f"{name}.cpio"
    path.write_bytes(broken)
    expect_refusal(start(machine.with_options(built, initrd=path)), message)
    expect_check(check(built, path), message)


@pytest.mark.parametrize("breaking", [truncate_data, truncate_header, truncate_trailer, flip_magic,
                                      flip_size, something_else], ids=lambda f: f.__name__)
def test_broken_bundle(start, breaking):
    broken, at, message = breaking(*good_bundle())
    refuse_bundle(start, breaking.__name__, broken, f"bundle: at offset {at}: {message}")


def test_broken_description_in_a_bundle(start):
    good, files = good_bundle()
    at = files["vms.dtb"].data
    refuse_bundle(start, "flip_dtb", good[:at] + b"\x00" + good[at + 1:],
                  "vms.dtb: is no device tree: FDT_ERR_BADMAGIC")


def test_bundle_without_description(start):
    refuse_bundle(start, "no_dtb", good_bundle()[0].replace(b"vms.dtb\0", b"vms.dtx\0"),
                  "bundle: has no file vms.dtb, or two: expected one, made by tools/bundle")


def test_bundle_without_image(start):
    good, files = good_bundle()
    at = files["spin.bin"].at + bundles.HEADER
    path = (WORK / "vms" / "good.dts").relative_to(ROOT)
    refuse_bundle(start, "no_image", good[:at] + b"x" + good[at + 1:],
                  f'{path}: /a: kernel = "spin.bin": no such file in the bundle: expected one of this name')


def test_no_bundle(start):
    built = build(VMS=vms.describe("good", a=small("0")), **HOST)
    expect_refusal(start(machine.without_option(built, "initrd")),
                   "no bundle: the device tree's /chosen has no linux,initrd-start; expected a "
                   "bundle of VMs as the initrd (docs/vms.md)")


def test_make_check_and_run():
    """A mistake ends them before anything starts; what is right is said by `make check` alone."""
    bad = vms.describe("checked", a=small("0 9", cpus="<2>"))
    line = f"hv: {bad}: /a: harts = <9>: this machine has no such hart; it has: 0 1\n"
    for target in ("check", "run", "debugserver"):
        result = run_make(target, VMS=bad, **HOST)
        assert result.returncode == 2 and line in result.stdout and "OpenSBI" not in result.stdout
    good = vms.describe("good", a=small("0"))
    said = make("check", VMS=good, **HOST)
    assert said.endswith(f"hv: VM a: harts 0, 16 MiB, kernel spin.bin\ncheck: {good}: no mistake found\n")
    assert re.search(r"^machine: harts 2 of 2, timebase 10000000 Hz, 4\d\d MiB for VMs$", said, re.M)
    assert make("check-quietly", VMS=good, **HOST) == ""


def board(tmp_path, *puts):
    """QEMU's tree, changed by fdtput's words, as a board's."""
    tree = machine.dump_tree(build(VMS=vms.describe("good", a=small("0")), **HOST), tmp_path.name)
    for words in puts:
        machine.run("fdtput", *words[:2], tree, *words[2:])
    return tree.relative_to(ROOT)


def test_check_for_a_board(tmp_path):
    tree = board(tmp_path, ("-t", "s", "/cpus/cpu@0", "status", "disabled"))
    path = vms.describe("good", a=small("0"))
    result = run_make("check", VMS=path, DTB=tree, **HOST)
    assert result.returncode == 2
    assert f"hv: {path}: /a: harts = <0>: this machine has no such hart; it has: 1\n" in result.stdout
    result = run_make("check", VMS=path, DTB="no.dtb")
    assert "*** DTB=no.dtb: no such file; expected a board's device tree" in result.stderr
    result = run_make("check", VMS=path, DTB="Makefile")
    assert "check: Makefile: is no device tree: expected a .dtb file\n" in result.stderr
    result = run_make("check", A="apps/helloworld", HV="n")
    assert "*** A=apps/helloworld: has no VMs to check; expected A=apps/hv.  Stop." in result.stderr


def test_check_for_a_board_without_h(tmp_path):
    tree = board(tmp_path, *(("-t", "s", f"/cpus/cpu@{hart}", name, value) for hart in (0, 1)
                             for name, value in (("riscv,isa-extensions", "i"), ("riscv,isa", "rv64gc"))))
    result = run_make("check", VMS=vms.describe("good", a=small("0")), DTB=tree, **HOST)
    assert result.stdout.splitlines()[-1] == (
        "hv: this machine's harts have no H extension: expected one with it, such as QEMU's -cpu rv64,h=true; "
        "riscv,isa is rv64gc")


APPS = " ".join(sorted(str(path.parent.relative_to(ROOT)) for path in ROOT.glob("apps/**/app.mk")))
LEVELS = "off error warn info debug trace"
MEM_SHAPE = "a number and M or G, such as 512M or 2G"


@pytest.mark.parametrize("name, value, expected", [
    ("ARCH", "x86_64", "one of: riscv64"),
    ("HV", "yes", "one of: y n"),
    ("SMP", "0", "a number from 1 to 64, or auto"),
    ("SMP", "65", "a number from 1 to 64, or auto"),
    ("SMP", "%", "a number from 1 to 64, or auto"),
    ("SMP", "", "a number from 1 to 64, or auto"),
    ("SMP", "two", "a number from 1 to 64, or auto"),
    ("SMP", "1 2", "a number from 1 to 64, or auto"),
    ("LOG", "verbose", f"one of: {LEVELS}"),
    ("MODE", "fast", "one of: release debug"),
    ("ICOUNT", "11", "a number from 0 to 10, or off"),
    ("V", "2", "one of: 0 1"),
    ("MEM", "lots", MEM_SHAPE),
    ("MEM", "0G", MEM_SHAPE),
    ("MEM", "2048", MEM_SHAPE),
    ("GDB_PORT", "80", "a TCP port from 1024 to 65535"),
    ("GDB_PORT", "65536", "a TCP port from 1024 to 65535"),
    ("GDB_PORT", "'1234", "a TCP port from 1024 to 65535"),
    ("A", "my apps/x", "one path without blanks: make knows no other ones"),
    ("BUILD", "../out", "build or build/NAME"),
    ("BUILD", "", "build or build/NAME"),
], ids=lambda value: value[:8])
def test_wrong_parameter(name, value, expected):
    result = run_make("build", **{name: value})
    assert result.returncode == 2
    assert f"*** {name}={value}: expected {expected}.  Stop." in result.stderr


@pytest.mark.parametrize("name, nearest", [("vms", "VMS, or another"), ("BORD_RESET", "BOARD_RESET, or another"),
                                           ("xyzzy", "one")])
def test_unknown_parameter(name, nearest):
    result = run_make("build", **{name: "it's"})
    assert result.returncode == 2
    assert (f"*** {name}=it's: unknown parameter; expected {nearest} of those that make help lists.  Stop."
            in result.stderr)


def test_description_with_blanks_in_its_path(boot):
    """In its folder's name and in its own, and a quote too; so has what is beside it."""
    folder = WORK / "vms" / "my vms"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "my spin.bin").write_bytes(SPIN)
    path = vms.describe("my vms/it's one", a=small("0", kernel="my spin.bin", rmdisk='"x"'))
    expect_refusal(boot(VMS=path, **HOST), f"{path}: {DESCRIPTIONS['unknown-property'][1]}")


def test_app_outside_of_the_repository(tmp_path):
    """Nothing of it is built beside it, nor beside build/."""
    shutil.copytree(ROOT / "apps/helloworld", tmp_path / "work/hello")
    before = {path for folder in (ROOT, ROOT.parent, tmp_path) for path in folder.glob("*")}
    for path in (tmp_path / "work/hello", os.path.relpath(tmp_path / "work/hello", ROOT)):
        assert "hello/main.c" in make("build", A=path, HV="n", MODE="debug")
        shutil.rmtree(ROOT / BUILD / "riscv64/debug/hello")
    assert before == {path for folder in (ROOT, ROOT.parent, tmp_path) for path in folder.glob("*")}
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["app.mk", "hello", "main.c", "work"]


def test_two_iommus():
    result = run_make("build", MACHINE="virt,iommu-sys=on", QEMU_ARGS="-device riscv-iommu-pci,addr=2")
    assert result.returncode == 2
    assert ("*** QEMU_ARGS=-device riscv-iommu-pci,addr=2: has an IOMMU, as MACHINE=virt,iommu-sys=on does; "
            "expected one of the two.  Stop." in result.stderr)


def test_wrong_app():
    result = run_make("build", A="apps/none")
    assert result.returncode == 2
    said = re.search(r"\*\*\* A=apps/none: no apps/none/app\.mk; expected one of: (.*)\.  Stop\.",
                     result.stderr)
    assert sorted(said[1].split()) == APPS.split()


def test_app_that_needs_the_hypervisor():
    result = run_make("build", A="apps/hv", HV="n")
    assert result.returncode == 2
    assert ("*** A=apps/hv HV=n: this app is made of the hypervisor modules; expected HV=y.  Stop."
            in result.stderr)


def test_help_lists_everything():
    """Each parameter with its default, and each target, with a line of text."""
    text = make("help")
    parameters = {"ARCH": "riscv64", "A": "apps/hv", "HV": "y", "SMP": "auto", "LOG": "warn",
                  "MODE": "release", "VMS": "configs/linux.dts", "MEM": None, "MACHINE": "virt",
                  "CPU": "rv64", "ICOUNT": "off", "QEMU_ARGS": "", "V": "0"}
    for name, default in parameters.items():
        shown = r"\S+" if default is None else re.escape(default)
        assert re.search(rf"^  {name} +{shown} +\w.*\w", text, re.M), name
    for target in ("help setup build run justrun debug debugserver disasm test unittest bench lint "
                   "fmt clean distclean").split():
        assert re.search(rf"^  {target} +\w.*\w", text, re.M), target
