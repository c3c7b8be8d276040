"""What a dump says (docs/trace-format.md). Times are ticks of the time CSR everywhere."""
import dataclasses
import typing


class Bucket(typing.NamedTuple):
    """How many pieces of `lowest` to `highest` ticks there were."""
    lowest: int
    highest: int
    count: int


class Event(typing.NamedTuple):
    """One record. `vm` and `vcpu` are indices, None for the host's own; a and b: trace_names."""
    ring: int
    time: int
    name: str
    vm: typing.Optional[int]
    vcpu: typing.Optional[int]
    a: int
    b: int


@dataclasses.dataclass
class Worst:
    """The circumstances of a column's longest piece (axtrace/ledger.h)."""
    end: int
    exits: int
    pc: int
    cause: int
    args: tuple
    others: dict  # hart index: column that its vCPU was in; harts without one are not there


@dataclasses.dataclass
class Column:
    """What went to one column of a vCPU's ledger."""
    name: str
    count: int
    sum: int
    min: int
    max: int
    buckets: list = dataclasses.field(default_factory=list)
    worst: typing.Optional[Worst] = None
    line: int = 0


@dataclasses.dataclass
class LateWorst:
    """The timer that was the latest: its lateness is split by blame."""
    deadline: int
    column: str  # the exit that it waited for last
    exits: int
    pc: int
    cause: int
    blames: dict  # of trace_names.BLAME_KEYS: ticks


@dataclasses.dataclass
class Late:
    """How late the timers of a vCPU were, and by whose doing: the blames make the sum."""
    count: int
    sum: int
    min: int
    max: int
    blames: dict  # of trace_names.BLAME_KEYS: ticks
    buckets: list = dataclasses.field(default_factory=list)
    worst: typing.Optional[LateWorst] = None
    line: int = 0


@dataclasses.dataclass
class Violation:
    """What a vCPU did in one column against its VM's contract to take no exits."""
    column: str
    count: int
    sum: int  # ticks, from exit to entry
    max: int
    first: Worst


@dataclasses.dataclass
class Quiet:
    """That contract, or the last one."""
    on: int  # 0: it has ended
    begun: int
    ended: int  # now, if it has not
    violations: dict = dataclasses.field(default_factory=dict)  # column name: Violation
    line: int = 0

    @property
    def exits(self):
        return sum(violation.count for violation in self.violations.values())


@dataclasses.dataclass
class Vcpu:
    """A vCPU and its ledger. `vm` and `index` are what events call it, `hart` is an index."""
    vm: int
    index: int
    vm_name: str
    hart: int
    start: int
    now: int
    exits: int
    exact: int = 1  # 0: it ran while it was read, and what was missed is in the guest's column
    columns: dict = dataclasses.field(default_factory=dict)  # name: Column, in the dump's order
    late: typing.Optional[Late] = None  # no timer was due, if None
    quiet: typing.Optional[Quiet] = None  # its VM had no contract, if None
    line: int = 0

    @property
    def name(self):
        return f"{self.vm_name}.{self.index}"


@dataclasses.dataclass
class Hart:
    """A hart, and the gaps between two readings of time that it saw; 0 gaps: it did not look."""
    index: int
    id: int
    gaps: int = 0
    min: int = 0
    max: int = 0
    sum: int = 0
    buckets: list = dataclasses.field(default_factory=list)
    line: int = 0


@dataclasses.dataclass
class Ring:
    """The events of one hart in order of time. `count` is how many the dump says there are."""
    hart: int
    mode: str
    count: int
    lost: int
    events: list = dataclasses.field(default_factory=list)
    line: int = 0


@dataclasses.dataclass
class Dump:
    """All that one `trace dump` printed. `line` is the log's line of its begin, from 1."""
    timebase: int  # Hz
    now: int
    hart_count: int
    vcpu_count: int
    line: int
    harts: dict = dataclasses.field(default_factory=dict)  # by index
    vcpus: dict = dataclasses.field(default_factory=dict)  # by (vm, index)
    rings: dict = dataclasses.field(default_factory=dict)  # by hart index

    @property
    def events(self):
        """Those of all rings in the order of their times; of one ring they stay in its order."""
        return sorted((e for ring in self.rings.values() for e in ring.events),
                      key=lambda event: event.time)

    def vm_names(self):
        """{index: name} of the VMs that have vCPUs."""
        return {vcpu.vm: vcpu.vm_name for vcpu in self.vcpus.values()}
