"""A board on a serial line: a pseudo-terminal, with QEMU as the board."""
import json
import os
import subprocess
import threading

import pytest

from lab.images import QEMU

MACHINE = [QEMU, "-M", "virt", "-nodefaults", "-display", "none", "-serial", "stdio"]
IMAGES = {"native": ["-smp", "1", "-m", "256M", "-kernel", "kernel"],
          "guest": ["-smp", "1", "-m", "2G", "-kernel", "hv.bin", "-initrd", "vms.cpio"]}


@pytest.fixture(name="board")
def fixture_board(tmp_path):
    """A board that starts what its reset is given. Returns its line, and the command that resets it."""
    master, slave = os.openpty()
    wishes = tmp_path / "wishes"
    os.mkfifo(wishes)
    reset = tmp_path / "reset"
    reset.write_text(f'#!/bin/sh\necho "$1 $2" > {wishes}\n')
    reset.chmod(0o755)

    def work():
        while (wish := wishes.read_text().split()) != ["off"]:
            side, folder = wish
            with subprocess.Popen([*map(str, MACHINE), *IMAGES[side]], cwd=folder, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE) as machine:
                while data := os.read(machine.stdout.fileno(), 4096):
                    os.write(master, data)

    thread = threading.Thread(target=work)
    thread.start()
    yield os.ttyname(slave), reset
    wishes.write_text("off")
    thread.join()
    os.close(master)
    os.close(slave)


def test_an_experiment_on_a_board(board, lab, experiment_file, tmp_path):
    line, reset = board
    result = lab("run", experiment_file("mine", runs=2), "--board", line, "--board-reset", reset,
                 "--results", tmp_path / "out")
    assert result.returncode == 0, result.stdout + result.stderr
    content = json.loads((tmp_path / "out/data/results.json").read_text())
    found = {(row["side"], row["run"], row["unit"]) for row in content["figures"] if row["name"] == "null_sbi"}
    assert found == {(side, run, "ns") for side in ("native", "guest") for run in (1, 2)}
    assert {row["column"] for row in content["ledger"]} > {"guest", "sbi.base"}
    facts = json.loads((tmp_path / "out/machine.json").read_text())
    assert facts["board"] == line and "qemu" not in facts
    assert "On a board" in (tmp_path / "out/report.html").read_text()


def test_a_board_that_says_nothing(lab, experiment_file, tmp_path):
    master, slave = os.openpty()
    result = lab("run", experiment_file("mine", limit=1), "--board", os.ttyname(slave), "--board-reset", "true",
                 "--results", tmp_path / "out")
    os.close(master)
    os.close(slave)
    assert result.returncode == 1
    assert "lab: native-1: did not end in 1 s" in result.stderr


@pytest.mark.parametrize("line, message", [
    ("/dev/none", "lab: BOARD=/dev/none: [Errno 2] No such file or directory: '/dev/none'; expected a serial line"),
    ("/dev/null,fast", "lab: BOARD=/dev/null,fast: expected a speed such as 115200"),
    ("/dev/null", "expected a serial line such as /dev/ttyUSB0"),
])
def test_a_line_that_is_none(lab, experiment_file, tmp_path, line, message):
    result = lab("run", experiment_file("mine"), "--board", line, "--results", tmp_path / "out")
    assert result.returncode == 1
    assert message in result.stderr
