"""The Chrome trace-event format, which Perfetto and chrome://tracing open.

A process for the host with a thread for each hart, and one for each VM with a thread for each vCPU.
A vCPU's thread is tiled with its pieces of time; after an exit they have its pc and cause. Other
events are instants. Of timers there is a counter of their lateness, and each late one is a slice
from its deadline on, which has the blames in it. Time is µs since the time CSR was 0.
"""
import collections

from trace_names import BLAMES, COLUMNS, name_of
from trace_words import fields, sbi_call, words

HOST = 1  # process ids: the host, then the VMs
FIRST_VM = 2


def title(event, said):
    """What an instant is called in the picture."""
    if event.name == "sbi":
        found = fields(event)
        return sbi_call(found["extension"], found["function"])
    titles = {"boot": "{step}", "vm": "VM {index} {what}", "state": "{old} to {new}"}
    return titles.get(event.name, event.name).format(**said)


class Builder:
    """The events of one dump."""

    def __init__(self, dump):
        self.dump = dump
        self.slices = []   # pairs of (ticks, event): to be sorted
        self.exits = {}    # of each vCPU: pc and cause of the exit in progress
        self.late = collections.defaultdict(list)  # (vm, vcpu, deadline): late events

    def us(self, ticks):
        return ticks * 1_000_000 / self.dump.timebase

    def track(self, event):
        """The process and the thread that an event belongs to. Ids begin at 1."""
        if event.vm is None:
            return {"pid": HOST, "tid": event.ring + 1}
        return {"pid": FIRST_VM + event.vm, "tid": event.vcpu + 1}

    def add(self, ticks, phase, event, **more):
        made = {"ph": phase, "ts": self.us(ticks), **self.track(event), **more}
        self.slices.append((ticks, made))

    def piece(self, event):
        """A slice that ends now."""
        key, column = (event.vm, event.vcpu), name_of(COLUMNS, event.a)
        if column == "guest":
            self.exits.pop(key, None)
        self.add(event.time - event.b, "X", event, cat="piece", name=column, dur=self.us(event.b),
                 args={"ticks": event.b, **self.exits.get(key, {})})

    def exit(self, event):
        """What the pieces up to the next of the guest belong to."""
        self.exits[event.vm, event.vcpu] = words(event)

    def instant(self, event):
        said = words(event)
        self.add(event.time, "i", event, s="t", cat=event.name, name=title(event, said), args=said)

    def blames(self):
        """A slice for each late timer, in it one for each blame, one after the other; a counter."""
        for number, ((_, _, deadline), events) in enumerate(self.late.items(), 1):
            parts = [(fields(event), event) for event in events]
            common = {"cat": "late", "id": hex(number)}
            total = sum(found["late"] for found, _ in parts)
            self.add(deadline, "b", events[0], name="late timer", args={"ticks": total}, **common)
            at = deadline
            for found, event in parts:
                name = name_of(BLAMES, found["blame"])
                self.add(at, "b", event, name=name, args=words(event), **common)
                at += found["late"]
                self.add(at, "e", event, name=name, **common)
            self.add(at, "e", events[0], name="late timer", **common)
            self.add(at, "C", events[0], name=f"lateness vCPU {events[0].vcpu}",
                     args={"µs": self.us(total)})

    def names(self):
        """Metadata: what the processes and threads are called, and their order."""
        host = [(HOST, hart.index + 1, f"hart {hart.id}") for hart in self.dump.harts.values()]
        vcpus = [(FIRST_VM + vm, vcpu + 1, f"vCPU {vcpu}")
                 for vm, vcpu in sorted(self.dump.vcpus)]
        vms = [(FIRST_VM + vm, f"VM {name}") for vm, name in sorted(self.dump.vm_names().items())]
        for pid, name in [(HOST, "host"), *vms]:
            yield {"ph": "M", "pid": pid, "tid": 0, "name": "process_name", "args": {"name": name}}
            yield {"ph": "M", "pid": pid, "tid": 0, "name": "process_sort_index",
                   "args": {"sort_index": pid}}
        for pid, tid, name in [*host, *vcpus]:
            yield {"ph": "M", "pid": pid, "tid": tid, "name": "thread_name", "args": {"name": name}}
            yield {"ph": "M", "pid": pid, "tid": tid, "name": "thread_sort_index",
                   "args": {"sort_index": tid}}

    def build(self):
        kinds = {"piece": self.piece, "exit": self.exit}
        for event in self.dump.events:
            if event.name == "late":
                self.late[event.vm, event.vcpu, event.a].append(event)
            else:
                kinds.get(event.name, self.instant)(event)
        self.blames()
        self.slices.sort(key=lambda pair: pair[0])  # equal times stay in the order of adding
        return [*self.names(), *(event for _, event in self.slices)]


def trace_events(dump):
    """The whole document, for json.dump()."""
    lost = {f"hart {ring.hart}": ring.lost for ring in dump.rings.values()}
    return {"traceEvents": Builder(dump).build(), "displayTimeUnit": "ns",
            "otherData": {"timebase": dump.timebase, "lost": lost}}
