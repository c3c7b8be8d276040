"""tools/trace/ctf.py: babeltrace2 reads what it writes, without a warning, event for event."""
import re
import subprocess

import pytest

import sample
import ctf
from dump import parse
from trace_model import Event, Ring
from trace_names import EVENTS
from trace_words import FIELDS

LINE = re.compile(r"timestamp = (\d+), trace = .*?, name = ([\w-]+), "
                  r"stream\.packet\.context = \{ lost = (\d+), hart = (\d+), hart_id = (\d+) \}, "
                  r"stream\.event\.context = \{ vm = (-?\d+), vcpu = (-?\d+) \}, "
                  r"event\.fields = \{ (.*) \}")
# 5, 0x5, or ( "name" : container = 5 )
FIELD = re.compile(r'(\w+) = (?:\( (?:"([^"]*)"|<unknown>) : container = (\w+) \)|(\w+))(?:, |$)')


def babeltrace(folder):
    """Events as babeltrace2 prints them: (time, name, lost, hart, hart id, vm, vcpu, {field: …})."""
    result = subprocess.run(["babeltrace2", "--clock-cycles", "--no-delta", "--names=all",
                             "--fields=all", folder], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    for line in result.stdout.splitlines():
        match = LINE.fullmatch(line)
        assert match, line
        time, name, *who, text = match.groups()
        assert FIELD.sub("", text) == ""
        fields = {field: (int(container or plain, 0), label)
                  for field, label, container, plain in FIELD.findall(text)}
        yield (int(time), name, *map(int, who), fields)


def expected(dump):
    """The same from the dump; what has no name has the label ""."""
    for event in dump.events:
        fields = {field.name: (field.value(event),
                               field.kind.names.get(field.value(event), ""))
                  for field in FIELDS[event.name]}
        who = (-1, -1) if event.vm is None else (event.vm, event.vcpu)
        yield (event.time, event.name, dump.rings[event.ring].lost, event.ring,
               dump.harts[event.ring].id, *who, fields)


def by_hart(events):
    """Events of different harts at one time have no order."""
    return sorted(events, key=lambda event: (event[3], event[0]))


def test_babeltrace_reads_every_event(tmp_path):
    dump, = parse(sample.render(sample.Machine({"linux": 2, "rtos": 1}).dump))
    ctf.write(dump, tmp_path / "ctf")
    read = list(babeltrace(tmp_path / "ctf"))
    assert by_hart(read) == by_hart(expected(dump))
    assert len(read) > 300
    assert [event[0] for event in read] == sorted(event[0] for event in read)


def test_every_event_with_any_words(tmp_path):
    """Each event of the headers, with zeros, ones and values that have no name."""
    dump = sample.Machine({"linux": 1}, exits=0).dump
    words = [0, 5, 2**64 - 1, 0x48534D00000003]
    dump.rings[0] = Ring(0, "stop", 0, 3, [
        Event(0, 10 * number, name, *who, a, b)
        for number, (name, who, a, b) in enumerate(
            (name, who, a, b) for name in EVENTS for who in ((None, None), (3, 7))
            for a in words for b in words)])
    ctf.write(dump, tmp_path / "ctf")
    read = list(babeltrace(tmp_path / "ctf"))
    assert read == list(expected(dump))
    assert {event[1] for event in read} == set(EVENTS) == set(FIELDS)


def test_an_empty_ring_and_a_large_time(tmp_path):
    dump = sample.Machine({"linux": 2}, exits=1).dump
    dump.rings[0].events.clear()
    dump.rings[1].events[:] = [Event(1, 2**55, "wfi", 0, 1, 5, 0)]
    ctf.write(dump, tmp_path / "ctf")
    assert list(babeltrace(tmp_path / "ctf")) == list(expected(dump))


def test_the_clock_is_the_timebase(tmp_path):
    dump = sample.Machine({"linux": 1}, exits=1).dump
    dump.timebase = 1_000
    ctf.write(dump, tmp_path / "ctf")
    result = subprocess.run(["babeltrace2", "--clock-seconds", "--no-delta", tmp_path / "ctf"],
                            capture_output=True, text=True, check=True)
    times = re.findall(r"^\[(\d+)\.(\d{9})\]", result.stdout, re.M)
    assert [int(s) * 1_000 + round(int(ns), -6) // 1_000_000 for s, ns in times] == \
        [event.time for event in dump.events]


def test_the_same_dump_makes_the_same_bytes(tmp_path):
    text = sample.render(sample.Machine({"linux": 1}).dump)
    for name in ("a", "b"):
        ctf.write(parse(text)[0], tmp_path / name)
    ctf.write(parse(text)[0], tmp_path / "b")  # over an older one
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == ["hart0", "metadata"]
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(FileExistsError, match="has thesis.tex in it, expected a new or empty "):
        ctf.write(sample.Machine({"linux": 1}, exits=1).dump, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
