"""tools/trace/boot-chart against a QEMU of ours, a shell script on its terminal."""
import pathlib
import subprocess

import pytest

import boot_chart
from boots import Boot
from sample import render

TOOL = pathlib.Path(__file__).resolve().parents[2] / "tools/trace/boot-chart"
SHELL = 'printf "guest# "; read line; echo "got $line"'


def draw(folder, script, *into):
    """Runs the tool, by default on boot.md of the folder."""
    into = into or ("--into", folder / "boot.md")
    qemu = folder / "qemu"
    qemu.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    qemu.chmod(0o755)
    return subprocess.run([TOOL, *into, "--log", folder / "logs/log", "--", qemu, "-smp", "2"],
                          capture_output=True, text=True, check=False)


@pytest.fixture(name="folder")
def make_folder(tmp_path):
    (tmp_path / "boot.md").write_text("<!-- chart host -->\n<!-- end of chart -->\n",
                                      encoding="utf-8")
    return tmp_path


def test_charts_are_drawn(folder):
    dump = Boot([0, 1], 1).dump
    (folder / "dump").write_text(render(dump), encoding="utf-8")
    result = draw(folder, f'{SHELL}; cat {folder / "dump"}')
    assert (result.returncode, result.stderr) == (0, "")
    document = (folder / "boot.md").read_text(encoding="utf-8")
    assert boot_chart.between_markers(document) == {"host": boot_chart.charts(dump)["host"]}
    assert "got poweroff" in (folder / "logs/log").read_text(encoding="utf-8")


def test_a_page_of_its_own_unless_a_document_is_named(folder):
    """Nothing of the repository changes: `make boot-chart` names none, docs/boot.md least of all."""
    dump = Boot([0, 1], 1).dump
    (folder / "dump").write_text(render(dump), encoding="utf-8")
    before = (folder / "boot.md").read_text(encoding="utf-8")
    result = draw(folder, f'{SHELL}; cat {folder / "dump"}', "--log", folder / "logs/log")
    assert (result.returncode, result.stderr) == (0, "")
    assert boot_chart.charts(dump)["host"] in (folder / "logs/log.md").read_text(encoding="utf-8")
    assert (folder / "boot.md").read_text(encoding="utf-8") == before


MISTAKES = {
    "no shell": ("echo panic", "no shell and no end within 300 s; see LOG"),
    "no dump": (SHELL, "LOG: no dump in it; expected a VM with `report;`"),
    "half a dump": (f"{SHELL}; echo '@trace begin version=1 timebase=1 now=1 harts=0 vcpus=0'",
                    "LOG: line 3: the dump that begins here has no @trace end"),
}


@pytest.mark.parametrize("script,message", MISTAKES.values(), ids=MISTAKES)
def test_mistake(folder, script, message):
    before = (folder / "boot.md").read_text(encoding="utf-8")
    result = draw(folder, script)
    message = message.replace("LOG", str(folder / "logs/log"))
    assert (result.returncode, result.stderr) == (1, f"boot-chart: {message}\n")
    assert (folder / "boot.md").read_text(encoding="utf-8") == before
