"""Reads the dumps of ledgers and events (docs/trace-format.md) out of a console log.

    for dump in parse(log_text):        # trace_model.Dump; TraceError: what is wrong, in which line
        problems = check(dump)          # a list of messages: what does not add up

What stands between the lines of a dump, and between dumps, belongs to others and is passed over.
"""
import re

import histogram
from trace_check import check
from trace_model import (Bucket, Column, Dump, Event, Hart, Late, LateWorst, Quiet, Ring, Vcpu,
                         Violation, Worst)
from trace_names import BLAME_KEYS, COLUMNS, EVENTS

__all__ = ["TraceError", "check", "parse"]

VERSION = 1

# A console may put these before a line: the guest's carriage return, a terminal's escapes and controls, among them
# what closes a state that a guest left open.
LEAD = re.compile(r"(?:\x1b\[[0-9;?]*[A-Za-z]|\x1b[(\\][B0]?|[\r\x0e\x0f\x18])*(@[a-z]+ .*?)\s*")
# How many words follow, at least and at most.
MANY = 1 << 20
KINDS = {"@trace": (2, 2), "@hart": (2, 6), "@gap": (2, MANY), "@vcpu": (7, 7),
         "@column": (6, 6), "@hist": (3, MANY), "@worst": (8, 8),
         "@late": (5 + len(BLAME_KEYS),) * 2, "@latehist": (2, MANY),
         "@lateworst": (6 + len(BLAME_KEYS),) * 2, "@quiet": (4, 4), "@violation": (11, 11), "@ring": (4, 4), "@event": (6, 6)}
NUMBER = re.compile(r"\d+|0x[0-9a-f]+")


class TraceError(ValueError):
    """A dump that can't be read. `line` is the log's line, from 1."""

    def __init__(self, line, message):
        super().__init__(f"line {line}: {message}")
        self.line = line


class Reader:
    """One dump, line by line. A method for each kind of line."""

    def __init__(self, number, words):
        self.number = number  # of the line that is being read
        self.lines = 1
        fields = self.fields(words, "version", "timebase", "now", "harts", "vcpus")
        if fields["version"] != VERSION:
            raise self.error(f"the dump has version {fields['version']}, expected {VERSION}")
        if fields["timebase"] == 0:
            raise self.error("timebase=0, expected the frequency of the time CSR")
        self.dump = Dump(fields["timebase"], fields["now"], fields["harts"], fields["vcpus"], number)

    def error(self, message):
        return TraceError(self.number, message)

    def number_of(self, text, what):
        if not NUMBER.fullmatch(text):
            raise self.error(f"{what} '{text}', expected a number")
        return int(text, 16 if text.startswith("0x") else 10)

    def fields(self, words, *names, text=()):
        """The values of `name=value …`: just these names, in this order."""
        found = [word.split("=", 1) for word in words]
        if [pair[0] for pair in found] != list(names) or any(len(pair) != 2 for pair in found):
            raise self.error(f"'{' '.join(words)}', expected {' '.join(f'{n}=…' for n in names)}")
        return {name: value if name in text else self.number_of(value, name)
                for name, value in found}

    def read(self, number, line):
        """Takes one line of the dump."""
        self.number, self.lines = number, self.lines + 1
        kind, *words = line.split()
        if kind not in KINDS:
            raise self.error(f"unknown kind of line '{kind}', expected {' '.join(KINDS)}")
        least, most = KINDS[kind]
        if not least <= len(words) <= most:
            more = {least: "", MANY: " or more"}.get(most, f" to {most}")
            raise self.error(f"{kind} with {len(words)} words after it, expected {least}{more}")
        getattr(self, kind[1:])(*words)

    def index(self, text, table, what):
        """What an earlier line of this dump introduced."""
        index = self.number_of(text, what)
        if index not in table:
            raise self.error(f"{what} {index} has no line of its own above")
        return table[index]

    def vcpu_key(self, text):
        match = re.fullmatch(r"(\d+)\.(\d+)", text)
        if not match:
            raise self.error(f"vCPU '{text}', expected VM.VCPU as numbers")
        return int(match[1]), int(match[2])

    def vcpu_of(self, key):
        vcpu = self.dump.vcpus.get(self.vcpu_key(key))
        if not vcpu:
            raise self.error(f"vCPU {key} has no line of its own above")
        return vcpu

    def column_of(self, key, name):
        vcpu = self.vcpu_of(key)
        if name not in vcpu.columns:
            raise self.error(f"column {name} of vCPU {key} has no line of its own above")
        return vcpu.columns[name]

    def add(self, table, key, what, entry):
        if key in table:
            raise self.error(f"{what} is there twice, before in line {table[key].line}")
        table[key] = entry

    def buckets(self, words, into):
        for word in words:
            match = re.fullmatch(r"(\d+):(\d+)", word)
            if not match:
                raise self.error(f"'{word}', expected lowest:count")
            lowest, count = int(match[1]), int(match[2])
            if histogram.lowest(histogram.bucket(lowest)) != lowest:
                raise self.error(f"{lowest} is not the least value of a bucket, expected "
                                 f"{histogram.lowest(histogram.bucket(lowest))}")
            if into and into[-1].lowest >= lowest:
                raise self.error(f"bucket {lowest} comes after {into[-1].lowest}")
            into.append(Bucket(lowest, histogram.highest_beside(lowest), count))

    def hart(self, index, *words):
        index = self.number_of(index, "hart")
        fields = self.fields(words, "id", *(("gaps", "min", "max", "sum") if words[1:] else ()))
        hart = Hart(index, *fields.values(), line=self.number)
        self.add(self.dump.harts, index, f"hart {index}", hart)

    def gap(self, index, *words):
        self.buckets(words, self.index(index, self.dump.harts, "hart").buckets)

    def vcpu(self, key, *words):
        vm, index = self.vcpu_key(key)
        fields = self.fields(words, "vm", "hart", "start", "now", "exits", "exact", text=("vm",))
        vcpu = Vcpu(vm, index, *fields.values(), line=self.number)
        self.add(self.dump.vcpus, (vm, index), f"vCPU {key}", vcpu)

    def column(self, key, name, *words):
        vcpu = self.vcpu_of(key)
        if name not in COLUMNS:
            raise self.error(f"unknown column '{name}'")
        column = Column(name, *self.fields(words, "count", "sum", "min", "max").values(),
                        line=self.number)
        self.add(vcpu.columns, name, f"column {name} of vCPU {key}", column)

    def hist(self, key, name, *words):
        self.buckets(words, self.column_of(key, name).buckets)

    def sample(self, words):
        """The circumstances of a piece or of an exit."""
        fields = self.fields(words, "end", "exits", "pc", "cause", "args", "others",
                             text=("args", "others"))
        args = tuple(self.number_of(arg, "args") for arg in fields["args"].split(","))
        others = {}
        for other in fields["others"].split(",") if fields["others"] != "-" else ():
            hart, _, column = other.partition(":")
            if column not in COLUMNS:
                raise self.error(f"unknown column '{column}'")
            others[self.number_of(hart, "hart")] = column
        fields.update(args=args, others=others)
        return Worst(**fields)

    def worst(self, key, name, *words):
        self.column_of(key, name).worst = self.sample(words)

    def quiet(self, key, *words):
        vcpu = self.vcpu_of(key)
        if vcpu.quiet:
            raise self.error(f"@quiet of vCPU {key} is there twice, before in line {vcpu.quiet.line}")
        vcpu.quiet = Quiet(*self.fields(words, "on", "begun", "ended").values(), line=self.number)

    def violation(self, key, name, *words):
        quiet = self.vcpu_of(key).quiet
        if not quiet:
            raise self.error(f"vCPU {key} has no @quiet above")
        if name not in COLUMNS:
            raise self.error(f"unknown column '{name}'")
        if name in quiet.violations:
            raise self.error(f"@violation {name} of vCPU {key} is there twice")
        sums = self.fields(words[:3], "count", "sum", "max")
        quiet.violations[name] = Violation(name, *sums.values(), self.sample(words[3:]))

    def split(self, words, *names, text=()):
        """Some fields, followed by how many ticks each blame has."""
        fields = self.fields(words, *names, *BLAME_KEYS, text=text)
        return {**{name: fields[name] for name in names},
                "blames": {key: fields[key] for key in BLAME_KEYS}}

    def late(self, key, *words):
        vcpu = self.vcpu_of(key)
        if vcpu.late:
            raise self.error(f"@late of vCPU {key} is there twice, before in line {vcpu.late.line}")
        vcpu.late = Late(**self.split(words, "count", "sum", "min", "max"), line=self.number)

    def late_of(self, key):
        late = self.vcpu_of(key).late
        if not late:
            raise self.error(f"vCPU {key} has no @late above")
        return late

    def latehist(self, key, *words):
        self.buckets(words, self.late_of(key).buckets)

    def lateworst(self, key, *words):
        fields = self.split(words, "deadline", "column", "exits", "pc", "cause", text=("column",))
        if fields["column"] not in COLUMNS:
            raise self.error(f"unknown column '{fields['column']}'")
        self.late_of(key).worst = LateWorst(**fields)

    def ring(self, index, *words):
        index = self.number_of(index, "hart")
        ring = Ring(index, *self.fields(words, "mode", "events", "lost", text=("mode",)).values(),
                    line=self.number)
        self.add(self.dump.rings, index, f"ring {index}", ring)

    def event(self, index, time, name, who, a, b):
        ring = self.index(index, self.dump.rings, "ring")
        if name not in EVENTS:
            raise self.error(f"unknown event '{name}'")
        vm, vcpu = (None, None) if who == "-" else self.vcpu_key(who)
        event = Event(ring.hart, self.number_of(time, "time"), name, vm, vcpu,
                      self.number_of(a, "word"), self.number_of(b, "word"))
        ring.events.append(event)

    def trace(self, end, *words):
        """The end: the dump is whole."""
        if end != "end":
            raise self.error(f"@trace {end}, expected @trace end")
        lines = self.fields(words, "lines")["lines"]
        if lines != self.lines - 1:
            raise self.error(f"the dump that begins in line {self.dump.line} has {self.lines - 1} "
                             f"lines before its end, which says {lines}")
        for what, there, said in (("harts", self.dump.harts, self.dump.hart_count),
                                  ("vCPUs", self.dump.vcpus, self.dump.vcpu_count)):
            if len(there) != said:
                raise self.error(f"the dump that begins in line {self.dump.line} has {len(there)} "
                                 f"{what}, its begin says {said}")
        for ring in self.dump.rings.values():
            ring.events.sort(key=lambda event: event.time)  # a lock's wait is noted afterwards
            if ring.count != len(ring.events):
                raise TraceError(ring.line, f"ring {ring.hart} has {len(ring.events)} events, "
                                            f"its line says {ring.count}")


def parse(text):
    """All dumps of a console log, in order. Raises TraceError at the first thing that is wrong."""
    dumps, reader = [], None
    for number, raw in enumerate(text.split("\n"), 1):
        match = LEAD.fullmatch(raw)
        if not match:
            continue
        line = match[1]
        if line.startswith("@trace begin "):
            if reader:
                raise TraceError(number, f"a dump begins, but the one of line {reader.dump.line} "
                                         "has no end")
            reader = Reader(number, line.split()[2:])
        elif reader:
            reader.read(number, line)
            if line.startswith("@trace "):
                dumps.append(reader.dump)
                reader = None
    if reader:
        raise TraceError(reader.dump.line, "the dump that begins here has no @trace end")
    return dumps
