"""Ctrl-C ends the lab with one line, and nothing half done stays; results outlive `make clean`."""
import os
import pathlib
import signal
import subprocess
import time

import pexpect
import pytest

from building import copy_tree, environment_of_a_copy

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINE = "lab: interrupted; nothing of this run is kept"


@pytest.fixture(name="endless")
def fixture_endless(experiment_file):
    """An experiment whose first run takes minutes: cyclictest for an hour."""
    return experiment_file("endless", workload="cyclictest", vms="configs/linux1.dts", mode="realtime",
                           sides=["native"], command="cyclictest -q -l 3600000")


def wait_for(path):
    for _ in range(600):
        if path.exists():
            return
        time.sleep(0.1)
    raise AssertionError(f"{path} did not come")


def hear_ctrl_c():
    """Tests in the background, as a shell's `&` starts them, inherit that SIGINT is ignored; a user's make does not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_says_one_line_and_leaves_nothing(endless, tmp_path):
    console = pexpect.spawn("make", ["--no-print-directory", "lab", f"EXP={endless}", f"RESULTS={tmp_path}/out"],
                            cwd=str(ROOT), timeout=120, encoding="utf-8", preexec_fn=hear_ctrl_c)
    wait_for(tmp_path / "out/consoles/native-1.log")
    console.sendintr()
    console.expect(pexpect.EOF)
    console.close()
    said = console.before.replace("^C", "")
    assert said.split("\n", 1)[1].strip() == LINE, said
    assert console.signalstatus == signal.SIGINT or console.exitstatus == 128 + signal.SIGINT
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_machine_too(endless, tmp_path, number):
    with subprocess.Popen([ROOT / "tools/lab/lab", "run", endless, "--results", tmp_path / "out"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as lab:
        wait_for(tmp_path / "out/consoles/native-1.log")
        children = pathlib.Path(f"/proc/{lab.pid}/task/{lab.pid}/children").read_text(encoding="utf-8").split()
        os.kill(lab.pid, number)
        _, errors = lab.communicate(timeout=60)
    assert (lab.returncode, errors.strip()) == (130, LINE)
    assert len(children) == 1 and not pathlib.Path("/proc", children[0]).exists()
    assert not (tmp_path / "out").exists()


def test_a_folder_with_files_is_refused(lab, experiment_file, tmp_path):
    (tmp_path / "mine").write_text("precious")
    result = lab("run", experiment_file("mine"), "--results", tmp_path)
    assert result.returncode == 1
    assert f"lab: RESULTS={tmp_path}: has files in it: expected a new folder, or an empty one" in result.stderr
    assert (tmp_path / "mine").read_text() == "precious"


@pytest.fixture(name="tree")
def fixture_tree(tmp_path):
    """A copy of the tree with a result and a build."""
    for file in ("results/jitter/1/machine.json", "build/x"):
        (tmp_path / file).parent.mkdir(parents=True)
        (tmp_path / file).write_text("{}")
    return copy_tree(tmp_path)


def test_results_outlive_clean_and_a_no(tree):
    result, place = tree / "results/jitter/1/machine.json", {"cwd": str(tree), "env": environment_of_a_copy()}
    subprocess.run(["make", "-s", "clean"], **place, check=True, timeout=60)
    assert result.exists() and not (tree / "build").exists()
    done = subprocess.run(["make", "-s", "distclean"], **place, check=True, timeout=60, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    assert done.stdout.startswith("results stays, with 1 results of the lab, ") and result.exists()
    for answer, stays in (("", True), ("n", True), ("y", False)):
        console = pexpect.spawn("make", ["-s", "distclean"], **place, timeout=60, encoding="utf-8")
        console.expect_exact("Remove results too, with 1 results of the lab, ")
        console.sendline(answer)
        console.expect(pexpect.EOF)
        console.close()
        assert (console.exitstatus, result.exists()) == (0, stays)
