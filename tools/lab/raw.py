"""The raw data of an experiment, CSV and JSON. They hold nothing of this machine or moment: under icount
a bare guest gives the same bytes each time. What the machine was is in machine.json."""
import csv
import dataclasses
import json
import os
import platform
import subprocess
import time

from lab import execute, images as image_files, ledger
from lab.experiment import ROOT


def write_table(folder, name, head, rows):
    """folder/NAME.csv."""
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def _write_json(path, content):
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _figures(runs):
    for run in runs:
        for name, figure in run.figures.items():
            yield run.side, run.number, name, figure.unit, figure.value


def _samples(runs):
    for run in runs:
        for name, histogram in run.histograms.items():
            for value, count in histogram.items():
                yield run.side, run.number, name, histogram.unit, value, count


def _spikes(runs):
    for run in runs:
        for spike in run.spikes:
            yield run.side, run.number, spike.name, spike.unit, spike.due, spike.value


def _ledgers(runs):
    """(run, vCPU, column), of guest runs whose VM reports."""
    for run in runs:
        for vcpu in run.dump.vcpus.values() if run.dump else ():
            for column in vcpu.columns.values():
                yield run, vcpu, column


def _columns(runs):
    for run, vcpu, column in _ledgers(runs):
        yield (run.number, vcpu.vm_name, vcpu.index, vcpu.hart, column.name, column.count, column.sum,
               column.min, column.max, vcpu.now - vcpu.start)


def _worst(runs):
    for run, vcpu, column in _ledgers(runs):
        if worst := column.worst:
            yield (run.number, vcpu.vm_name, vcpu.index, column.name, worst.end, column.max, worst.exits,
                   hex(worst.pc), hex(worst.cause), " ".join(map(hex, worst.args)))


def _late(runs):
    for run in runs:
        for vcpu in ledger.late_vcpus(run.dump) if run.dump else ():
            late = vcpu.late
            yield (run.number, vcpu.vm_name, vcpu.index, late.count, late.sum, late.min, late.max,
                   *(late.blames[key] for key in ledger.BLAME_KEYS))


TABLES = {
    "figures": (("side", "run", "name", "unit", "value"), _figures),
    "samples": (("side", "run", "name", "unit", "value", "count"), _samples),
    "spikes": (("side", "run", "name", "unit", "due", "value"), _spikes),
    "ledger": (("run", "vm", "vcpu", "hart", "column", "count", "ticks", "min", "max", "wall"), _columns),
    "late": (("run", "vm", "vcpu", "count", "ticks", "min", "max", *ledger.BLAME_KEYS), _late),
    "worst": (("run", "vm", "vcpu", "column", "end", "ticks", "exits", "pc", "cause", "args"), _worst),
}


def write(folder, runs):
    """data/TABLE.csv for each table that has rows, and all of them as data/results.json."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {}
    for name, (head, rows_of) in TABLES.items():
        rows = list(rows_of(runs))
        content[name] = [dict(zip(head, row)) for row in rows]
        if rows:
            write_table(folder, name, head, rows)
    _write_json(folder / "results.json", content)


def _output(*command):
    try:
        done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)
    except OSError:
        return ""
    return done.stdout.strip()


def _processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.partition(":")[2].strip() for line in file if line.startswith(("model name", "uarch"))]
    return f"{len(os.sched_getaffinity(0))} × {names[0] if names else platform.machine()}"


def host(board=None):
    """When, of which commit, and on what."""
    changed = _output("git", "status", "--porcelain")
    commit = _output("git", "rev-parse", "HEAD") or "not a git clone"
    return {
        "time": time.strftime("%Y-%m-%d %H:%M:%S %Z"),
        "commit": commit + (" with changes" if changed else ""),
        **({"board": board} if board else {"qemu": _output(str(image_files.QEMU), "--version").splitlines()[0]}),
        "processor": _processor(),
        "kernel": f"{platform.system()} {platform.release()}",
        "load": list(os.getloadavg()),
    }


def machine(experiment, images, board=None):
    """What the figures were taken on and with: known before the first run. Of a board its serial line."""
    return {
        **host(board),
        "experiment": {k: str(v) if k == "path" else v for k, v in dataclasses.asdict(experiment).items()},
        "commands": {side: execute.qemu_command(experiment, images, side) for side in experiment.sides if not board},
        "seconds": {},
    }


def write_machine(path, facts, runs):
    """With what the runs, {name: run}, took, and the load after them."""
    facts = {**facts, "load after": list(os.getloadavg()),
             "seconds": {name: round(run.seconds, 2) for name, run in runs.items()}}
    _write_json(path, facts)
    return facts
