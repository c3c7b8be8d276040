"""The plots of a report, by matplotlib, as SVG to stand in a page, and the numbers drawn: text stays text."""
import io
import re
from typing import NamedTuple

import matplotlib
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

COLORS = {"native": "#2f6db0", "guest": "#d1622b"}
LINES = {"native": {"linewidth": 5, "alpha": 0.45}, "guest": {"linewidth": 1.6}}  # both show where they are equal
OWN = {"guest": "#a9c7e6", "idle": "#d5dde5", "stopped": "#eceff2"}  # what is not taken from the guest
STACK = ("#d1622b", "#7a9e3b", "#9467bd", "#d9a32f", "#c94f7c", "#4e9a9a", "#8c564b", "#5b6abf", "#e08e79", "#3f7f5f",
         "#b5651d", "#708090", "#b0486f", "#8a8a2a", "#2f4b7c", "#a05195")
BINS = 40
STYLE = {"svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10, "axes.spines.top": False,
         "axes.spines.right": False, "axes.grid": True, "grid.color": "#e3e6ea", "grid.linewidth": 0.7,
         "axes.axisbelow": True, "legend.frameon": False}


class Plot(NamedTuple):
    """An <svg> element, and what it shows as a table."""
    name: str
    svg: str
    head: tuple
    rows: list


def _color(place, label):
    return COLORS.get(label, STACK[place % len(STACK)])


def _legend(axes, columns=6):
    """Above the plot, where it covers nothing."""
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2, ncols=columns, fontsize=8)


def _draw(name, draw, width=7.2, height=3.2):
    """The plot as an <svg> element. Its name keeps its ids apart from those of the page's others."""
    with matplotlib.rc_context({**STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure.add_subplot())
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    svg = text.getvalue()[text.getvalue().index("<svg"):]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.S)
    # The ids that are not hashed (figure_1, axes_1 …) are those of every plot.
    ids = set(re.findall(r'\bid="([^"]+)"', svg))
    svg = re.sub(r'\bid="([^"]+)"', lambda m: f'id="{name}-{m[1]}"', svg)
    svg = re.sub(r'(url\(#|href="#)([^")]+)', lambda m: m[1] + (f"{name}-" if m[2] in ids else "") + m[2], svg)
    return re.sub(r'^<svg ', f'<svg role="img" aria-label="{name}" ', svg)


def _is_wide(values):
    return min(values) > 0 and max(values) / min(values) > 50


def percentiles(name, histograms):
    """As HdrHistogram draws them: the axis is log of 1 / (1 - p), so that the tail has its room."""
    most = max(h.total() for h in histograms.values())

    def draw(axes):
        for place, (side, histogram) in enumerate(histograms.items()):
            xs, ys = [1], [histogram.items()[0][0]]
            for below, value in histogram.curve():
                xs += [xs[-1], 1 / (1 - below) if below < 1 else histogram.total() * 1.0]
                ys += [value, value]
            axes.plot(xs, ys, color=_color(place, side), label=side, **LINES.get(side, {}))
        axes.set_xscale("log")
        ticks = [1, 2] + [10**k for k in range(1, 8) if 10**k <= most]
        axes.set_xticks(ticks, [f"{100 - 100 / x:.8g} %" for x in ticks])
        axes.minorticks_off()
        _value_axis(axes.set_yscale, axes.set_ylabel, histograms)
        if not _is_wide(_values(histograms)):
            axes.set_ylim(bottom=0)
        axes.set_xlabel("of the samples are no larger")
        _legend(axes)
    rows = [(side, round(100 * below, 7), value) for side, h in histograms.items() for below, value in h.curve()]
    name = f"percentiles-{name}"
    return Plot(name, _draw(name, draw), ("side", "percent", "value"), rows)


def _values(histograms):
    return [value for h in histograms.values() for value in h.counts]


def _value_axis(set_scale, set_label, histograms):
    if _is_wide(_values(histograms)):
        set_scale("log")
    set_label(next(iter(histograms.values())).unit)


def _edges(values):
    """Whole values have a bin each where they fit, else bins of equal width, or of equal ratio."""
    low, high = min(values), max(values)
    if high - low < BINS:
        return [low - 0.5 + i for i in range(int(high - low) + 2)]
    if _is_wide(values):
        return [low * ((high + 1) / low) ** (i / BINS) for i in range(BINS + 1)]
    return [low + (high + 1 - low) * i / BINS for i in range(BINS + 1)]


def histogram(name, histograms):
    def draw(axes):
        edges = _edges(_values(histograms))
        values = [list(h.counts) for h in histograms.values()]
        counts = [list(h.counts.values()) for h in histograms.values()]
        axes.hist(values, bins=edges, weights=counts, color=[_color(*one) for one in enumerate(histograms)],
                  label=list(histograms), alpha=0.8)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        _value_axis(axes.set_xscale, axes.set_xlabel, histograms)
        axes.set_yscale("log")
        axes.set_ylim(bottom=0.7)
        axes.set_ylabel("samples")
        _legend(axes)
    rows = [(side, value, count) for side, h in histograms.items() for value, count in h.items()]
    name = f"histogram-{name}"
    return Plot(name, _draw(name, draw), ("side", "value", "samples"), rows)


def spikes(points, pieces, unit):
    """When the worst came: (side, seconds, value) of each; (column, seconds, ticks) of the host's pieces."""
    def draw(axes):
        for place, side in enumerate(dict.fromkeys(point[0] for point in points)):
            xs, ys = zip(*[(at, value) for which, at, value in points if which == side])
            axes.vlines(xs, 0, ys, color=_color(place, side), linewidth=1)
            axes.plot(xs, ys, "o", color=_color(place, side), markersize=4, label=side)
        for place, column in enumerate(dict.fromkeys(piece[0] for piece in pieces)):
            for at in (at for which, at, _ in pieces if which == column):
                axes.axvline(at, color=STACK[(place + 1) % len(STACK)], linewidth=1.2, linestyle=":", label=column)
        axes.set_ylim(bottom=0)
        axes.set_xlabel("seconds since the time CSR was 0")
        axes.set_ylabel(unit)
        _legend(axes, columns=10)
    rows = [("spike", *point) for point in points] + [("piece", *piece) for piece in pieces]
    return Plot("spikes", _draw("spikes", draw, width=10.8), ("what", "of", "seconds", "value"), rows)


def late(points):
    """Timers that fired late: {blame: [(seconds, ticks)]}, a colour for each blame."""
    def draw(axes):
        for (blame, ones), color in zip(points.items(), STACK):
            axes.plot(*zip(*ones), "o", color=color, markersize=3.5, alpha=0.8, label=blame)
        axes.set_yscale("log")
        axes.set_xlabel("seconds since the time CSR was 0")
        axes.set_ylabel("ticks late")
        _legend(axes)
    rows = [(blame, at, ticks) for blame, ones in points.items() for at, ticks in ones]
    return Plot("late", _draw("late", draw, width=10.8), ("blame", "seconds", "ticks"), rows)


def ledger(bars):
    """A bar for each vCPU, {column: ticks}: in hundredths of its wall clock."""
    def draw(axes):
        columns = list(dict.fromkeys(c for shares in bars.values() for c in shares))
        taken = [column for column in columns if column not in OWN]
        colors = {**OWN, **{column: STACK[i % len(STACK)] for i, column in enumerate(taken)}}
        for place, shares in enumerate(bars.values()):
            left, whole = 0.0, sum(shares.values())
            for column in columns:
                width = 100 * shares.get(column, 0) / whole
                first = place == next(i for i, s in enumerate(bars.values()) if column in s)
                axes.barh(place, width, left=left, color=colors[column],
                          edgecolor="white", linewidth=0.4, label=column if first else None)
                left += width
        axes.set_yticks(range(len(bars)), list(bars))
        axes.invert_yaxis()
        axes.set_xlim(0, 100)
        axes.set_xlabel("% of the wall clock")
        _legend(axes, columns=8)
    rows = [(vcpu, column, ticks) for vcpu, shares in bars.items() for column, ticks in shares.items()]
    return Plot("ledger", _draw("ledger", draw, width=10.8, height=1.6 + 0.45 * len(bars)),
                ("vcpu", "column", "ticks"), rows)


def effects(rows):
    """Of an A/B: (name, effect, low, high) in per cent, the largest first."""
    def draw(axes):
        places = range(len(rows))
        axes.barh(places, [row[1] for row in rows], color=COLORS["guest"], height=0.55, alpha=0.8)
        for place, (_, _, low, high) in zip(places, rows):
            if low != high:
                axes.plot([low, high], [place, place], color="#333", linewidth=1.5, marker="|")
        axes.axvline(0, color="#333", linewidth=0.8)
        axes.set_yticks(places, [row[0] for row in rows])
        axes.invert_yaxis()
        axes.set_xscale("symlog", linthresh=10)
        axes.set_xlabel("% that the figure grows by")
    return Plot("effects", _draw("effects", draw, width=10.8, height=1.2 + 0.32 * len(rows)),
                ("flip: figure", "change, %", "low", "high"), list(rows))
