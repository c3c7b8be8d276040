"""Guests that do everything wrong, beside one that must not notice: its heart goes on beating."""
import re

import pytest

import building
import vms
from console import EOL

NATIVE = {"A": "tests/guests/rogue", "HV": "n", "SMP": 2, "MEM": "256M", "CPU": "rv64,h=false,zcb=on"}
AIA = "virt,aia=aplic-imsic"
FEATURES = "rv64,h=true,zcb=on,zimop=on,zcmop=on,zicfilp=on,smnpm=on,ssnpm=on"
STALE_CODE = "paged: c.lbu from a device, page gone"  # with Zcb
CASES = 520  # fewer: some were lost
RUN = 300  # seconds
BEATS = 40  # 2 s of the neighbour's life
BEAT = r"(?:\[heartbeat\] )?beat (\d+)"  # it gets the console when the rogue has ended

# QEMU 10 leaves the bits of another instruction in stval.
QEMU_MRET = r"mret in [US]"
# QEMU 10 looks at mstatus.MPV, not at V, and takes menvcfg.PMM in VS-mode.
QEMU_MASK = r"lbu by a tagged pointer, masked in S"
# A hart with AIA but without Smstateen has nothing that would hold these back from VS-mode.
AIA_CSRS = r"csrr (siselect|stopi) in S"
# What differs without us: of QEMU's hart and devices, then of OpenSBI 1.5.
NATIVE_DIFFERS = [
    QEMU_MRET,
    r"ld across RAM's start in S",  # PCIe's window answers below it
    r"plic: (lr\.w|amoadd\.w) in [US]",  # a bus takes what the hart has made of them
    r"paged: .*, table in a hole in S",  # a page fault: Priv 1.13 §4.3.2 wants an access fault
    r"suspend, reserved type 2\^31-1", r"susp, reserved type",  # NOT_SUPPORTED
    r"susp while another hart runs", r"system suspend, timer",  # has no SUSP
    r"probe of sse",  # it has it
    r"ipi to hart 63 and itself", r"sfence of no hart",  # harts that are not there are ignored
]


def guest(name, harts, **more):
    image = building.build(A=f"tests/guests/{name}", HV="n").bin
    return vms.vm(harts, kernel=image, memory="<0x0 0x10000000>", **more)


@pytest.fixture(name="boot_rogue")
def fixture_boot_rogue(boot):
    """boot_rogue(name, bootargs, **parameters): a rogue on harts 0 and 1, the neighbour on 2."""
    def boot_rogue(name, bootargs="", **parameters):
        description = vms.describe(f"rogue-{name}", rogue=guest("rogue", "0 1", interrupts='"plic"',
                                                                bootargs=f'"{bootargs}"'),
                                   heartbeat=guest("heartbeat", "2"))
        return boot(VMS=description, SMP=3, **parameters)
    return boot_rogue


AIA_CASES, APLIC_CASES = 430, 225  # fewer: some were lost
# A bus takes what QEMU's hart has made of them; the host is not between the guest and its guest file.
QEMU_BUS = r": (lr\.w|amoor\.w) in [US]"
# QEMU 10's interrupt files: registers that AIA 1.0 §3.8 has as zeros are illegal there, and they are
# little-endian only, which §3.5 allows.
QEMU_FILES = [r"siselect 0x(71|73|7f|88|be|c8|fe): csr[rw] sireg in S", r"seteipnum_be 5",
              r"imsic( of the other)?" + QEMU_BUS]
# Its APLIC: reserved modes are kept (§4.5.2), and targets of inactive sources (§4.5.16); OpenSBI has
# given it one bit for the harts' indexes, where ours takes them all.
QEMU_APLIC = [r"(aplic|aplic's domaincfg|idc)" + QEMU_BUS, r"aplic: mode [23]",
              r"aplic: target, inactive", r"aplic: (target of|genmsi to) no hart"]


def next_beat(console):
    return int(console.expect(BEAT + EOL)[1])


def check_heart(console):
    """The neighbour goes on, and no beat was ever left out."""
    first = next_beat(console)
    for number in range(first + 1, first + BEATS):
        assert next_beat(console) == number
    beats = [int(beat) for beat in re.findall(BEAT + r"\n", console.text())]
    assert beats == list(range(1, len(beats) + 1))
    assert "heartbeat: unexpected" not in console.text()


def verdicts(console):
    """The summary and the names of the cases that passed and failed."""
    summary = console.expect(r"rogue: (\d+) passed, (\d+) failed" + EOL, timeout=RUN)
    passed = re.findall(r"^ok (.+)$", console.text(), re.M)
    failed = re.findall(r"^not ok ([^:\n]+(?:: [^:\n]+)?): .*: got", console.text(), re.M)
    assert (len(passed), len(failed)) == (int(summary[1]), int(summary[2]))
    return passed, failed


def differs(name, patterns):
    return any(re.fullmatch(pattern, name) for pattern in patterns)


def unexpected(failed, known):
    return [name for name in failed if not differs(name, known)]


def failures(console):
    return re.findall(r"^not ok .*$", console.text(), re.M)


@pytest.mark.parametrize("parameters, known", [
    ({}, [QEMU_MRET]),
    ({"MACHINE": AIA}, [QEMU_MRET, AIA_CSRS]),
    ({"MACHINE": AIA, "CPU": "rv64,h=true,smstateen=on"}, [QEMU_MRET]),
    ({"CPU": "rv64,h=true,sstc=off"}, [QEMU_MRET]),
    ({"CPU": FEATURES}, [QEMU_MRET, QEMU_MASK]),
    ({"CPU": "rv64,h=true,svade=on"}, [QEMU_MRET]),
    ({"MODE": "debug"}, [QEMU_MRET]),
], ids=["plic", "aia", "aia-smstateen", "no-sstc", "features", "svade", "debug"])
def test_rogue(boot_rogue, parameters, known):
    console = boot_rogue("all", **parameters)
    passed, failed = verdicts(console)
    assert unexpected(failed, known) == [], failures(console)
    assert len(passed) >= CASES
    assert "A is set" in passed  # FWFT has switched hardware updates on, whatever the start was
    assert (STALE_CODE in passed) == ("zcb" in parameters.get("CPU", ""))
    check_heart(console)


def test_rogue_natively(boot):
    """The rogue's expectations are those of the machine that guests are to have."""
    console = boot(**NATIVE)
    passed, failed = verdicts(console)
    assert unexpected(failed, NATIVE_DIFFERS) == [], failures(console)
    assert STALE_CODE in passed
    stale = [pattern for pattern in NATIVE_DIFFERS if not any(differs(n, [pattern]) for n in failed)]
    assert stale == []
    assert console.finish() == 0
    assert len(passed) + len(failed) >= CASES - 90


@pytest.mark.parametrize("bootargs, message", [
    ("end=stop", r"VM rogue: every vCPU has stopped itself"),
    ("end=fail", r"VM rogue: ended by the guest as failed"),
    ("end=nowhere", None),
    ("end=tables", None),
    ("end=console", r"(all work and no play[^\n]*){3}"),
], ids=["stop", "fail", "nowhere", "tables", "console"])
def test_end(boot_rogue, bootargs, message):
    console = boot_rogue(bootargs.replace("=", "-"), bootargs)
    console.expect("rogue: goes")
    if message:
        console.expect(message)
    check_heart(console)


@pytest.mark.parametrize("machine, controller, cases, known", [
    ("virt,aia=aplic-imsic,aia-guests=1", "aia", AIA_CASES, QEMU_FILES),
    ("virt,aia=aplic-imsic,aia-guests=0", "aia", AIA_CASES, []),
    ("virt,aia=aplic-imsic,aia-guests=1", "aplic", APLIC_CASES, []),
    ("virt", "aplic", APLIC_CASES, []),
], ids=["guest-files", "software-files", "direct", "direct-plic"])
def test_interrupt_controllers(boot, machine, controller, cases, known):
    """What is not there in the APLIC, the interrupt files and the AIA's CSRs; the neighbour has its
    own of them."""
    description = vms.describe(
        f"rogue-{controller}", rogue=guest("rogue", "0 1", interrupts=f'"{controller}"',
                                           bootargs=f'"{controller}"'),
        heartbeat=guest("heartbeat", "2"))
    console = boot(VMS=description, SMP=3, MACHINE=machine)
    passed, failed = verdicts(console)
    assert unexpected(failed, known) == [], failures(console)
    assert len(passed) + len(failed) >= cases
    check_heart(console)


@pytest.mark.parametrize("machine, controller, known", [
    ("virt,aia=aplic-imsic", "aia", QEMU_FILES + QEMU_APLIC), ("virt,aia=aplic", "aplic", QEMU_APLIC)])
def test_interrupt_controllers_natively(boot, machine, controller, known):
    console = boot(**NATIVE, MACHINE=machine, QEMU_ARGS=f"-append {controller}")
    _, failed = verdicts(console)
    assert unexpected(failed, known) == [], failures(console)
    assert console.finish() == 0
