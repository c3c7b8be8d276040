"""The boot as mermaid sequence diagrams, drawn from the events of a real one.

Within a hart the arrows are in the order of their times. Between harts only causes order them: what
a call makes another hart do is drawn right after the call, however long that hart took. So two
traces of the same code give the same chart, but for the times, which are in brackets.
"""
import dataclasses
import re

from trace_names import COLUMNS, HSM_STATES, STEPS, VM_EVENTS, name_of
from trace_words import HSM, HSM_START, fields, sbi_call

TIME = re.compile(r" \(\d+\.\d+ ms\)$", re.M)
ENTRIES = ("primary_entry", "secondary_entry")  # steps that the firmware jumps to


@dataclasses.dataclass
class Arrow:
    """`cause`: what must be drawn before; `effect`: what this one lets others draw."""
    time: int
    source: str
    target: str
    text: str
    cause: object = None
    effect: object = None


def in_causal_order(tracks):
    """The arrows of all tracks: always of the last track that need not wait for a cause."""
    tracks = [list(track) for track in tracks]
    # A cause that is not in the trace, since there was none or a ring lost it, is not waited for.
    awaited = {arrow.effect for track in tracks for arrow in track if arrow.effect}
    while any(tracks):
        ready = [track for track in tracks if track and track[0].cause not in awaited]
        track = ready[-1] if ready else min(filter(None, tracks), key=lambda t: t[0].time)
        arrow = track.pop(0)
        awaited.discard(arrow.effect)
        yield arrow


def diagram(dump, participants, tracks):
    """mermaid's text. `participants`: {id: name}; only those that an arrow touches are drawn."""
    arrows = list(in_causal_order(tracks))
    start = min((arrow.time for arrow in arrows), default=0)
    used = {end for arrow in arrows for end in (arrow.source, arrow.target)}
    yield "sequenceDiagram"
    for key, name in participants.items():
        if key in used:
            yield f"    participant {key} as {name}"
    for arrow in arrows:
        milliseconds = (arrow.time - start) * 1000 / dump.timebase
        yield f"    {arrow.source}->>{arrow.target}: {arrow.text} ({milliseconds:.3f} ms)"


def host_track(ring, vm_names):
    """The steps of one hart, and the start of its VMs."""
    me = f"H{ring.hart}"
    for event in ring.events:
        if event.name == "boot":
            step = name_of(STEPS, event.a)
            if step == "hart_start":  # noted for the hart that is started, called by the boot hart
                continue
            source = "F" if step in ENTRIES else me
            cause = ("hart_start", ring.hart) if step == "secondary_entry" else None
            yield Arrow(event.time, source, me, step, cause)
        elif event.name == "vm" and event.a < VM_EVENTS.index("ended"):
            found = fields(event)
            name = vm_names.get(found["index"], found["index"])
            yield Arrow(event.time, me, me, f"VM {name} {name_of(VM_EVENTS, found['what'])}")


def calls_of_hart_start(dump):
    """They belong to the boot hart, which has the first ring."""
    for ring in dump.rings.values():
        for event in ring.events:
            if event.name == "boot" and name_of(STEPS, event.a) == "hart_start":
                yield Arrow(event.time, f"H{min(dump.rings)}", "F", f"hart_start(hart {event.b})",
                            effect=("hart_start", ring.hart))


def host(dump):
    """Our own path: from the firmware to the VMs' start."""
    participants = {"F": "firmware", **{f"H{index}": f"hart {hart.id}"
                                        for index, hart in dump.harts.items()}}
    tracks = [list(host_track(ring, dump.vm_names())) for ring in dump.rings.values()]
    if tracks:
        tracks[0] = sorted([*tracks[0], *calls_of_hart_start(dump)], key=lambda arrow: arrow.time)
    return "\n".join(diagram(dump, participants, tracks))


class GuestTrack:
    """What a vCPU and the hypervisor on its hart do for HSM. Indices of vCPUs name the harts."""

    def __init__(self, vm, vcpu, hart_of):
        self.vm, self.vcpu, self.hart_of = vm, vcpu, hart_of
        self.guest, self.host = f"G{vcpu}", f"H{vcpu}"
        self.arrows = []
        self.start = None    # the last arrow that another vCPU's start waits for
        self.returns = None  # the text of the next arrow into the guest
        self.cause = None    # and its cause
        self.leaves = 0      # when the last piece before it ended

    def add(self, event, source, target, text, **more):
        self.arrows.append(Arrow(event.time, source, target, text, **more))
        return self.arrows[-1]

    def enter(self):
        if self.returns and self.leaves:
            self.arrows.append(
                Arrow(self.leaves, self.host, self.guest, self.returns, self.cause))
            self.returns, self.cause, self.leaves = None, None, 0

    def piece(self, event):
        column = name_of(COLUMNS, event.a)
        if column == "guest":  # it was entered before
            self.enter()
            return
        self.leaves = event.time
        if column == "stopped":
            self.returns, self.cause = "entry", ("start", self.vcpu)

    def sbi(self, event):
        found = fields(event)
        if found["extension"] != HSM:
            return
        name = sbi_call(found["extension"], found["function"])
        about = f"(hart {event.b})" if name.endswith(("start", "status")) else ""
        arrow = self.add(event, self.guest, self.host, f"{name}{about}")
        if found["function"] == HSM_START:
            arrow.effect = ("start", event.b)
            self.start = arrow
            self.returns, self.leaves = "back from hart_start", 0

    def state(self, event):
        found = fields(event)
        names = [name_of(HSM_STATES, found[which]) for which in ("old", "new")]
        text = f"vCPU {event.vcpu}: {names[0]} to {names[1]}"
        if names[1] == "start-pending":  # by the hart that starts it
            self.pass_on(self.add(event, self.host, self.host, text), event.vcpu)
        elif names[0] == "start-pending":
            self.add(event, self.host, self.host, text, cause=("start", event.vcpu))
            self.returns, self.cause, self.leaves = "entry", None, 0
        else:
            self.add(event, self.host, self.host, text)

    def pass_on(self, arrow, vcpu):
        """Of the arrows of one hart_start the last is what the other hart waits for."""
        if self.start and self.start.effect == ("start", vcpu):
            self.start.effect = None
        arrow.effect = ("start", vcpu)
        self.start = arrow

    def ipi(self, event):
        """Only what shows a start."""
        to = self.hart_of.get(event.a)
        if self.start and self.start.effect == ("start", to):
            self.pass_on(self.add(event, self.host, f"H{to}", "IPI"), to)
            self.start = None

    def build(self, events):
        kinds = {"piece": self.piece, "sbi": self.sbi, "state": self.state, "ipi-sent": self.ipi}
        for event in events:
            if (event.vm == self.vm or event.name == "ipi-sent") and event.name in kinds:
                kinds[event.name](event)
        if self.cause is None:
            self.enter()  # it runs still; but the one that was stopped last may be so still
        return self.arrows


def guest(dump, vm):
    """How the guest starts its harts: HSM's calls and what becomes of them."""
    vcpus = {index: vcpu for (number, index), vcpu in dump.vcpus.items() if number == vm}
    hart_of = {vcpu.hart: index for index, vcpu in vcpus.items()}
    participants = {}
    for index, vcpu in vcpus.items():
        names = {f"G{index}": f"{vcpu.vm_name} on vCPU {index}",
                 f"H{index}": f"hypervisor on hart {dump.harts[vcpu.hart].id}"}
        # Callers stand left of their hypervisor, callees right of it.
        participants.update(names if index == 0 else dict(reversed(names.items())))
    tracks = [GuestTrack(vm, index, hart_of).build(dump.rings[vcpu.hart].events)
              for index, vcpu in vcpus.items() if vcpu.hart in dump.rings]
    return "\n".join(diagram(dump, participants, tracks))


def charts(dump):
    """{name: mermaid}: "host", and "guest" of the first VM."""
    made = {"host": host(dump)}
    if dump.vcpus:
        made["guest"] = guest(dump, min(vm for vm, _ in dump.vcpus))
    return made


def structure(text):
    """A chart without its times: what two boots have in common."""
    return TIME.sub("", text)


CHART = re.compile(r"(<!-- chart (\w+)\b[^>]*-->)\n(.*?)(<!-- end of chart -->)", re.S)
FENCE = "```mermaid\n{}\n```\n"


def replace(document, made):
    """The document with each chart between its markers replaced; KeyError: one is not made."""
    return CHART.sub(lambda match: f"{match[1]}\n{FENCE.format(made[match[2]])}{match[4]}", document)


def page(made):
    """A document of nothing but the charts."""
    return "\n".join(f"## {name}\n\n{FENCE.format(chart)}" for name, chart in made.items())


def between_markers(document):
    """{name: mermaid} of the charts that a document has."""
    before, behind = FENCE.split("{}")
    return {match[2]: match[3].removeprefix(before).removesuffix(behind)
            for match in CHART.finditer(document)}
