"""tools/trace/chrome.py: the JSON is sound as a trace, and says what the dump says."""
import collections
import json

import pytest

import sample
from chrome import FIRST_VM, HOST, trace_events
from dump import parse
from trace_model import Event
from trace_names import BLAMES, COLUMNS
from trace_words import words

TICK = 0.1  # µs, of the sample's timebase


@pytest.fixture(name="dump", scope="module")
def make_dump():
    return parse(sample.render(sample.Machine({"linux": 2, "rtos": 1}).dump))[0]


@pytest.fixture(name="events", scope="module")
def make_events(dump):
    """What a viewer reads: through the text of the file."""
    document = json.loads(json.dumps(trace_events(dump)))
    assert document["displayTimeUnit"] == "ns"
    return document["traceEvents"]


def track(event):
    """The sample's processes are 1 for the host, 2 and 3 for its VMs."""
    return (HOST, event.ring + 1) if event.vm is None else (FIRST_VM + event.vm, event.vcpu + 1)


def test_processes_and_threads_have_names(events):
    names = {(e["pid"], e["tid"]): e["args"]["name"] for e in events
             if e["name"] in ("process_name", "thread_name")}
    assert names == {(1, 0): "host", (1, 1): "hart 0", (1, 2): "hart 3", (1, 3): "hart 6",
                     (2, 0): "VM linux", (2, 1): "vCPU 0", (2, 2): "vCPU 1",
                     (3, 0): "VM rtos", (3, 1): "vCPU 0"}
    assert {(e["pid"], e["tid"]) for e in events} == set(names)


def test_phases_have_what_they_need(events):
    needed = {"M": {"args"}, "X": {"ts", "dur", "args", "cat"}, "i": {"ts", "s", "args", "cat"},
              "C": {"ts", "args"}, "b": {"ts", "id", "cat"}, "e": {"ts", "id", "cat"}}
    for event in events:
        assert {"name", "pid", "tid"} | needed[event["ph"]] <= set(event)
        assert event.get("dur", 0) >= 0 and event.get("ts", 0) >= 0
    assert {event["ph"] for event in events} == set(needed)


def test_times_ascend(events):
    times = [event["ts"] for event in events if event["ph"] != "M"]
    assert times == sorted(times)
    assert len(times) > 500


def test_pieces_do_not_overlap_and_leave_no_hole(dump, events):
    tracks = collections.defaultdict(list)
    for event in events:
        if event["ph"] == "X":
            tracks[event["pid"], event["tid"]].append(event)
    assert set(tracks) == {(FIRST_VM + vm, index + 1) for vm, index in dump.vcpus}
    for slices in tracks.values():
        for before, after in zip(slices, slices[1:]):
            assert after["ts"] == pytest.approx(before["ts"] + before["dur"], abs=TICK / 10)


def test_pieces_are_those_of_the_dump(dump, events):
    expected = sorted((*track(e), COLUMNS[e.a], e.b, e.time - e.b) for e in dump.events
                      if e.name == "piece")
    found = sorted((e["pid"], e["tid"], e["name"], round(e["dur"] / TICK), round(e["ts"] / TICK))
                   for e in events if e["ph"] == "X")
    assert found == expected
    assert all(e["args"]["ticks"] == round(e["dur"] / TICK) for e in events if e["ph"] == "X")


def test_pieces_sum_to_the_ledger(dump, events):
    """The sample's rings lost nothing, so the picture has every tick of each vCPU."""
    for vcpu in dump.vcpus.values():
        sums = collections.Counter()
        for event in events:
            if event["ph"] == "X" and \
                    (event["pid"], event["tid"]) == (FIRST_VM + vcpu.vm, vcpu.index + 1):
                sums[event["name"]] += event["args"]["ticks"]
        assert sums == {column.name: column.sum for column in vcpu.columns.values()}


def test_a_piece_after_an_exit_has_its_pc_and_cause(dump, events):
    exits = {(*track(e), e.time): words(e) for e in dump.events if e.name == "exit"}
    found = {(e["pid"], e["tid"], round(e["ts"] / TICK)): e["args"] for e in events
             if e["ph"] == "X" and e["name"] not in ("guest", "stopped")}
    assert len(found) == 3 * 40
    for key, args in found.items():
        assert {name: args[name] for name in ("pc", "cause")} == exits[key]
    assert all(set(e["args"]) == {"ticks"} for e in events if e["name"] == "guest")


def test_other_events_are_instants(dump, events):
    others = [e for e in dump.events if e.name not in ("piece", "exit", "late")]
    found = [e for e in events if e["ph"] == "i"]
    assert sorted(((e["pid"], e["tid"]), round(e["ts"] / TICK), e["cat"], str(e["args"]))
                  for e in found) == \
        sorted((track(e), e.time, e.name, str(words(e))) for e in others)
    assert {e["name"] for e in found} == {
        "TIME.set_timer", "timer-armed", "timer-fired", "VM 0 started", "VM 1 started",
        "stopped to start-pending", "start-pending to started"}


def test_the_counter_is_the_lateness(dump, events):
    expected = sorted((*track(e), e.a + (e.b >> 16), e.b >> 16) for e in dump.events
                      if e.name == "late")
    found = sorted((e["pid"], e["tid"], round(e["ts"] / TICK), round(e["args"]["µs"] / TICK))
                   for e in events if e["ph"] == "C")
    assert found == expected
    assert {(e["pid"], e["name"]) for e in events if e["ph"] == "C"} == {
        (2, "lateness vCPU 0"), (2, "lateness vCPU 1"), (3, "lateness vCPU 0")}


def spans(events):
    """The async slices, outer and inner: {id: [(name, from, to, args)]}. They nest, as a stack."""
    stacks, found = collections.defaultdict(list), collections.defaultdict(list)
    for event in events:
        stack = stacks[event["cat"], event["id"]] if event["ph"] in "be" else None
        if event["ph"] == "b":
            stack.append(event)
        elif event["ph"] == "e":
            begin = stack.pop()
            assert begin["name"] == event["name"]
            found[event["id"]].append((event["name"], round(begin["ts"] / TICK),
                                       round(event["ts"] / TICK), begin["args"]))
    assert not any(stacks.values())
    return found


def test_late_timers_are_slices_with_their_blame(dump, events):
    late = [e for e in dump.events if e.name == "late"]
    found = spans(events)
    assert len(found) == len(late) > 10
    got = sorted((outer[1], outer[2], inner[0], inner[3]["column"])
                 for inner, outer in found.values())
    assert got == sorted((e.a, e.a + (e.b >> 16), BLAMES[e.b >> 8 & 255], COLUMNS[e.b & 255])
                         for e in late)


def test_a_lateness_of_several_blames(dump):
    """They lie one after the other, and fill the whole."""
    machine = sample.Machine({"linux": 1}, exits=0).dump
    machine.rings[0].events[:] = [
        Event(0, 1500, "late", 0, 0, 1000, 300 << 16 | 0 << 8 | 0),
        Event(0, 1500, "late", 0, 0, 1000, 200 << 16 | 1 << 8 | COLUMNS.index("sbi.ipi"))]
    (one, two, whole), = spans(trace_events(machine)["traceEvents"]).values()
    assert one[:3] == ("masked by the guest", 1000, 1300)
    assert two[:3] == ("exit in progress", 1300, 1500)
    assert whole == ("late timer", 1000, 1500, {"ticks": 500})


def test_what_was_lost_is_said(dump):
    assert trace_events(dump)["otherData"]["lost"] == {
        f"hart {ring.hart}": ring.lost for ring in dump.rings.values()}
