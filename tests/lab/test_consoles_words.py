"""What a console's log says: the measured VM's lines, and what each workload's program printed."""
import types

import pytest

from lab import console, experiment as experiments
from lab.experiment import Mistake
from lab.samples import Figure, Run

JITTER = """OpenSBI v1.5
BENCH null_sbi 93 insn\r
SPIKE timer_busy 2000 3 insn\r
HIST timer_busy insn 2:725 3:274\r
HIST timer_busy insn 4:1\r
BENCH done 0 status\r
"""


def read(text, name="jitter", side="guest", vm="jitter", is_first=True, workload="jitter"):
    run = Run(side, 1)
    experiment = experiments.check(experiments.FOLDER / f"{name}.toml", {
        "about": "a", "workload": workload, "vms": "configs/jitter.dts"})
    images = types.SimpleNamespace(vm=types.SimpleNamespace(name=vm), is_first=is_first)
    return run, console.read(run, text, experiment, images)


def linux(said, workload, status=0):
    text = f"noise\nLAB userspace 1.25\r\nLAB begin {workload}\r\n{said}\nLAB end {workload} {status}\r\nLAB done {status}\r\n"
    return read(text, vm="linux", workload=workload)


def test_jitter():
    run, fault = read(JITTER)
    assert fault is None
    assert run.figures == {"null_sbi": Figure(93, "insn")}
    assert run.histograms["timer_busy"].items() == [(2, 725), (3, 274), (4, 1)]
    assert [tuple(spike) for spike in run.spikes] == [("timer_busy", 2000, 3, "insn")]


def test_another_vms_lines_do_not_count():
    """The first VM's lines come as they are, the others' labelled with their names."""
    both = "[other] BENCH null_sbi 1 insn\r\n" + JITTER
    assert read(both)[0].figures == {"null_sbi": Figure(93, "insn")}
    second = "".join(f"[jitter] {line}\n" for line in JITTER.splitlines()) + "BENCH null_sbi 7 insn\n"
    assert read(second, is_first=False)[0].figures == {"null_sbi": Figure(93, "insn")}


def test_a_linux_time_stamp_is_no_other_vm():
    run, _ = read("[    1.5] BENCH null_sbi 93 insn\nBENCH done 0 status\n")
    assert run.figures["null_sbi"].value == 93


@pytest.mark.parametrize("text, fault", [
    (JITTER.replace("BENCH done 0", "BENCH done 1"), "jitter ended with status 1"),
    (JITTER.replace("BENCH done 0 status\r\n", ""), "jitter did not come to its end"),
])
def test_a_run_that_failed(text, fault):
    assert read(text)[1] == fault


def test_cyclictest():
    run, fault = linux("""{ "thread": {
        "0": { "histogram": { "3": 8, "90": 1 }, "min": 3, "max": 90 },
        "1": { "histogram": { "3": 1 }, "min": 3, "max": 3 } } }""", "cyclictest")
    assert fault is None
    assert run.histograms["wakeup"].items() == [(3, 9), (90, 1)]
    assert run.figures["wakeup_p90"] == Figure(3, "us")
    assert run.figures["wakeup_max"] == Figure(90, "us")
    assert run.figures["userspace"].value == 1.25


def test_hackbench():
    assert linux("Running in process mode\nTime: 1.234", "hackbench")[0].figures["hackbench"] == Figure(1.234, "s")


def test_a_program_that_failed_has_no_figures():
    run, fault = linux("sh: hackbench: not found", "hackbench", 127)
    assert fault == "hackbench ended with status 127"
    assert "hackbench" not in run.figures


def test_a_program_that_said_something_else():
    with pytest.raises(Mistake, match="can't read what hackbench said"):
        linux("hello", "hackbench")
