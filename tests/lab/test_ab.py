"""A/B: which effects are sure, in which order, and that a flip reaches the machine."""
import csv
import math

import pytest

from lab import ab, experiment as experiments, intervals
from lab.experiment import Mistake
from lab.samples import Figure, Run


def runs(**figures):
    """One run for each place in the lists of values."""
    found = []
    for number in range(len(next(iter(figures.values())))):
        run = Run("guest", number + 1)
        run.figures = {name: Figure(values[number], "us") for name, values in figures.items()}
        found.append(run)
    return found


def test_interval_of_known_values():
    """Mean 3, standard deviation sqrt(2.5), t for 4 degrees of freedom 2.776."""
    mean, low, high = intervals.mean_interval([1, 2, 3, 4, 5])
    assert mean == 3
    assert math.isclose(high - mean, 2.776 * math.sqrt(2.5) / math.sqrt(5), rel_tol=1e-9)
    assert math.isclose(mean - low, high - mean)


def test_one_value_is_never_sure():
    assert intervals.mean_interval([7]) == (7, -math.inf, math.inf)


def test_the_surest_and_largest_come_first():
    found = ab.effects({
        ab.BASE: runs(p99=[100, 102, 98], p50=[10, 10, 10]),
        "small": runs(p99=[110, 112, 108], p50=[10, 10, 10]),
        "noise": runs(p99=[300, 20, 90], p50=[10, 10, 10]),
        "large": runs(p99=[200, 204, 196], p50=[11, 11, 11]),
    }, is_exact=False)
    assert [(e.flip, e.figure) for e in found if e.is_sure()] == [
        ("large", "p99"), ("small", "p99"), ("large", "p50")]
    assert ("noise", "p99") in [(e.flip, e.figure) for e in found if not e.is_sure()]


def test_exact_effects_have_no_interval():
    found = ab.effects({ab.BASE: runs(a=[100]), "x": runs(a=[93])}, is_exact=True)
    assert ab.describe(found[0]) == "-7.0 %" and found[0].is_sure()


@pytest.mark.parametrize("is_exact, said", [(True, "1 others: no change"),
                                            (False, "1 others: no change that could be told from chance")])
def test_chance_is_named_where_there_is_some(capsys, is_exact, said):
    values = runs(a=[100, 100, 100])
    ab.print_effects(ab.effects({ab.BASE: values, "x": values}, is_exact), is_exact)
    assert capsys.readouterr().out.endswith(said + "\n")


def test_real_time_wants_repetitions(tmp_path, experiment_file):
    experiment = experiments.read(str(experiment_file("mine", mode="realtime", runs=2)))
    with pytest.raises(Mistake, match="runs = 2: expected 3 or more"):
        ab.compare(experiment, tmp_path, {}, [])


def test_an_unknown_flip_is_named(lab, experiment_file, tmp_path):
    result = lab("ab", experiment_file("mine"), "--only", "sail", "--results", tmp_path / "out")
    assert result.returncode == 1
    assert "lab: flip sail: expected one of: sstc vmid" in result.stderr


def test_unknown_flips_are_named(lab, experiment_file, tmp_path):
    result = lab("ab", experiment_file("mine"), "--flips", "sails", "--results", tmp_path / "out")
    assert result.returncode == 1
    assert "lab: FLIPS=sails: no " in result.stderr and "expected one of: mechanisms neighbours" in result.stderr


def test_a_neighbour_beside_the_guest(lab, experiment_file, tmp_path):
    """It runs for ever: the run ends when the measured VM has, and its lines are kept apart from the guest's."""
    path = experiment_file("mine", vms="configs/aggressors/console-spam.dts", sides=["guest"])
    result = lab("run", path, "--results", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    assert "[console-spam]" in (tmp_path / "out/consoles/guest-1.log").read_text(errors="replace")
    assert "null_sbi" in (tmp_path / "out/data/figures.csv").read_text()


def test_flips_reach_the_machine(lab, experiment_file, tmp_path):
    """Without the fast path a null call takes several times as long, and a timer no longer."""
    result = lab("ab", experiment_file("mine"), "--only", "fast-path", "placement", "--results", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    assert "<h3>No change</h3>" in (tmp_path / "out/report.html").read_text()
    with open(tmp_path / "out/data/effects.csv", encoding="utf-8") as file:
        found = {(row["flip"], row["figure"]): row for row in csv.DictReader(file)}
    null_call = found["fast-path", "null_sbi"]
    assert float(null_call["change"]) > 3 * float(null_call["base"])
    assert float(null_call["low"]) == float(null_call["change"])
    assert float(found["fast-path", "timer_busy_max"]["change"]) == 0
    assert "harts = <1>;" in (tmp_path / "out/images/placement/vms.dts").read_text()
    assert "harts" not in (tmp_path / "out/images/as it is/vms.dts").read_text()
