"""Figures and distributions of runs: what a console said, in numbers."""
import statistics
from typing import NamedTuple

PERCENTILES = ((0, "min"), (50, "p50"), (90, "p90"), (99, "p99"), (99.9, "p99.9"), (99.99, "p99.99"),
               (100, "max"))


RATES = ("bogo ops/s", "inversions")  # units of which more is better; of all others less is


class Figure(NamedTuple):
    value: float
    unit: str


class Spike(NamedTuple):
    """One of the worst of a distribution: when it was due, in ticks of the time CSR."""
    name: str
    due: int
    value: int
    unit: str


class Histogram:
    """How often each value came."""

    def __init__(self, unit, counts=()):
        self.unit, self.counts = unit, {}
        for value, count in counts:
            self.add(value, count)

    def add(self, value, count):
        if count:
            self.counts[value] = self.counts.get(value, 0) + count

    def items(self):
        return sorted(self.counts.items())

    def total(self):
        return sum(self.counts.values())

    def mean(self):
        return sum(value * count for value, count in self.items()) / self.total()

    def has(self, percent):
        """There are samples beyond that percentile: 99.9 needs a thousand. Least and greatest are always there."""
        return percent in (0, 100) or round(self.total() * (100 - percent), 6) >= 100

    def percentile(self, percent):
        """The smallest value that at least `percent` of 100 samples do not exceed."""
        rank, seen = self.total() * percent / 100, 0
        for value, count in self.items():
            seen += count
            if seen >= rank:
                return value
        raise ValueError("a histogram of nothing has no percentile")

    def curve(self):
        """(fraction of the samples that are no larger, value) in rising order."""
        seen, total, points = 0, self.total(), []
        for value, count in self.items():
            seen += count
            points.append((seen / total, value))
        return points


def merged(histograms):
    """One of several of a unit."""
    whole = Histogram(histograms[0].unit)
    for histogram in histograms:
        for value, count in histogram.counts.items():
            whole.add(value, count)
    return whole


class Run:
    """What one run said."""

    def __init__(self, side, number):
        self.side, self.number = side, number
        self.figures, self.histograms, self.spikes = {}, {}, []
        self.dump = None    # what tools/trace/dump.py makes of the hypervisor's ledger
        self.log = None     # the console's, a path
        self.seconds = 0.0  # the run took, on the host's clock

    def name(self):
        return f"{self.side}-{self.number}"


def of_side(runs, side):
    return [run for run in runs if run.side == side]


def histogram_of(runs, side, name):
    """All runs' of a side together, or None."""
    found = [run.histograms[name] for run in of_side(runs, side) if name in run.histograms]
    return merged(found) if found else None


def names_of(runs, what):
    """The names of `figures` or `histograms` of all runs, in the order in which they came."""
    return list(dict.fromkeys(name for run in runs for name in getattr(run, what)))


class Summary(NamedTuple):
    """A figure over the runs of a side."""
    median: float
    least: float
    most: float
    count: int
    unit: str


def summary(runs, side, name):
    found = [run.figures[name] for run in of_side(runs, side) if name in run.figures]
    if not found:
        return None
    values = [figure.value for figure in found]
    return Summary(statistics.median(values), min(values), max(values), len(values), found[0].unit)


def ratio(native, guest):
    """Guest over native; None where there is none."""
    if not native or not guest or native.unit != guest.unit or native.median == 0:
        return None
    return guest.median / native.median


def better(one, other):
    """Which of two summaries of a figure is the better one: "one" or "other"; None where it is neither: equal, not
    comparable, or in real time with ranges that overlap."""
    if not one or not other or one.unit != other.unit:
        return None
    if one.least <= other.most and other.least <= one.most:
        return None
    return "one" if (one.median < other.median) != (one.unit in RATES) else "other"
