"""Real dumps: ledgers add up, events agree with them, exports hold them, charts are the docs'."""
import collections
import json
import subprocess
import sys
import time

import pytest

import building
import vms
from building import ROOT
from linux import Linux
from shell import Shell

sys.path.insert(0, str(ROOT / "tools" / "trace"))
import boot_chart  # noqa: E402
from dump import check, parse  # noqa: E402
from trace_names import COLUMNS  # noqa: E402

TRACE = ROOT / "tools/trace/trace"


def describe(name, mode, /, **nodes):
    """A description whose VMs are recorded from their start, and report at their end."""
    body = "\n".join(f"    {node} {{ report; {vms.render(vm)} }};" for node, vm in nodes.items())
    return vms.write(f"{name}.dts", '/dts-v1/;\n/ { compatible = "stillhart,vms"; '
                                    f'trace = "{mode}";\n{body}\n}};\n')


def dump_of(console):
    """The one dump of a machine that has ended."""
    found, = parse(console.text())
    assert check(found) == []
    return found


def pieces(dump, vcpu):
    """{column: (count, ticks)} of the pieces in the rings, and the tracks' holes in ticks."""
    counts, sums, holes, before = collections.Counter(), collections.Counter(), 0, None
    for event in dump.events:
        if event.name == "piece" and (event.vm, event.vcpu) == (vcpu.vm, vcpu.index):
            counts[COLUMNS[event.a]] += 1
            sums[COLUMNS[event.a]] += event.b
            holes += 0 if before is None else event.time - event.b - before
            before = event.time
    return counts, sums, holes


@pytest.mark.parametrize("mode", ["overwrite", "stop"])
def test_jitter(boot, tmp_path, mode):
    """More events than a ring has room for: the newest, or the oldest, are kept."""
    vm = vms.vm("0", kernel="build:jitter/jitter.bin")
    console = boot(VMS=describe(f"trace-{mode}", mode, jitter=vm), ICOUNT=7)
    assert console.finish() == 0
    dump = dump_of(console)
    ring = dump.rings[0]
    assert (ring.mode, ring.lost > 0, len(ring.events)) == (mode, True, ring.count)
    assert (ring.events[0].name == "boot") == (mode == "stop")
    assert {vcpu.exact for vcpu in dump.vcpus.values()} == {1}
    export(console.log, dump, tmp_path)


def test_a_terminal_that_stands_still_loses_nothing(boot):
    """The dump is more than what is between it and the machine takes meanwhile."""
    vm = vms.vm("0", kernel="build:jitter/jitter.bin")
    console = boot(VMS=describe("trace-still", "stop", jitter=vm))
    console.expect("@event")
    time.sleep(3)
    assert console.finish() == 0
    dump_of(console)


def export(log, dump, folder):
    """babeltrace2 and the JSON have each event, and no two slices of a vCPU overlap."""
    for words in (["check", log], ["ctf", log, folder / "ctf"], ["json", log, folder / "json"]):
        subprocess.run([TRACE, *words], check=True, stdout=subprocess.DEVNULL)
    result = subprocess.run(["babeltrace2", folder / "ctf"], capture_output=True, text=True,
                            check=True)
    assert (len(result.stdout.splitlines()), result.stderr) == (len(dump.events), "")
    events = json.loads((folder / "json").read_text())["traceEvents"]
    slices = [event for event in events if event["ph"] == "X"]
    assert len(slices) == sum(event.name == "piece" for event in dump.events) > 1000
    timers = {(event.vm, event.vcpu, event.a) for event in dump.events if event.name == "late"}
    late = collections.Counter(event["ph"] for event in events if event["name"] == "late timer")
    assert late == ({"b": len(timers), "e": len(timers)} if timers else {})
    ends = {}
    for event in slices:
        track = event["pid"], event["tid"]
        assert event["ts"] >= ends.get(track, 0) - 0.01  # µs; a tick is 0.1
        ends[track] = event["ts"] + event["dur"]


def test_dumps_from_the_console(boot):
    """Two in one log, taken while guests run and print between the lines."""
    image = building.build(A="tests/guests/heartbeat", HV="n").bin
    beats = {name: vms.vm(hart, kernel=image, memory="<0x0 0x2000000>")
             for name, hart in (("a", "0"), ("b", "1"))}
    shell = Shell(boot(VMS=vms.describe("trace-console", **beats), SMP=3))
    shell.console.expect("beat 3")
    shell.open()
    shell.run("trace on")
    for _ in range(2):
        for name in beats:
            shell.next_beat(rf"\[{name}\] ")
        shell.run("trace dump")
    dumps = parse(shell.console.text())
    assert len(dumps) == 2
    for dump in dumps:
        assert check(dump) == []
        assert dump.vm_names() == {0: "a", 1: "b"}
        assert [bool(dump.rings[hart].events) for hart in (0, 1)] == [True, True]
    for before, after in zip(*(dump.vcpus.values() for dump in dumps)):
        assert before.now < after.now
        for name, column in before.columns.items():
            assert column.count <= after.columns[name].count


def test_linux_and_the_charts_of_the_docs(boot, tmp_path):
    """Nothing is lost of a quiet boot: each booked piece is an event, and the docs show it."""
    console = boot(VMS="configs/traced.dts", QEMU_ARGS="-accel tcg,thread=single")
    assert Linux(console, harts=2).power_off() == 0
    dump = dump_of(console)
    assert [ring.lost for ring in dump.rings.values()] == [0, 0]
    for vcpu in dump.vcpus.values():
        counts, sums, holes = pieces(dump, vcpu)
        assert counts == {name: column.count for name, column in vcpu.columns.items()}
        assert sums["guest"] == vcpu.columns["guest"].sum
        # What writing the events took is in the ledger's columns, and the tracks' holes; after the
        # last piece it was stopped.
        last = vcpu.now - max(e.time for e in dump.events
                              if e.name == "piece" and (e.vm, e.vcpu) == (vcpu.vm, vcpu.index))
        assert sum(sums.values()) + holes + last == vcpu.now - vcpu.start
    export(console.log, dump, tmp_path)
    assert "late" in {event.name for event in dump.events}
    drawn = boot_chart.between_markers((ROOT / "docs/boot.md").read_text(encoding="utf-8"))
    made = boot_chart.charts(dump)
    assert set(drawn) == set(made)
    for name, chart in made.items():
        assert boot_chart.structure(chart) == boot_chart.structure(drawn[name])
