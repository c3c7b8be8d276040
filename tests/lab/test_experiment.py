"""Experiments are read, and each mistake is named."""
import re
import subprocess

import pytest

from lab import experiment as experiments
from lab.experiment import Mistake


@pytest.mark.parametrize("name", experiments.names())
def test_every_experiment_of_the_lab_is_right(name):
    assert experiments.read(name).about


@pytest.mark.parametrize("keys, message", [
    ({"wrkload": "x"}, "wrkload: unknown key; expected one of: about workload vms"),
    ({"workload": "chess"}, "workload = 'chess': expected one of: jitter cyclictest"),
    ({"mode": "fast"}, "mode = 'fast': expected one of: icount realtime"),
    ({"sides": ["guest", "moon"]}, "sides = 'moon': expected one of: native guest"),
    ({"runs": 0}, "runs = 0: expected 1 or more"),
    ({"runs": "3"}, "runs = '3': expected a number"),
    ({"without": "vmid"}, "without = 'vmid': expected a list"),
    ({"vms": "configs/none.dts"}, "vms = 'configs/none.dts': expected a VM description"),
])
def test_mistakes(experiment_file, keys, message):
    with pytest.raises(Mistake) as mistake:
        experiments.read(str(experiment_file("mine", **keys)))
    assert f"mine.toml: {message}" in str(mistake.value)


def test_a_key_that_is_missing(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('about = "x"\nvms = "configs/jitter.dts"\n')
    with pytest.raises(Mistake, match="mine.toml: workload is missing: every experiment needs it"):
        experiments.read(str(path))


def test_no_such_experiment(lab):
    result = lab("run", "nope")
    assert result.returncode == 1
    assert "lab: EXP=nope: no " in result.stderr and "expected one of: " in result.stderr


@pytest.mark.parametrize("words, message", [
    (("ab", "nope"), "lab: AB=nope: no "),
    (("ab", "jitter", "--runs", "x"), "lab: RUNS=x: expected a number from 1 to 999999"),
    (("run", "jitter", "--runs", "0"), "lab: RUNS=0: expected a number from 1 to 999999"),
    (("run", "jitter", "--runs", "-1"), "lab: RUNS=-1: expected a number from 1 to 999999"),
    (("run", "jitter", "--results", "/dev/null/x"),
     "lab: RESULTS=/dev/null/x: Not a directory: expected a folder to write to"),
])
def test_wrong_words(lab, words, message):
    result = lab(*words)
    assert result.returncode == 1
    assert message in result.stderr and "Traceback" not in result.stderr


@pytest.mark.parametrize("parameters, message", [
    ("EXP=jitter AB=jitter2", "EXP=jitter and AB=jitter2: expected one of the two"),
    ("REPLAY=worst", "REPLAY=worst: expected EXP=NAME with it, the run that is done again"),
    ("AB=jitter REPLAY=worst", "REPLAY=worst: expected EXP=NAME with it, the run that is done again"),
    ("BOARD=/dev/ttyUSB0", "BOARD=/dev/ttyUSB0: expected EXP=NAME with it, and no AB or REPLAY"),
    ("AB=jitter BOARD=/dev/ttyUSB0", "BOARD=/dev/ttyUSB0: expected EXP=NAME with it, and no AB or REPLAY"),
    ("EXP=jitter REPLAY=late BOARD=/dev/ttyUSB0", "BOARD=/dev/ttyUSB0: expected EXP=NAME with it, and no AB or REPLAY"),
])
def test_parameters_that_do_not_go_together(parameters, message):
    result = subprocess.run(["make", "-s", "lab", *parameters.split()], cwd=experiments.ROOT, capture_output=True,
                            text=True, timeout=60, check=False)
    assert result.returncode == 2
    assert re.search(rf"\*\*\* {re.escape(message)}\.  Stop\.", result.stderr)


def test_a_vm_that_the_description_lacks(lab, experiment_file, tmp_path):
    result = lab("run", experiment_file("mine", vm="zebra"), "--results", tmp_path / "out")
    assert result.returncode == 1
    assert "vm = 'zebra': configs/jitter.dts has no such VM; expected one of: jitter" in result.stderr


def test_a_run_that_does_not_end_is_named(lab, experiment_file, tmp_path):
    """A time limit of a second ends the real-time boot of a Linux, and the message has the log's end."""
    path = experiment_file("slow", workload="boot", vms="configs/linux1.dts", mode="realtime", limit=1,
                           sides=["native"])
    result = lab("run", path, "--results", tmp_path / "out")
    assert result.returncode == 1
    assert "lab: native-1: did not end in 1 s, boot did not come to its end; the end of" in result.stderr
