"""Two results beside each other: what differs in how they were made, and in each figure and distribution."""
import json
import pathlib

from lab import experiment as experiments, page, report, samples
from lab.experiment import Mistake
from lab.page import cell, escape
from lab.samples import Figure, Histogram, Run

OWN = ("time", "load", "load after", "seconds", "commands", "experiment")  # differ in any two runs, or are shown apart


class Result:
    """A folder of the lab's, read back."""

    def __init__(self, label, folder):
        self.label, self.folder = label, folder
        try:
            self.facts = json.loads((folder / "machine.json").read_text(encoding="utf-8"))
            content = json.loads((folder / "data/results.json").read_text(encoding="utf-8"))
        except OSError as error:
            raise Mistake(f"COMPARE: {error.filename}: {error.strerror}; expected a folder that "
                          "`make lab EXP=NAME` wrote") from None
        except json.JSONDecodeError as error:
            raise Mistake(f"COMPARE: {folder}: {error}; expected the lab's own JSON") from None
        self.runs = _runs(content)

    def keys(self):
        """What it was made with, {name: words}: the experiment's keys and the machine's."""
        found = {**{k: v for k, v in self.facts.items() if k not in OWN}, **self.facts["experiment"]}
        return {key: " ".join(map(str, v)) if isinstance(v, list) else str(v) for key, v in found.items() if key != "path"}


def _runs(content):
    found = {}
    for row in content["figures"]:
        run = found.setdefault((row["side"], row["run"]), Run(row["side"], row["run"]))
        run.figures[row["name"]] = Figure(row["value"], row["unit"])
    for row in content["samples"]:
        run = found.setdefault((row["side"], row["run"]), Run(row["side"], row["run"]))
        run.histograms.setdefault(row["name"], Histogram(row["unit"])).add(row["value"], row["count"])
    return list(found.values())


def find(word):
    """The folder that a word of COMPARE means: a path, a path under results/, or the newest of an experiment."""
    for folder in (pathlib.Path(word), experiments.RESULTS / word):
        if (folder / "machine.json").is_file():
            return folder.resolve()
        newest = sorted(folder.glob("*/machine.json"))
        if newest:
            return newest[-1].parent.resolve()
    raise Mistake(f"COMPARE={word}: no such result; expected a folder with a machine.json, such as results/jitter/TIME, "
                  "or the name of an experiment, for its newest")


def read(words):
    """The two results that COMPARE=a,b names."""
    names = words.split(",")
    if len(names) != 2 or not all(names):
        raise Mistake(f"COMPARE={words}: expected two results, with a comma between")
    folders = [find(name) for name in names]
    if folders[0] == folders[1]:
        raise Mistake(f"COMPARE={words}: both are {folders[0]}; expected two results")
    return [Result(label, folder) for label, folder in zip("ab", folders)]


def differences(one, other):
    """[(name, of a, of b)] of what they were made with."""
    ones, others = one.keys(), other.keys()
    return [(key, ones.get(key, ""), others.get(key, "")) for key in dict.fromkeys((*ones, *others))
            if ones.get(key, "") != others.get(key, "")]


def _made(results):
    lines = [f'<p class="made">{result.label}: {escape(result.folder)}</p>' + report.made(result.facts)
             for result in results]
    rows = [[cell(escape(word), "text") for word in row] for row in differences(*results)]
    if not rows:
        return [*lines, page.note("Both were made with the same commit, machine and keys.")]
    return [*lines, "<h2>What differs in how they were made</h2>", page.table(["", "a", "b"], rows, texts=3)]


def figures(results, side):
    """[(name, summary of a, summary of b)] of a side's figures."""
    names = dict.fromkeys(name for r in results for name in samples.names_of(samples.of_side(r.runs, side), "figures"))
    return [(name, *(samples.summary(r.runs, side, name) for r in results)) for name in names]


def _figure_table(results, side):
    rows = [report.figure_row(name, ("a", "b"), one, other) for name, one, other in figures(results, side)]
    return page.table(["figure", "unit", "a", "b", "b / a", "better"], rows, texts=2) if rows else ""


def _distributions(results, side):
    parts = []
    for name in dict.fromkeys(n for r in results for n in samples.names_of(samples.of_side(r.runs, side), "histograms")):
        found = {r.label: samples.histogram_of(r.runs, side, name) for r in results}
        found = {label: histogram for label, histogram in found.items() if histogram}
        if len({h.unit for h in found.values()}) == 1:
            parts += report.distribution(f"{side}-{name}", found)
    return parts


def print_figures(results):
    print(f"{'side':<8}{'figure':<24}{'unit':<16}{'a':>12}{'b':>12}{'b / a':>8}  better")
    for side in experiments.SIDES:
        for name, one, other in figures(results, side):
            cells = [f"{s.median:g}" if s else "-" for s in (one, other)]
            ratio = samples.ratio(one, other)
            best = {"one": "a", "other": "b", None: "-"}[samples.better(one, other)]
            print(f"{side:<8}{name:<24}{(one or other).unit:<16}{cells[0]:>12}{cells[1]:>12}"
                  f"{'-' if ratio is None else f'{ratio:.2f}':>8}  {best}")


def compare(results, folder):
    """Writes the page, and prints its figures. Returns its path."""
    about = [result.facts["experiment"]["name"] for result in results]
    title = about[0] if about[0] == about[1] else " and ".join(about)
    parts = [f"<h1>{escape(title)}: two results</h1>", *_made(results), page.note(report.BETTER)]
    for side in experiments.SIDES:
        table = _figure_table(results, side)
        if table:
            parts += [f"<h2>{side}: figures</h2>", table, *_distributions(results, side)]
    path = report.save(folder, f"{title}: two results of Stillhart's lab", parts)
    print_figures(results)
    return path
