"""The report of an experiment: one page with figures, plots, ledger and machine, that needs no network."""
from lab import ledger, page, plots, raw, samples
from lab.page import cell, escape, number

TICKS_PER_SECOND = 10_000_000  # of QEMU's virt machine; a dump says its own

MODES = {
    "icount": "Under -icount shift={shift},sleep=off each instruction takes {ns} ns of virtual time, whichever hart executes it: "
              "guest, hypervisor or firmware. On one hart the figures repeat exactly, and a run more says nothing new.",
    "realtime": "In real time, native and guest in turn. QEMU's time is the host's: only ratios mean something, and the "
                "ranges say how much.",
    "board": "On a board, native and guest in turn, in its own time.",
}
NO_CACHES = ("QEMU has no caches and no pipeline. The figures count what is executed and who waits for whom; they are "
             "no times of a board.")
SEVERAL_HARTS = ("Under icount QEMU runs the harts in turn, so figures between harts are those of its turns, and Linux on "
                 "several harts shows outliers of over a second, natively too. They are not meaningful: compare them in "
                 "real time, interleaved (mode = \"realtime\"). A bare guest does repeat itself exactly.")


def _summary_cell(summary, is_better, **data):
    if not summary:
        return cell("–")
    spread = f" <small>{number(summary.least)} … {number(summary.most)}</small>" if summary.count > 1 else ""
    return cell(number(summary.median) + spread, "better" if is_better else "", value=summary.median, **data)


def figure_row(name, labels, one, other):
    """A figure of two sides, the better one marked, and their ratio. `labels` name the sides to a program."""
    ratio, best = samples.ratio(one, other), samples.better(one, other)
    return [cell(escape(name), "text"), cell(escape((one or other).unit), "text"),
            _summary_cell(one, best == "one", figure=name, side=labels[0]),
            _summary_cell(other, best == "other", figure=name, side=labels[1]),
            cell("–" if ratio is None else f"{ratio:.2f}"),
            cell({"one": labels[0], "other": labels[1], None: "–"}[best], "text")]


BETTER = ("The better side of each figure is bold: the smaller one, or of a rate the larger; none where both are equal or "
          "their ranges overlap.")


def _figures(experiment, runs):
    rows = [figure_row(name, ("native", "guest"), *(samples.summary(runs, side, name) for side in ("native", "guest")))
            for name in samples.names_of(runs, "figures")]
    what = "Medians of the runs, least and most beside them. " if experiment.runs > 1 else ""
    return ["<h2>Figures</h2>", page.note(what + BETTER),
            page.table(["figure", "unit", "native", "guest", "guest / native", "better"], rows, texts=2)]


def distribution(name, found):
    """{side: histogram} as plots and a table. A percentile is shown where there are samples beyond it."""
    shown = [(p, label) for p, label in samples.PERCENTILES if any(h.has(p) for h in found.values())]
    rows = [[cell(escape(side), "text"), cell(number(h.total()), name=name, side=side, samples=h.total())]
            + [cell(number(h.percentile(p)), name=name, side=side, percentile=label, value=h.percentile(p))
               if h.has(p) else cell("–") for p, label in shown] for side, h in found.items()]
    unit = next(iter(found.values())).unit
    return [f"<h3>{escape(name)}, in {escape(unit)}</h3>",
            page.pair(plots.percentiles(name, found), plots.histogram(name, found)),
            page.table(["", "samples", *(label for _, label in shown)], rows)]


def _distributions(experiment, runs):
    names = samples.names_of(runs, "histograms")
    parts = ["<h2>Distributions</h2>"] if names else []
    for name in names:
        found = {side: samples.histogram_of(runs, side, name) for side in experiment.sides}
        parts += distribution(name, {side: histogram for side, histogram in found.items() if histogram})
    return parts


def timebase(run):
    return run.dump.timebase if run.dump else TICKS_PER_SECOND


def _ticks(spike, shift):
    """The lateness in ticks."""
    return spike.value * {"insn": 1 << shift, "ns": 1, "us": 1000}[spike.unit] * TICKS_PER_SECOND // 10**9


def _spikes(runs, shift):
    found = sorted(((run, spike) for run in runs for spike in run.spikes), key=lambda pair: -pair[1].value)[:20]
    if not found:
        return []
    points = [(run.side, spike.due / timebase(run), spike.value) for run, spike in found]
    guest = next((run for run in samples.of_side(runs, "guest") if run.dump), None)
    pieces = ledger.worst_pieces(guest.dump)[:8] if guest else []
    marks = [(p.column, p.worst.end / guest.dump.timebase, p.ticks) for p in pieces]
    rows = [[cell(run.name(), "text"), cell(escape(spike.name), "text"),
             cell(escape(ledger.blame(run.dump, spike.due, _ticks(spike, shift))) if run.side == "guest" else "–", "text"),
             cell(number(spike.value), spike=spike.name, due=spike.due, value=spike.value), cell(escape(spike.unit)),
             cell(number(spike.due)), cell(f"{spike.due / timebase(run):.6f}")] for run, spike in found]
    return ["<h2>The worst spikes</h2>",
            page.note("When the worst came, of each side. Dotted: the hypervisor's longest pieces, by column, in the "
                      "first guest run.") if marks else "",
            page.figure(plots.spikes(points, marks, found[0][1].unit)),
            page.table(["run", "what", "whose doing", "late by", "unit", "due at tick", "s"], rows, texts=3)]


def _late_table(dump):
    rows = []
    for vcpu in ledger.late_vcpus(dump):
        late = vcpu.late
        shares = [cell(f"{100 * late.blames[key] / late.sum:.1f}" if late.sum else "–") for key in ledger.BLAME_KEYS]
        rows.append([cell(escape(vcpu.name), "text"), cell(number(late.count)),
                     *(cell(number(value)) for value in (*ledger.quantiles(late), late.max)), *shares])
    return page.table(["vCPU", "timers", "p50", "p99", "max", *(f"{blame}, %" for blame in ledger.BLAMES)], rows)


def _late_line(dump):
    """The time line of what the rings have of them."""
    found, points = ledger.late_timers(dump), {}
    if not found:
        return []
    for one in found:
        points.setdefault(one.blame, []).append((one.due / dump.timebase, max(one.ticks, 1)))
    rows = [[cell(escape(one.vcpu), "text"), cell(escape(one.blame), "text"), cell(escape(one.column), "text"),
             cell(number(one.ticks), late=one.due, ticks=one.ticks), cell(number(one.due)),
             cell(f"{one.due / dump.timebase:.6f}")] for one in found[:20]]
    return [page.note(f"{len(found)} of them are in the recorded events; the table has the 20 that were most."),
            page.figure(plots.late(points)),
            page.table(["vCPU", "most of it", "column", "ticks late", "due at tick", "s"], rows, texts=3)]


def _late(runs):
    """Of the first guest run that has any."""
    run = next((run for run in runs if run.dump and ledger.late_vcpus(run.dump)), None)
    if not run:
        return []
    return [f"<h2>Late timers of {run.name()}</h2>",
            page.note("Timers that were due in an exit, or while the guest masked interrupts: how late, in ticks, and whose "
                      "doing their lateness was, in hundredths of all of it. A timer that is due in the guest, unmasked, "
                      "is the machine's own and not among them."),
            _late_table(run.dump), *_late_line(run.dump)]


def _ledger_table(vcpu):
    wall = vcpu.now - vcpu.start
    columns = sorted(vcpu.columns.values(), key=lambda c: -c.sum)
    rows = [[cell(escape(c.name), "text"), cell(f"{100 * c.sum / wall:.4f}"),
             cell(number(c.sum), vcpu=vcpu.name, column=c.name, ticks=c.sum), cell(number(c.count)),
             cell(number(c.min)), cell(number(c.max))] for c in columns]
    total = sum(c.sum for c in columns)
    rows.append([cell("<b>sum</b>", "text"), cell(f"<b>{100 * total / wall:.4f}</b>"),
                 cell(f"<b>{number(total)}</b>", vcpu=vcpu.name, wall=wall), cell(""), cell(""), cell("")])
    return page.table(["column", "%", "ticks", "pieces", "min", "max"], rows)


def _worst_table(dump):
    rows = [[cell(escape(p.vcpu), "text"), cell(escape(p.column), "text"), cell(number(p.ticks)),
             cell(number(p.worst.end)), cell(number(p.worst.exits)), cell(f"{p.worst.pc:#x}"),
             cell(f"{p.worst.cause:#x}"), cell(" ".join(map(hex, p.worst.args)))]
            for p in ledger.worst_pieces(dump)[:20]]
    return page.table(["vCPU", "column", "ticks", "ended at", "exits", "guest pc", "scause", "arguments"], rows, texts=2)


def _ledgers(runs):
    run = next((run for run in samples.of_side(runs, "guest") if run.dump), None)
    if not run:
        return []
    bars = {vcpu.name: {c.name: c.sum for c in sorted(vcpu.columns.values(), key=lambda c: -c.sum)}
            for vcpu in run.dump.vcpus.values() if vcpu.now > vcpu.start}
    parts = [f"<h2>The ledger of {run.name()}</h2>",
             page.note("Where each tick of a vCPU's life went, from its VM's start to its end: boot and output are in it. "
                       "The columns sum to the wall clock."),
             page.figure(plots.ledger(bars))]
    for vcpu in run.dump.vcpus.values():
        if vcpu.now > vcpu.start:
            parts += [f"<h3>{escape(vcpu.name)}</h3>", _ledger_table(vcpu)]
    return [*parts, "<h3>The longest pieces</h3>", _worst_table(run.dump)]


def machine(facts):
    plain = {k: v for k, v in facts.items() if k not in ("commands", "experiment", "seconds")}
    plain.update({k: v for k, v in facts["experiment"].items() if v not in ("", (), []) and k != "about"})
    rows = [[cell(escape(k), "text"), cell(escape(", ".join(map(str, v)) if isinstance(v, (list, tuple)) else v), "text")]
            for k, v in plain.items()]
    commands = [f"<pre>{escape(' '.join(words))}</pre>" for words in facts["commands"].values()]
    return ["<h2>The machine</h2>", page.table(["", ""], rows, texts=2), *commands]


def made(facts):
    """When, of which commit, and on what: a line under the title."""
    keys = ("time", "commit", "board", "qemu", "processor")
    return f'<p class="made">{escape(" · ".join(facts[key] for key in keys if facts.get(key)))}</p>'


def head(experiment, facts, cpus, what=""):
    caches = "" if experiment.mode == "board" else NO_CACHES
    several = experiment.mode == "icount" and cpus > 1
    how = MODES[experiment.mode].format(shift=experiment.shift, ns=1 << experiment.shift)
    return [f"<h1>{escape(experiment.name)}{escape(what)}</h1>", f'<p class="about">{escape(experiment.about)}</p>', made(facts),
            page.note(f"{how} {caches}"), page.note(SEVERAL_HARTS, "warn") if several else ""]


def save(folder, title, parts):
    """The page as folder/report.html, and each of its plots as folder/plots/NAME.svg and .csv. Returns the page."""
    target = folder / "plots"
    target.mkdir(exist_ok=True)
    for plot in page.plots_of(parts):
        (target / f"{plot.name}.svg").write_text(plot.svg, encoding="utf-8")
        raw.write_table(target, plot.name, plot.head, plot.rows)
    (folder / "report.html").write_text(page.whole(title, parts), encoding="utf-8")
    return folder / "report.html"


def write(folder, experiment, facts, runs, cpus):
    parts = [*head(experiment, facts, cpus), *_figures(experiment, runs), *_distributions(experiment, runs),
             *_spikes(runs, experiment.shift), *_late(runs), *_ledgers(runs), *machine(facts)]
    return save(folder, f"{experiment.name}: Stillhart's lab", parts)
