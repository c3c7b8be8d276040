"""What the hypervisor takes of a boot, in instructions until the guest's first one (docs/boot.md)."""
import re
import subprocess

import building
import vms

MOST = 1_000_000  # on one hart, for a VM of one vCPU and 64 MiB
TOLERANCE = 1.15


def share(harts, *options):
    path = vms.describe("boot-share", guest=vms.vm("0", memory="<0x0 0x4000000>", kernel="build:exits/exits.bin"))
    built = building.build(A="apps/hv", HV="y", SMP=1, MODE="release", LOG="error", VMS=path)
    command = ["tools/boot-share", "--qemu", built.command[0], "--elf", built.elf, "--bundle", built.bundle,
               "--harts", harts, *options]
    result = subprocess.run([str(word) for word in command], cwd=building.ROOT, capture_output=True, text=True,
                            check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return int(re.match(r"until the guest's first instruction: (\d+) of the hypervisor", result.stdout)[1])


def test_share_of_a_boot_is_small_and_linear():
    """Each hart adds as much to the machine's tree, and its share is as large from 8 to 32 as up to 8."""
    counts = {harts: share(harts, *(("--most", MOST) if harts == 1 else ())) for harts in (1, 8, 32)}
    first, later = (counts[8] - counts[1]) / 7, (counts[32] - counts[8]) / 24
    assert first / TOLERANCE < later < first * TOLERANCE, counts
