"""Debian's Linux in a VM: to a shell, restart and end, CPU hotplug, time, floating point."""
import hashlib
import re

import pytest

import vms
from linux import BOOT, Linux

HOTPLUG_ROUNDS = 100
HOTPLUG_LOOP = ("c=/sys/devices/system/cpu/cpu1/online; i=0;"
                f"while [ $i -lt {HOTPLUG_ROUNDS} ]; do"
                " echo 0 >$c && echo 1 >$c || break; i=$((i+1)); done; echo done $i")

# The logistic map: a wrong bit anywhere changes all digits of the end. awk computes in double
# precision, operation by operation, as Python does.
STEPS = 300000
CHAOS = (f"BEGIN {{ x = 0.3; for (i = 0; i < {STEPS}; i++) x = 3.9 * x * (1 - x);"
         ' printf "%.17g", x; print "" }')


@pytest.fixture(name="boot_linux")
def fixture_boot_linux(boot):
    """boot_linux(harts, **parameters): a Linux guest at its prompt."""
    def boot_linux(harts=2, **parameters):
        return Linux(boot(**parameters), harts)
    return boot_linux


def test_make_run_reboot_poweroff(start):
    """The main job, as README has it: one command, a shell, restart, and a clean end."""
    console = start(["make", "run"])
    linux = Linux(console, harts=2)
    assert linux.run("nproc") == "2"
    linux.run("echo lost >/tmp/file")
    linux.send_line("reboot")
    linux.wait_for_boot(harts=2)
    assert linux.run("nproc") == "2"
    assert linux.try_run("test -e /tmp/file")[0] == 1
    linux.check_log()
    assert linux.power_off() == 0


def sha256_of_numbers(last):
    text = "".join(f"{n}\n" for n in range(1, last + 1))
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("cpus, parameters", [
    (1, {"SMP": 1, "VMS": "configs/linux1.dts"}),
    (4, {"SMP": 4, "VMS": "configs/linux4.dts"}),
    (2, {"MACHINE": "virt,aia=aplic-imsic"}),
    (2, {"CPU": "rv64,h=true,sstc=off"}),
    (2, {"SMP": 4}),
    (2, {"MODE": "debug", "LOG": "debug"}),
], ids=lambda value: ",".join(f"{n}={v}" for n, v in value.items()).replace("/", "_")
   if isinstance(value, dict) else f"{value}vcpus")
def test_shell(boot_linux, cpus, parameters):
    linux = boot_linux(cpus, **parameters)
    assert linux.run("nproc") == str(cpus)
    assert linux.run("seq 1 9999 | sha256sum").split()[0] == sha256_of_numbers(9999)
    linux.check_log()
    assert linux.power_off() == 0


@pytest.mark.parametrize("harts", ["1 0", "2 1"])
def test_vcpus_on_any_harts(boot_linux, harts):
    """The boot vCPU is not on the boot hart; and the boot hart has no vCPU at all."""
    description = vms.describe(f"harts-{harts.replace(' ', '-')}", linux=vms.linux(harts))
    linux = boot_linux(VMS=description, SMP=3)
    assert linux.run("nproc") == "2"
    linux.check_log()
    assert linux.power_off() == 0


def test_cpu_hotplug(boot_linux):
    linux = boot_linux()
    assert linux.run(HOTPLUG_LOOP, timeout=300) == f"done {HOTPLUG_ROUNDS}"
    assert linux.run("nproc") == "2"
    linux.check_log()


def test_ctrl_c_ends_a_command(boot_linux):
    linux = boot_linux()
    # Said by the program that is to be ended: so it is there, and the terminal's, when the signal comes.
    linux.send_line("sh -c 'echo before; exec sleep 1000'; echo after")
    linux.console.expect_line("before")
    linux.console.send("\x03")
    linux.console.expect(r"\^C\r*\n")
    assert linux.run("echo alive") == "alive"


def test_long_line_is_not_lost(boot_linux):
    """Typed at once, as by pasting: more than any FIFO on the way holds."""
    linux = boot_linux()
    text = "".join(f"{n:03}." for n in range(200))
    assert linux.run(f"echo {text}") == text


ROUNDS = 2500  # of cyclictest, 2 ms each


@pytest.mark.parametrize("cpu", ["rv64", "rv64,h=true,sstc=off"])
def test_cyclictest(boot_linux, cpu):
    """Every hart's timer fires again and again; the thread that ends first ends the run."""
    linux = boot_linux(CPU=cpu)
    output = linux.run(f"cyclictest -q -t 2 -a -p 80 -i 2000 -d 0 -l {ROUNDS}", timeout=180)
    rows = re.findall(r"T: *(\d).*C: *(\d+) Min: *(\d+) Act: *\d+ Avg: *(\d+) Max: *(\d+)", output)
    assert [row[0] for row in rows] == ["0", "1"], output
    rounds = [int(row[1]) for row in rows]
    # Where the machine is shared, a hart may run behind the other, or not at all for seconds: but it runs.
    assert max(rounds) == ROUNDS and min(rounds) >= 100, output
    for _, _, least, mean, most in rows:
        assert 0 <= int(least) <= int(mean) <= int(most), output
    linux.check_log()


def expected_chaos():
    x = 0.3
    for _ in range(STEPS):
        x = 3.9 * x * (1 - x)
    return f"{x:.17g}"


@pytest.mark.parametrize("cpu", ["rv64", "rv64,h=true,sstc=off"])
def test_floating_point_survives_exits(boot_linux, cpu):
    """Computing on both harts at once, while others make exits: output, forks, and (no Sstc) ticks."""
    linux = boot_linux(CPU=cpu)
    linux.run(f"echo '{CHAOS}' >/tmp/chaos")
    linux.run("for i in 1 2 3 4; do awk -f /tmp/chaos >/tmp/chaos.$i & done;"
              "for i in $(seq 100); do ls / >/dev/console; done; wait", timeout=300)
    assert linux.run("cat /tmp/chaos.?").split() == [expected_chaos()] * 4
    linux.check_log()


def test_neighbour(boot_linux):
    """A second VM runs on its own hart; its output comes line by line labelled with its name."""
    linux = boot_linux(1, VMS="configs/two.dts")
    assert linux.run("nproc") == "1"
    linux.console.expect_log(r"\[jitter\] BENCH done 0 status", timeout=120)
    assert linux.power_off() == 0


# Instead of the shell, for a VM without input. It waits, so that its lines do not break into the
# greeting of the VM that has the console, nor the kernel's last one into its own.
COUNT_AND_END = (r'rdinit=/bin/busybox -- sh -c \"b=/bin/busybox; $b sleep 10; $b nproc; $b sleep 1; '
                 r'$b poweroff -f\"')


def test_two_linux_on_two_harts_each(boot_linux):
    """The first has the console and outlives the second."""
    second = vms.linux("2 3", bootargs=f'"console=ttyS0 quiet {COUNT_AND_END}"')
    path = vms.describe("two-linux", first=vms.linux("1 0"), second=second)
    linux = boot_linux(VMS=path, SMP=4)
    linux.console.expect_log(r"\[second\] 2", BOOT)
    linux.console.expect_log(r"\[second\] [^\n]*reboot: Power down", BOOT)
    assert linux.run("nproc") == "2"
    linux.check_log()
    assert linux.power_off() == 0


@pytest.mark.parametrize("gstage", ["sv39x4", "sv48x4"])
def test_gstage_format(boot_linux, gstage):
    path = vms.describe(gstage, linux=vms.linux("0 1", gstage=f'"{gstage}"'))
    linux = boot_linux(VMS=path)
    assert linux.run("nproc") == "2"
    assert linux.run("seq 1 9999 | sha256sum").split()[0] == sha256_of_numbers(9999)
    linux.check_log()
    assert linux.power_off() == 0
