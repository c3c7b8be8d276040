"""Figures of native and guest runs as a table, as JSON, and what is wrong with them."""
import json
import statistics
from typing import NamedTuple

from bench_run import Figure


def medians(runs, names):
    """For each of `names`, the median of the runs that have it."""
    result = {}
    for name in names:
        figures = [run[name] for run in runs if name in run]
        if figures:
            middle = statistics.median_low(f.value for f in figures)
            result[name] = Figure(middle, figures[0].unit)
    return result


def ratio(native, guest):
    """Guest over native; None where there is none."""
    if not native or not guest or native.unit != guest.unit or native.value == 0:
        return None
    return guest.value / native.value


class Group(NamedTuple):
    """Figures that are measured alike."""
    title: str
    native: dict
    guest: dict

    def names(self):
        return list(dict.fromkeys([*self.native, *self.guest]))

    def problems(self, guest_expected):
        """What must not pass for a result: figures missing on a side, sides in other units."""
        found = []
        for name in self.names() if guest_expected else []:
            native, guest = self.native.get(name), self.guest.get(name)
            if not native or not guest:
                found.append(f"{name}: not printed {'by the guest' if native else 'natively'}")
            elif native.unit != guest.unit:
                found.append(f"{name}: native in {native.unit}, guest in {guest.unit}; "
                             "expected the same: time was taken from the calibration")
        if not self.names():
            found.append(f"{self.title}: no figures")
        return found

    def rows(self):
        for name in self.names():
            native, guest = self.native.get(name), self.guest.get(name)
            times = ratio(native, guest)
            yield [name, (native or guest).unit,
                   str(native.value) if native else "-",
                   str(guest.value) if guest else "-",
                   f"{times:.2f}" if times is not None else "-"]


def table(groups):
    head = ["figure", "unit", "native", "guest", "ratio"]
    blocks = [(group.title, list(group.rows())) for group in groups]
    rows = [head] + [row for _, block in blocks for row in block]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]

    def line(row):
        left = [cell.ljust(width) for cell, width in zip(row[:2], widths[:2])]
        right = [cell.rjust(width) for cell, width in zip(row[2:], widths[2:])]
        return "  ".join(left + right)

    lines = [line(head)]
    for title, block in blocks:
        lines += [f"-- {title}", *map(line, block)]
    return "\n".join(lines)


def write_json(path, groups):
    def side(figures):
        return {name: figure._asdict() for name, figure in figures.items()}

    content = [{"title": g.title, "native": side(g.native), "guest": side(g.guest),
                "ratio": {n: ratio(g.native.get(n), g.guest.get(n)) for n in g.names()}}
               for g in groups]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
