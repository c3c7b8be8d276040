"""A vCPU's ledger as a table: where its time went, the largest part first."""
import histogram
from trace_names import BLAME_KEYS, BLAMES

HEADS = ("column", "count", "ticks", "share", "min", "p50", "p99", "max")


def quantiles(entry):
    """The median and the 99th percentile of a column, a vCPU's timers or a hart's gaps."""
    found = [histogram.quantile(entry.buckets, share) if entry.buckets else 0
             for share in (0.5, 0.99)]
    return [min(value, entry.max) for value in found]


def row(column, wall):
    share = f"{100 * column.sum / wall:.4f} %" if wall else "-"
    return (column.name, column.count, column.sum, share, column.min,
            *quantiles(column), column.max)


def aligned(rows):
    """The lines of a table: the first column to the left, numbers to the right."""
    rows = [tuple(map(str, cells)) for cells in rows]
    widths = [max(map(len, column)) for column in zip(*rows)]
    for cells in rows:
        yield "  ".join([cells[0].ljust(widths[0]),
                         *(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:]))])


def table(dump, vcpu):
    """The lines of one vCPU. Times are ticks; `sum` is the wall clock if the ledger adds up."""
    wall, columns = vcpu.now - vcpu.start, list(vcpu.columns.values())
    columns.sort(key=lambda column: -column.sum)
    yield f"vCPU {vcpu.name}, hart {vcpu.hart}: {wall} ticks of 1/{dump.timebase} s, " \
          f"{vcpu.exits} exits{'' if vcpu.exact else ', while it ran: not exact'}"
    total = sum(column.sum for column in columns)
    yield from aligned([HEADS, *(row(column, wall) for column in columns),
                        ("sum", "", total, f"{100 * total / wall:.4f} %" if wall else "-",
                         "", "", "", "")])


def late_table(late):
    """How late the timers were, and by whose doing: two lines of figures, and one a blame."""
    yield from aligned([("timers", "ticks late", "min", "p50", "p99", "max"),
                        (late.count, late.sum, late.min, *quantiles(late), late.max)])
    names = dict(zip(BLAME_KEYS, BLAMES))
    yield from aligned([(names[key], ticks, f"{100 * ticks / late.sum:.2f} %")
                        for key, ticks in late.blames.items() if ticks])


def tables(dump):
    """All vCPUs' and the harts' gaps, as one text."""
    lines = []
    for vcpu in dump.vcpus.values():
        lines += [*table(dump, vcpu), ""]
        if vcpu.late:
            lines += [*late_table(vcpu.late), ""]
    heads = ("gaps of", "count", "ticks", "min", "p50", "p99", "max")
    gaps = [(f"hart {hart.id}", hart.gaps, hart.sum, hart.min, *quantiles(hart), hart.max)
            for hart in dump.harts.values() if hart.buckets]
    if gaps:
        lines += [*aligned([heads, *gaps]), ""]
    return "\n".join(line.rstrip() for line in lines)
