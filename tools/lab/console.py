"""Reads a console's log: what the measured guest said, told from what the others did."""
import json
import re

import bench_run
from lab import ledger, workloads
from lab.experiment import Mistake
from lab.samples import Figure, Histogram, Spike

OTHER_VM = re.compile(r"^\[([^\]]{1,40})\] ")
HISTOGRAM = re.compile(r"\bHIST (\w+) (\w+)((?: \d+:\d+)+)\s*$")
SPIKE = re.compile(r"\bSPIKE (\w+) (\d+) (\d+) (\w+)\s*$")
PERCENT_NAMES = ((50, "p50"), (90, "p90"), (99, "p99"), (99.9, "p99.9"), (100, "max"))


def own_lines(text, vm, is_first):
    """The lines of the measured VM: the first VM's come as they are, another's are labelled with its name."""
    for line in text.splitlines():
        prefix = OTHER_VM.match(line)
        is_kernel = prefix and re.match(r"\[ *\d+\.\d+", line)  # Linux' time stamps look alike
        if prefix and not is_kernel:
            if not is_first and prefix[1] == vm:
                yield line[prefix.end():]
        elif is_first:
            yield line


def _read_jitter(run, lines):
    text = "\n".join(lines)
    figures, status = bench_run.parse(text)
    run.figures.update({name: Figure(*figure) for name, figure in figures.items()})
    for line in lines:
        if found := HISTOGRAM.search(line):
            histogram = run.histograms.setdefault(found[1], Histogram(found[2]))
            for pair in found[3].split():
                histogram.add(*map(int, pair.split(":")))
        elif found := SPIKE.search(line):
            run.spikes.append(Spike(found[1], int(found[2]), int(found[3]), found[4]))
    return status


def _section(lines, name):
    """What a program said, and its status; None if it did not come to its end."""
    said = None
    for line in lines:
        if line.strip() == f"{workloads.BEGIN} {name}":
            said = []
        elif line.startswith(f"{workloads.END} {name} ") and said is not None:
            return said, int(line.split()[-1])
        elif said is not None:
            said.append(line)
    return said or [], None


def _add_percentiles(run, name):
    histogram = run.histograms[name]
    for percent, suffix in PERCENT_NAMES:
        if histogram.has(percent):
            run.figures[f"{name}_{suffix}"] = Figure(histogram.percentile(percent), histogram.unit)


def _read_cyclictest(run, said):
    """Its JSON: a histogram for each thread, in microseconds."""
    text = "\n".join(said)
    content = json.loads(text[text.index("{"):text.rindex("}") + 1])
    whole = Histogram("us")
    for thread in content["thread"].values():
        for value, count in thread["histogram"].items():
            whole.add(int(value), int(count))
    run.histograms["wakeup"] = whole
    _add_percentiles(run, "wakeup")
    run.figures["wakeup_mean"] = Figure(round(whole.mean(), 2), "us")
    run.figures["wakeup_max"] = Figure(max(t["max"] for t in content["thread"].values()), "us")


def _read_pattern(pattern, name, unit):
    def read(run, said):
        found = re.search(pattern, "\n".join(said))
        if not found:
            raise ValueError(f"expected a line like {pattern}")
        run.figures[name] = Figure(float(found[1]), unit)
    return read


def _read_stress(run, said):
    """The table of --metrics-brief: stressor, bogo ops, seconds real, user, system, ops per second."""
    rows = re.findall(r"metrc: \[\d+\] (\S+) +(\d+) +([\d.]+) +([\d.]+) +([\d.]+) +([\d.]+)", "\n".join(said))
    if not rows:
        raise ValueError("expected the table of --metrics-brief")
    for stressor, *_, rate in rows:
        run.figures[f"{stressor}_rate"] = Figure(float(rate), "bogo ops/s")


READERS = {
    "cyclictest": _read_cyclictest,
    "hackbench": _read_pattern(r"Time: ([\d.]+)", "hackbench", "s"),
    "pi_stress": _read_pattern(r"Total inversion performed: (\d+)", "inversions", "inversions"),
    "stress-ng": _read_stress,
    "boot": lambda run, said: None,
}


def _read_linux(run, lines, workload):
    for line in lines:
        if line.startswith(workloads.USERSPACE):
            run.figures["userspace"] = Figure(float(line.split()[-1]), "s of guest time")
    said, status = _section(lines, workload)
    if status == 0:
        try:
            READERS[workload](run, said)
        except (ValueError, KeyError, IndexError) as error:
            raise Mistake(f"{run.log}: can't read what {workload} said: {error}") from None
    return status


def read(run, text, experiment, images):
    """Fills a run from its console's log. Returns what is wrong with it, or None."""
    lines = list(own_lines(text, images.vm.name, images.is_first or run.side == "native"))
    linux = workloads.is_linux(experiment)
    status = _read_linux(run, lines, experiment.workload) if linux else _read_jitter(run, lines)
    if run.side == "guest":
        run.dump = ledger.read(text, images.vm.name)
        run.figures.update(ledger.figures(run.dump, images.vm.name))
    if status is None:
        return f"{experiment.workload} did not come to its end"
    return f"{experiment.workload} ended with status {status}" if status else None
