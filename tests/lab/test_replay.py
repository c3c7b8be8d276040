"""Replay stops in the exit that was worst: of a hypervisor with a delay built in, at that delay."""
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# The test's own build: a copy of the tree, where the fifth line that a guest prints takes 30,000 turns of a loop.
PLANTED = """
static __attribute__((noinline)) void planted_delay(void)
{
    static unsigned calls;
    if (++calls == 5)
        for (unsigned i = 0; i < 30000; i++)
            __asm__ volatile("");
}
"""
HANDLER = ROOT / "modules/axsbi/dbcn.c"
PARTS = ("Makefile", "apps", "configs", "lab", "modules", "scripts", "tools", "tests")


@pytest.fixture(name="planted", scope="module")
def fixture_planted(tmp_path_factory):
    """A copy of the sources with the delay at the head of DBCN's write. Returns its root."""
    root = tmp_path_factory.mktemp("planted")
    for part in PARTS:
        if (ROOT / part).is_dir():
            # Python in another lane of scripts/test has files there that come and go.
            shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / part, root / part)
    path = root / HANDLER.relative_to(ROOT)
    text = path.read_text(encoding="utf-8")
    head = re.search(r"^static [^;{]*\bwrite_bytes\([^;{]*\)\n\{\n", text, re.M)
    assert head, f"{HANDLER} has no function write_bytes any more"
    path.write_text(text[:head.start()] + PLANTED.lstrip() + "\n" + head[0] + "    planted_delay();\n"
                    + text[head.end():], encoding="utf-8")
    return root


def replay(root, folder, *words):
    return subprocess.run([root / "tools/lab/lab", "replay", *map(str, words), "--batch", "--results", folder],
                          capture_output=True, text=True, timeout=300, check=False)


def test_a_planted_delay_is_found(planted, tmp_path, experiment_file):
    result = replay(planted, tmp_path / "out", experiment_file("mine"), "--then", "tbreak planted_delay",
                    "--then", "continue", "--then", "print calls")
    assert result.returncode == 0, result.stdout + result.stderr
    found = re.search(r"The longest piece of (\S+): (\d+) ticks up to tick \d+, in exit (\d+) of vCPU jitter.0",
                      result.stdout)
    assert found and found[1] == "sbi.dbcn.write"
    assert int(found[2]) > 30000 * 1.28  # a turn is more than an instruction, an instruction 1.28 ticks
    stop = result.stdout[result.stdout.index("Running to exit"):]
    assert "#0  ledger_stop_here ()" in stop and "in_place ()" in stop
    # From the stop the exit goes straight to the fifth call, the one that takes long.
    assert re.search(r"Temporary breakpoint \d+, planted_delay \(\)", stop) and "$1 = 4" in stop


def test_the_latest_timer_is_found(tmp_path, experiment_file):
    """jitter has timers that are due while it prints: they wait for the call's end."""
    result = replay(ROOT, tmp_path / "out", experiment_file("mine"), "--piece", "late")
    assert result.returncode == 0, result.stdout + result.stderr
    assert re.search(r"The latest timer was due at tick \d+ and \d+ ticks late: exit in progress \d+\.", result.stdout)
    assert re.search(r"It waited last for sbi\.dbcn\.write, in exit \d+ of vCPU jitter\.0", result.stdout)
    assert "#0  ledger_stop_here ()" in result.stdout


def test_a_column_that_the_ledger_lacks(tmp_path, experiment_file):
    result = replay(ROOT, tmp_path / "out", experiment_file("mine"), "--piece", "mmio.uart")
    assert result.returncode == 1
    assert "lab: REPLAY=mmio.uart: the ledger has no such column; expected worst, late or one of: sbi." in result.stderr


@pytest.mark.parametrize("column", ["sbi.base", "sbi.ipi"])
def test_the_longest_of_a_fast_call(tmp_path, experiment_file, column):
    """Whether the fast path served it or left it is the measurement's luck: the replay stops in it all the same."""
    result = replay(ROOT, tmp_path / "out", experiment_file("mine"), "--piece", column)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"The longest piece of {column}:" in result.stdout and "in_place ()" in result.stdout


def test_real_time_never_comes_again(tmp_path, experiment_file):
    result = replay(ROOT, tmp_path / "out", experiment_file("mine", mode="realtime"))
    assert result.returncode == 1
    assert "mine: mode = 'realtime': expected 'icount'" in result.stderr
