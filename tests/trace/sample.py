"""Makes dumps: a small machine whose vCPUs run, exit and are late, with a ledger that adds up.

What it prints follows docs/trace-format.md; what it knows (`Machine.dump`) is what a reader must
find in that. The same seed gives the same dump.
"""
import random

import histogram
from trace_model import (Bucket, Column, Dump, Event, Hart, Late, LateWorst, Quiet, Ring, Vcpu,
                         Violation, Worst)
from trace_names import BLAME_KEYS, COLUMNS
from trace_words import HSM

TIME = 0x54494D45
STARTED, STOPPED, START_PENDING = 0, 1, 2
CAUSE_TIMER, CAUSE_ECALL, CAUSE_STORE = 1 << 63 | 5, 10, 23


def number(column):
    return COLUMNS.index(column)


def histogram_of(values):
    counts = {}
    for value in values:
        lowest = histogram.lowest(histogram.bucket(value))
        counts[lowest] = counts.get(lowest, 0) + 1
    return [Bucket(low, histogram.highest_beside(low), counts[low]) for low in sorted(counts)]


class Machine:
    """vms: {name: number of vCPUs}; each vCPU has a hart of its own. It runs `exits` exits."""

    def __init__(self, vms, exits=40, seed=1):
        self.random = random.Random(seed)
        self.pieces = {}  # (vm, index): [(column, ticks)]
        self.late = {}    # (vm, index): [(deadline, ticks by blame, column)]
        self.dump = Dump(10_000_000, 0, 0, 0, 0)
        for vm, (name, count) in enumerate(vms.items()):
            for index in range(count):
                hart = self.add_hart()
                start = 5_000_000_000 + self.random.randrange(1000)
                self.dump.vcpus[vm, index] = Vcpu(vm, index, name, hart, start, start, 0)
                self.record(hart, start, "vm", None, None, 1, vm)
        for key in self.dump.vcpus:
            self.pieces[key], self.late[key] = [], []
            self.run(key, exits)
        self.dump.hart_count, self.dump.vcpu_count = len(self.dump.harts), len(self.dump.vcpus)
        self.dump.now = max(vcpu.now for vcpu in self.dump.vcpus.values())
        self.finish()

    def add_hart(self):
        index = len(self.dump.harts)
        gaps = [self.random.randrange(1, 300) for _ in range(50)]
        self.dump.harts[index] = Hart(index, 3 * index, len(gaps), min(gaps), max(gaps), sum(gaps),
                                      histogram_of(gaps))
        self.dump.rings[index] = Ring(index, "overwrite", 0, self.random.randrange(20))
        return index

    def record(self, hart, time, name, vm, vcpu, a, b):
        self.dump.rings[hart].events.append(Event(hart, time, name, vm, vcpu, a, b))

    def spend(self, vcpu, column, ticks):
        """A piece of the vCPU's time, as the ledger and the ring take it."""
        self.pieces[vcpu.vm, vcpu.index].append((column, ticks))
        vcpu.now += ticks
        self.record(vcpu.hart, vcpu.now, "piece", vcpu.vm, vcpu.index, number(column), ticks)

    def run(self, key, exits):
        """A vCPU's life: stopped, started, and then exits of several kinds."""
        vcpu = self.dump.vcpus[key]
        self.spend(vcpu, "stopped", self.random.randrange(1, 5000))
        self.record(vcpu.hart, vcpu.now, "state", *key, STOPPED, START_PENDING)
        self.record(vcpu.hart, vcpu.now, "state", *key, START_PENDING, STARTED)
        for _ in range(exits):
            self.spend(vcpu, "guest", self.random.randrange(1, 100_000))
            vcpu.exits += 1
            self.random.choice((self.set_timer, self.timer, self.uart))(vcpu, key)

    def exit(self, vcpu, key, cause, column, ticks, *inside):
        """From exit to entry; `inside`: events (name, a, b) in the middle."""
        pc = 0xFFFFFFFF80000000 + 4 * self.random.randrange(1 << 20)
        self.record(vcpu.hart, vcpu.now, "exit", *key, pc, cause)
        for event in inside:
            self.record(vcpu.hart, vcpu.now + ticks // 2, event[0], *key, *event[1:])
        self.spend(vcpu, column, ticks)

    def set_timer(self, vcpu, key):
        deadline = vcpu.now + self.random.randrange(1 << 20)
        self.exit(vcpu, key, CAUSE_ECALL, "sbi.time", self.random.randrange(2, 40),
                  ("sbi", TIME << 32, deadline), ("timer-armed", deadline, 0))

    def timer(self, vcpu, key):
        parts = [self.random.choice((0, self.random.randrange(100))) for _ in BLAME_KEYS]
        late, column = sum(parts), self.random.choice(COLUMNS)
        self.late[key].append((vcpu.now - late, parts, column))
        self.exit(vcpu, key, CAUSE_TIMER, "injected", 30, ("timer-fired", vcpu.now - late, late),
                  ("late", vcpu.now - late,
                   late << 16 | parts.index(max(parts)) << 8 | number(column)))

    def uart(self, vcpu, key):
        self.exit(vcpu, key, CAUSE_STORE, "mmio.uart", self.random.randrange(0, 9000))

    def finish(self):
        for key, vcpu in self.dump.vcpus.items():
            for name in COLUMNS:
                ticks = [t for column, t in self.pieces[key] if column == name]
                if ticks:
                    vcpu.columns[name] = Column(
                        name, len(ticks), sum(ticks), min(ticks), max(ticks), histogram_of(ticks),
                        Worst(vcpu.now, vcpu.exits, 0x80200000, CAUSE_ECALL, (TIME, 0, 0x123),
                              {0: "guest", 1: "idle"}))
            if self.late[key]:
                vcpu.late = self.sum_up(self.late[key])
            first = Worst(vcpu.now, vcpu.exits, 0x80200000, CAUSE_STORE, (0x101000, 0, 0), {})
            vcpu.quiet = Quiet(1, vcpu.start, vcpu.now,
                               {"mmio.rtc": Violation("mmio.rtc", 3, 90, 40, first)})
        for ring in self.dump.rings.values():
            ring.count = len(ring.events)

    def sum_up(self, timers):
        ticks = [sum(parts) for _, parts, _ in timers]
        deadline, parts, column = timers[ticks.index(max(ticks))]
        blames = [sum(column) for column in zip(*(parts for _, parts, _ in timers))]
        return Late(len(ticks), sum(ticks), min(ticks), max(ticks), dict(zip(BLAME_KEYS, blames)),
                    histogram_of(ticks),
                    LateWorst(deadline, column, 7, 0x80200000, CAUSE_TIMER,
                              dict(zip(BLAME_KEYS, parts))))


def hist_lines(head, buckets):
    words = [f"{bucket.lowest}:{bucket.count}" for bucket in buckets]
    return [f"{head} {' '.join(words[at:at + 16])}" for at in range(0, len(words), 16)]


def circumstances(worst):
    args = ",".join(map(hex, worst.args))
    others = ",".join(f"{hart}:{name}" for hart, name in worst.others.items())
    return f"end={worst.end} exits={worst.exits} pc={worst.pc:#x} cause={worst.cause:#x} " \
           f"args={args} others={others or '-'}"


def quiet_lines(key, quiet):
    yield f"@quiet {key} on={quiet.on} begun={quiet.begun} ended={quiet.ended}"
    for v in quiet.violations.values():
        yield f"@violation {key} {v.column} count={v.count} sum={v.sum} max={v.max} " \
              f"{circumstances(v.first)}"


def column_lines(key, column):
    yield f"@column {key} {column.name} count={column.count} sum={column.sum} min={column.min} " \
          f"max={column.max}"
    yield from hist_lines(f"@hist {key} {column.name}", column.buckets)
    if column.worst:
        yield f"@worst {key} {column.name} {circumstances(column.worst)}"


def late_lines(key, late):
    def split(blames):
        return " ".join(f"{key}={ticks}" for key, ticks in blames.items())
    yield f"@late {key} count={late.count} sum={late.sum} min={late.min} max={late.max} " \
          f"{split(late.blames)}"
    yield from hist_lines(f"@latehist {key}", late.buckets)
    worst = late.worst
    yield f"@lateworst {key} deadline={worst.deadline} column={worst.column} " \
          f"exits={worst.exits} pc={worst.pc:#x} cause={worst.cause:#x} {split(worst.blames)}"


def lines(dump):
    """The dump's lines, as the hypervisor prints them."""
    yield f"@trace begin version=1 timebase={dump.timebase} now={dump.now} " \
          f"harts={len(dump.harts)} vcpus={len(dump.vcpus)}"
    for hart in dump.harts.values():
        yield f"@hart {hart.index} id={hart.id} gaps={hart.gaps} min={hart.min} max={hart.max} " \
              f"sum={hart.sum}"
        yield from hist_lines(f"@gap {hart.index}", hart.buckets)
    for vcpu in dump.vcpus.values():
        key = f"{vcpu.vm}.{vcpu.index}"
        yield f"@vcpu {key} vm={vcpu.vm_name} hart={vcpu.hart} start={vcpu.start} " \
              f"now={vcpu.now} exits={vcpu.exits} exact={vcpu.exact}"
        for column in vcpu.columns.values():
            yield from column_lines(key, column)
        if vcpu.late:
            yield from late_lines(key, vcpu.late)
        if vcpu.quiet:
            yield from quiet_lines(key, vcpu.quiet)
    for ring in dump.rings.values():
        yield f"@ring {ring.hart} mode={ring.mode} events={len(ring.events)} lost={ring.lost}"
        for event in ring.events:
            who = "-" if event.vm is None else f"{event.vm}.{event.vcpu}"
            yield f"@event {event.ring} {event.time} {event.name} {who} {event.a:#x} {event.b:#x}"


def render(dump, line_break="\n"):
    """The whole text of a dump, its end included."""
    body = list(lines(dump))
    return line_break.join([*body, f"@trace end lines={len(body)}", ""])
