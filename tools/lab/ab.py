"""A/B removal: the experiment as it is, and with one mechanism flipped at a time; whose effect is largest?

Under icount one run of each says it exactly. In real time the runs are interleaved, each repetition
has all of them, and an effect is a 95 % interval over the paired differences.
"""
import dataclasses
import tomllib
from typing import NamedTuple

from lab import execute, experiment as experiments, images as image_files, intervals, page, plots, raw, report
from lab.experiment import Mistake
from lab.page import cell, escape, number

FOLDER = experiments.FOLDER / "ab"
BASE = "as it is"


class Effect(NamedTuple):
    """What a flip does to a figure: growth, in the figure's unit and in per cent of what it was."""
    flip: str
    figure: str
    unit: str
    base: float
    change: float
    low: float  # of the change, with 95 %; equal to it where it is exact
    high: float

    def percent(self, value):
        """Of the base; a figure that was 0 has no per cent."""
        return 100 * value / self.base if self.base else None

    def is_sure(self):
        """It is not 0."""
        return self.change != 0 and (self.low > 0 or self.high < 0)

    def weight(self):
        percent = self.percent(self.change)
        return abs(percent) if percent is not None else float("inf")


def read_flips(name):
    """The sections of lab/ab/NAME.toml."""
    path = FOLDER / f"{name}.toml"
    if not path.is_file():
        raise Mistake(f"FLIPS={name}: no {path}; expected one of: {' '.join(sorted(p.stem for p in FOLDER.glob('*.toml')))}")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def flipped(experiment, name, words):
    """The experiment with a flip's keys."""
    keys = {key: tuple(v) if isinstance(v, list) else v for key, v in words.items()}
    keys.pop("about")
    if keys.pop("next_harts", False):
        vms, place = image_files.measured(experiment)
        keys["harts"] = tuple(hart + 1 for hart in experiment.harts or vms[place].harts)
    if "without" in keys:
        keys["without"] = tuple(dict.fromkeys((*experiment.without, *keys["without"])))
    try:
        return dataclasses.replace(experiment, **keys)
    except TypeError:
        raise Mistake(f"[{name}] of {FOLDER}: {' '.join(keys)}: not all are keys of an experiment") from None


def variants(experiment, flips, only):
    """{name: experiment}, the unchanged one first; and what each flip is about."""
    unknown = [name for name in only if name not in flips]
    if unknown:
        raise Mistake(f"flip {unknown[0]}: expected one of: {' '.join(flips)}")
    found = {BASE: dataclasses.replace(experiment, sides=("guest",))}
    for name, words in flips.items():
        if not only or name in only:
            found[name] = flipped(found[BASE], name, words)
    return found, {name: words["about"] for name, words in flips.items() if name in found}


def run_all(chosen, folder):
    """{name: [runs]}; each repetition begins with another one, so that order favours none."""
    images = {name: execute.prepare(one, folder / "images" / name) for name, one in chosen.items()}
    runs, names = {name: [] for name in chosen}, list(chosen)
    for number_of in range(1, chosen[BASE].runs + 1):
        for name in names[number_of - 1:] + names[:number_of - 1]:
            run = execute.run_once(chosen[name], images[name], "guest", number_of, folder / "runs" / name)
            runs[name].append(run)
            print(f"  {name} {number_of}: {run.seconds:.1f} s", flush=True)
    return runs, images


def _effect(flip, figure, base_runs, flip_runs, is_exact):
    pairs = [(b.figures[figure], f.figures[figure]) for b, f in zip(base_runs, flip_runs)
             if figure in b.figures and figure in f.figures]
    if not pairs or pairs[0][0].unit != pairs[0][1].unit:
        return None
    changes = [f.value - b.value for b, f in pairs]
    base = sum(b.value for b, _ in pairs) / len(pairs)
    mean, low, high = intervals.mean_interval(changes)
    if is_exact:
        low = high = mean
    return Effect(flip, figure, pairs[0][0].unit, base, mean, low, high)


def effects(runs, is_exact):
    """All that have both sides, the surest and largest first."""
    found = []
    for flip in runs:
        for figure in runs[BASE][0].figures if flip != BASE else ():
            if effect := _effect(flip, figure, runs[BASE], runs[flip], is_exact):
                found.append(effect)
    return sorted(found, key=lambda e: (not e.is_sure(), -e.weight()))


def describe(effect):
    """The change as words: in per cent with its interval."""
    percents = [effect.percent(v) for v in (effect.change, effect.low, effect.high)]
    if percents[0] is None:
        return f"{effect.change:+g} {effect.unit}"
    if effect.low == effect.high:
        return f"{percents[0]:+.1f} %"
    return f"{percents[0]:+.1f} % ({percents[1]:+.1f} … {percents[2]:+.1f})"


def _no_effect(is_exact):
    return "no change" if is_exact else "no change that could be told from chance"


def print_effects(found, is_exact):
    print(f"{'flip':<14}{'figure':<20}{'as it is':>12}{'flipped':>12}  change")
    for e in found:
        if e.is_sure():
            print(f"{e.flip:<14}{e.figure:<20}{e.base:>12g}{e.base + e.change:>12g}  {describe(e)}")
    print(f"{sum(not e.is_sure() for e in found)} others: {_no_effect(is_exact)}")


def _write_raw(folder, found):
    rows = [(e.flip, e.figure, e.unit, e.base, e.change, e.low, e.high) for e in found]
    raw.write_table(folder, "effects", ("flip", "figure", "unit", "base", "change", "low", "high"), rows)


def _table(found):
    rows = [[cell(escape(e.flip), "text"), cell(escape(e.figure), "text"), cell(escape(e.unit), "text"),
             cell(number(e.base)), cell(number(e.base + e.change), flip=e.flip, figure=e.figure, value=e.base + e.change),
             cell(escape(describe(e)) if e.change else "none")] for e in found]
    return page.table(["flip", "figure", "unit", "as it is", "flipped", "change"], rows, texts=3)


def _flip_table(abouts):
    rows = [[cell(escape(name), "text"), cell(escape(about), "text")] for name, about in abouts.items()]
    return page.table(["run", "what is different from the experiment as it is"], rows, texts=2)


def _page(experiment, abouts, found, facts, cpus):
    is_exact = experiment.mode == "icount"
    sure = [e for e in found if e.is_sure()]
    drawn = [(f"{e.flip}: {e.figure}", *(e.percent(v) for v in (e.change, e.low, e.high)))
             for e in sure if e.base][:25]
    how = ("One run of each: under icount the change is exact. A Linux that starts a few instructions later meets its "
           "clock in another phase, though: its rare maxima then move without being caused." if is_exact else
           f"{experiment.runs} interleaved repetitions; the lines are 95 % intervals of the mean change. Of a hundred "
           "figures that nothing happened to, five are in the list by chance: repeat what matters to you.")
    return [*report.head(experiment, facts, cpus, ": one thing changed at a time"),
            "<h2>What was taken away or added</h2>",
            page.note("Each run is the experiment as it is, with this one thing changed:"), _flip_table(abouts),
            "<h2>What each change does, the largest first</h2>", page.note(how),
            page.figure(plots.effects(drawn)) if drawn else "", "<h3>Effects</h3>", _table(sure),
            f"<h3>{_no_effect(is_exact).capitalize()}</h3>",
            _table([e for e in found if not e.is_sure()]), *report.machine(facts)]


def compare(experiment, folder, flips, only):
    """Runs all, prints the ranking, and writes data and report. Returns the report's path."""
    is_exact = experiment.mode == "icount"
    if not is_exact and experiment.runs < 3:
        raise Mistake(f"{experiment.name}: runs = {experiment.runs}: expected 3 or more: in real time an effect is "
                      "an interval over repetitions")
    chosen, abouts = variants(experiment, flips, only)
    runs, images = run_all(chosen, folder)
    found = effects(runs, is_exact)
    for name, several in runs.items():
        raw.write(folder / "data" / name, several)
    _write_raw(folder / "data", found)
    facts = raw.machine(chosen[BASE], images[BASE])
    facts = raw.write_machine(folder / "machine.json", facts, {
        f"{name} {run.number}": run for name, several in runs.items() for run in several})
    parts = _page(experiment, abouts, found, facts, images[BASE].vm.cpus)
    path = report.save(folder, f"{experiment.name}, A/B: Stillhart's lab", parts)
    print_effects(found, is_exact)
    return path
