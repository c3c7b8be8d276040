"""No exit path takes more instructions than bench/budgets allows."""
import subprocess

import building

PINNED = {"A": "apps/hv", "HV": "y", "SMP": 2, "MODE": "release", "LOG": "warn"}


def test_budgets():
    exits, jitter = (building.build(VMS=f"configs/{name}.dts", **PINNED) for name in ("exits", "jitter"))
    without = building.build(VMS="configs/exits.dts", LEDGER="n", **PINNED)
    command = ["tools/budgets", "check", "--qemu", exits.command[0], "--hv", exits.bin, "--without", without.bin,
               "--exits", exits.bundle, "--jitter", jitter.bundle, "--logs", building.WORK / "budgets"]
    result = subprocess.run([str(word) for word in command], cwd=building.ROOT, capture_output=True,
                            text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
