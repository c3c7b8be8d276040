"""The recipes of docs/extending.md, put into a copy of the tree as they stand: it builds, and does what they say."""
import os
import pathlib
import re
import subprocess
import sys

import pexpect
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/system"))
from building import copy_tree, environment_of_a_copy  # noqa: E402  pylint: disable=wrong-import-position

STEP = re.compile(r"^(?:New file `(?P<new>[^`]+)`|In `(?P<file>[^`]+)`, before `(?P<line>[^`]+)`)[^\n]*\n(?:[^\n`]+\n)*\n"
                  r"```\w+\n(?P<text>.*?)```$", re.M | re.S)
BUILD_S, RUN_S = 300, 60


def apply(step, root):
    if step["new"]:
        path = root / step["new"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(step["text"], encoding="utf-8")
        return
    path = root / step["file"]
    text = path.read_text(encoding="utf-8")
    assert text.count(step["line"]) == 1, f"{step['file']}: {step['line']!r} is not there once"
    at = text.rindex("\n", 0, text.index(step["line"])) + 1 if not step["file"].endswith(".mk") else text.index(step["line"])
    addition = step["text"] if not step["file"].endswith(".mk") else step["text"].lstrip()
    path.write_text(text[:at] + addition + text[at:], encoding="utf-8")


@pytest.fixture(name="copy", scope="module")
def fixture_copy(tmp_path_factory):
    root = copy_tree(tmp_path_factory.mktemp("recipes"))
    steps = list(STEP.finditer((ROOT / "docs/extending.md").read_text(encoding="utf-8")))
    assert len(steps) == (ROOT / "docs/extending.md").read_text(encoding="utf-8").count("\n```") // 2 == 14
    for step in steps:
        apply(step, root)
    return root


def make(copy, *words):
    return subprocess.run(["make", "-s", *words], cwd=copy, env=environment_of_a_copy(), timeout=BUILD_S,
                          capture_output=True, text=True, check=False)


def test_command_extension_property_and_device(copy):
    description = copy / "configs/recipe.dts"
    description.write_text((copy / "configs/jitter.dts").read_text().replace("cpus =", 'greeting; with = "ticker"; manual; cpus ='))
    built = make(copy, "VMS=configs/recipe.dts", "build")
    assert built.returncode == 0, built.stderr
    command = make(copy, "-n", "VMS=configs/recipe.dts", "justrun").stdout.split("\n")[-2]
    console = pexpect.spawn("sh", ["-c", f"exec {command}"], cwd=copy, timeout=RUN_S, encoding="utf-8")
    console.expect("vm create makes it")
    console.send("\x1d")
    console.expect("hv> ")
    console.send("uptime\r")
    console.expect(r"up \d+ s")
    console.send("help uptime\r")
    console.expect("how long the machine has run")
    console.send("vm create jitter\rvm start jitter\r")
    console.expect("hv: hello, VM jitter")
    console.close(force=True)
    names = subprocess.run(["riscv64-unknown-elf-nm", "build/riscv64/release/hv/hv.elf"], cwd=copy, check=True,
                           capture_output=True, text=True).stdout
    assert " sbi_uptime\n" in names and " ticker_model\n" in names


def test_app(copy):
    ran = make(copy, "A=../hello", "HV=n", "SMP=2", "run")
    assert ran.returncode == 0, ran.stderr
    assert "2 harts, a third of them is 0.67" in ran.stdout


def test_unit_test(copy):
    """Its own program, and the one that has the whole module with the new extension."""
    built = make(copy, "build/unit/uptime/test", "build/unit/sbi/test")
    assert built.returncode == 0, built.stderr
    for name in ("uptime", "sbi"):
        subprocess.run([copy / "build/unit" / name / "test"], cwd=copy, check=True, timeout=RUN_S, capture_output=True)
    assert os.path.exists(copy / "build/unit/sbi/modules/axsbi/uptime.c.o")
