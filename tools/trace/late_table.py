"""The timers of each vCPU in or above its 99th percentile: whose doing, and what went on meanwhile."""
import bisect
import collections

import histogram
from ledger_table import aligned, quantiles
from trace_names import BLAMES, COLUMNS, name_of
from trace_words import fields, words

HEADS = ("deadline", "ticks late", "blame", "column", "guest pc", "meanwhile")


class History:
    """The exits and the pieces of one vCPU, in order of their ends."""

    def __init__(self, dump, key):
        events = [event for event in dump.events if (event.vm, event.vcpu) == key]
        self.exits = [event for event in events if event.name == "exit"]
        self.pieces = [event for event in events if event.name == "piece"]
        self.late = [fields(event) for event in events if event.name == "late"]

    def pc(self, time):
        """The guest's at the last exit up to a time; "-" if that was not recorded."""
        at = bisect.bisect_right(self.exits, time, key=lambda event: event.time)
        return words(self.exits[at - 1])["pc"] if at else "-"

    def meanwhile(self, start, end):
        """"guest 90, sbi.ipi 10": ticks of each column between two times, the most first."""
        ticks = collections.Counter()
        first = bisect.bisect_right(self.pieces, start, key=lambda event: event.time)
        for event in self.pieces[first:]:
            if event.time - event.b >= end:
                break
            ticks[name_of(COLUMNS, event.a)] += \
                min(end, event.time) - max(start, event.time - event.b)
        return ", ".join(f"{name} {count}" for name, count in ticks.most_common()) or "-"


def rows(dump, key, least):
    """A row for each recorded timer of at least so many ticks late, the latest first."""
    history = History(dump, key)
    found = []
    for late in history.late:
        if late["late"] >= least:
            end = late["deadline"] + late["late"]
            found.append((late["deadline"], late["late"], name_of(BLAMES, late["blame"]),
                          name_of(COLUMNS, late["column"]), history.pc(end),
                          history.meanwhile(late["deadline"], end)))
    return sorted(found, key=lambda row: -row[1])


def _lost(dump, vcpu):
    """How many of its late timers are in no event, because the ring turned over them."""
    ring = dump.rings.get(vcpu.hart)
    if ring is None or ring.lost == 0:
        return ""
    recorded = len(History(dump, (vcpu.vm, vcpu.index)).late)
    return f"; {vcpu.late.count - recorded} lost by the ring" if vcpu.late.count > recorded else ""


def table(dump, vcpu):
    """The lines of one vCPU."""
    _, p99 = quantiles(vcpu.late)
    found = rows(dump, (vcpu.vm, vcpu.index), histogram.lowest(histogram.bucket(p99)))
    yield f"vCPU {vcpu.name}: {vcpu.late.count} timers, p99 {p99} ticks late, max " \
          f"{vcpu.late.max}; as late as that, of those recorded: {len(found)}{_lost(dump, vcpu)}"
    if found:
        lines = aligned([HEADS[:-1], *(row[:-1] for row in found)])
        yield from (f"{line}  {last}" for line, last in
                    zip(lines, [HEADS[-1], *(row[-1] for row in found)]))


def tables(dump):
    """All vCPUs that had timers, as one text."""
    lines = []
    for vcpu in dump.vcpus.values():
        lines += [*table(dump, vcpu), ""] if vcpu.late else []
    return "\n".join(line.rstrip() for line in lines)
