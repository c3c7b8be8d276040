"""Distributions: percentiles, curves, several runs together."""
import pytest

from lab.samples import Figure, Histogram, Run, histogram_of, ratio, summary


def test_percentiles_are_nearest_ranks():
    histogram = Histogram("us", [(1, 990), (5, 9), (70, 1)])
    found = [histogram.percentile(p) for p in (0, 50, 99, 99.1, 99.9, 99.99, 100)]
    assert found == [1, 1, 1, 5, 5, 70, 70]


def test_nothing_has_no_percentile():
    with pytest.raises(ValueError):
        Histogram("us").percentile(50)


def test_curve_ends_at_all():
    assert Histogram("us", [(4, 3), (2, 1)]).curve() == [(0.25, 2), (1.0, 4)]


def guest_run(number, value, counts):
    run = Run("guest", number)
    run.figures["a"] = Figure(value, "us")
    run.histograms["a"] = Histogram("us", counts)
    return run


def test_runs_of_a_side_together():
    runs = [guest_run(1, 10, [(1, 1)]), guest_run(2, 30, [(1, 2), (9, 1)]), guest_run(3, 20, [])]
    assert histogram_of(runs, "guest", "a").items() == [(1, 3), (9, 1)]
    assert summary(runs, "guest", "a") == (20, 10, 30, 3, "us")
    assert summary(runs, "native", "a") is None


def test_ratio_wants_one_unit():
    runs = [guest_run(1, 10, []), guest_run(2, 10, [])]
    runs[0].side = "native"
    assert ratio(summary(runs, "native", "a"), summary(runs, "guest", "a")) == 1
    runs[0].figures["a"] = Figure(10, "insn")
    assert ratio(summary(runs, "native", "a"), summary(runs, "guest", "a")) is None
