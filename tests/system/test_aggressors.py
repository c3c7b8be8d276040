"""The aggressors: each checks what it does, natively and as a guest, and its neighbour's heart beats."""
import re

import pytest

import building
import vms

# How many rounds take some tenths of a second in a VM, and the work that they are.
ROUNDS = {"ipi-storm": (30, "1920 IPIs"), "rfence-flood": (40, "640 fences"),
          "console-spam": (20, "9600 bytes"), "mmio-exits": (2000, "12000 accesses"),
          "wfi-pingpong": (1000, "2000 wakes"), "memory-stream": (3, "48 MiB written"),
          "hart-churn": (100, "100 starts")}
NEEDS_TWO = ["rfence-flood", "wfi-pingpong", "hart-churn"]
ONE_HART = ["console-spam", "mmio-exits", "memory-stream"]
BEATS = 40
AIA = "virt,aia=aplic-imsic"  # where harts interrupt each other by IMSIC
CONFIGS = sorted(path.stem for path in (building.ROOT / "configs/aggressors").glob("*.dts"))


def guest(app, harts, rounds):
    image = building.build(A=app, HV="n").bin
    return vms.vm(harts, kernel=image, bootargs=f'"rounds={rounds}"')


def beside_heartbeat(name, harts, label):
    """A description: the neighbour on hart 0, the aggressor on others; both come to an end."""
    rounds, _ = ROUNDS[name]
    return vms.describe(label, heartbeat=guest("tests/guests/heartbeat", "0", BEATS),
                        **{name: guest(f"apps/aggressors/{name}", harts, rounds)})


def lines(console, label=""):
    """What was printed; what the VM `label` printed has no label once the first VM has ended."""
    return [line.removeprefix(f"[{label}] ") for line in console.text().splitlines()]


def test_every_aggressor_is_tested():
    apps = {path.parent.name for path in building.ROOT.glob("apps/aggressors/*/app.mk")}
    assert apps == set(ROUNDS) == set(CONFIGS)


@pytest.mark.parametrize("name, machine", [*((name, "virt") for name in ROUNDS),
                                           *((name, AIA) for name in ROUNDS if name not in ONE_HART)])
def test_beside_a_heartbeat(boot, name, machine):
    harts = "1" if name in ONE_HART else "1 2"
    console = boot(VMS=beside_heartbeat(name, harts, f"aggressor-{name}"), SMP=3, MACHINE=machine)
    status = console.finish(timeout=120)
    rounds, work = ROUNDS[name]
    assert f"{name}: begins" in lines(console, name)
    assert f"{name}: {rounds} rounds, {work}" in lines(console, name)
    assert f"heartbeat: {BEATS} beats" in lines(console)
    beats = [int(beat) for beat in re.findall(r"^beat (\d+)$", console.text(), re.M)]
    assert beats == list(range(1, BEATS + 1))
    assert status == 0


@pytest.mark.parametrize("name", ROUNDS)
def test_natively(boot, name):
    rounds, work = ROUNDS[name]
    console = boot(A=f"apps/aggressors/{name}", HV="n", SMP=2, MEM="256M", CPU="rv64,h=false",
                   QEMU_ARGS=f"-append rounds={rounds}")
    assert console.finish(timeout=120) == 0
    assert f"{name}: {rounds} rounds, {work}" in lines(console)


def test_storm_on_one_hart(boot):
    """Alone it interrupts itself."""
    console = boot(VMS=beside_heartbeat("ipi-storm", "1", "aggressor-alone"), SMP=2)
    assert console.finish(timeout=120) == 0
    assert "ipi-storm: 30 rounds, 1920 IPIs" in lines(console, "ipi-storm")


@pytest.mark.parametrize("name", NEEDS_TWO)
def test_fails_without_a_second_hart(boot, name):
    console = boot(VMS=beside_heartbeat(name, "1", f"aggressor-{name}-alone"), SMP=2)
    assert console.finish(timeout=120) == 1
    assert f"{name}: FAIL: needs a second hart, and HSM has none that is stopped" in lines(console, name)
    assert f"VM {name}: shut down by the guest after a system failure" in console.text()
    assert f"heartbeat: {BEATS} beats" in lines(console)


@pytest.mark.parametrize("name", CONFIGS)
def test_description(boot, name):
    """The examples run: the guest that measures comes to its end beside the aggressor, which goes on."""
    console = boot(VMS=f"configs/aggressors/{name}.dts", SMP=3)
    console.expect("BENCH done 0 status", timeout=120)
    console.expect_log(rf"(?:\[{name}\] )?{name}: begins")
    assert "FAIL" not in console.text()
