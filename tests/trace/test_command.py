"""The command line of tools/trace/trace."""
import json
import pathlib
import re
import subprocess

import pytest

import sample
from boots import Boot
from dump import parse
from trace_names import BLAMES, COLUMNS

TRACE = pathlib.Path(__file__).resolve().parents[2] / "tools/trace/trace"


def run(*words, **more):
    return subprocess.run([TRACE, *words], capture_output=True, text=True, check=False, **more)


def fails(*words):
    """The message of a command that fails."""
    result = run(*words)
    assert (result.returncode, result.stdout) == (1, "")
    return result.stderr


@pytest.fixture(name="dump", scope="module")
def make_dump():
    return sample.Machine({"linux": 2}).dump


@pytest.fixture(name="log", scope="module")
def make_log(dump, tmp_path_factory):
    """Two dumps; the second is that of the fixture `dump`."""
    log = tmp_path_factory.mktemp("log") / "console.log"
    other = sample.Machine({"rtos": 1}, exits=3).dump
    log.write_bytes((f"boot\xff\r\n{sample.render(other)}shell\n"
                     f"{sample.render(dump)}").encode("latin-1"))
    return log


def test_check(log):
    result = run("check", log)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "".join(
        f"dump {number}, line {one.line}: {len(one.vcpus)} vCPUs, {len(one.vcpus)} rings, "
        f"{sum(len(ring.events) for ring in one.rings.values())} events: adds up\n"
        for number, one in enumerate(parse(log.read_text("latin-1")), 1))
    assert result.stdout.count("\n") == 2


def test_check_of_what_does_not_add_up(tmp_path, dump):
    text = sample.render(dump)
    now = dump.vcpus[0, 0].now
    (tmp_path / "log").write_text(text.replace(f"now={now} exits", f"now={now + 1} exits"))
    result = run("check", tmp_path / "log")
    wall = now - dump.vcpus[0, 0].start
    line = parse(text)[0].vcpus[0, 0].line
    assert result.returncode == 1
    assert result.stdout.endswith(": 1 problems\n")
    assert result.stderr == f"trace: {tmp_path / 'log'}: dump 1: line {line}: vCPU linux.0: the " \
                            f"columns sum to {wall} ticks, expected now - start = {wall + 1}\n"


def test_ledger(log, dump):
    output = run("ledger", log).stdout
    for vcpu in dump.vcpus.values():
        wall = vcpu.now - vcpu.start
        table = output[output.index(f"vCPU {vcpu.name}, hart {vcpu.hart}: {wall} ticks of "
                                    f"1/10000000 s, {vcpu.exits} exits\n"):].split("\n\n")[0]
        rows = {row.split()[0]: row.split()[1:] for row in table.splitlines()[2:]}
        assert rows.pop("sum") == [str(wall), "100.0000", "%"]
        assert set(rows) == set(vcpu.columns)
        for name, (count, ticks, *_, most) in rows.items():
            column = vcpu.columns[name]
            assert (int(count), int(ticks), int(most)) == (column.count, column.sum, column.max)
        late = vcpu.late
        figures = f"{late.count} +{late.sum} +{late.min} +\\d+ +\\d+ +{late.max}\n"
        assert re.search(rf"\ntimers +ticks late .*\n{figures}", output)
        for name, ticks in zip(BLAMES, late.blames.values()):
            share = f"{100 * ticks / late.sum:.2f}"
            assert re.search(rf"\n{name} +{ticks} +{share} %\n", output) or ticks == 0
        sums = [int(row.split()[2]) for row in table.splitlines()[2:-1]]
        assert sums == sorted(sums, reverse=True)
    assert "rtos" not in output


def test_late(log, dump):
    """Those as late as the 99th percentile, the latest first, with the blame of each."""
    tables = run("late", log).stdout.split("\n\n")
    for vcpu, table in zip(dump.vcpus.values(), tables):
        head, _, *rows = table.strip().splitlines()
        late = sorted((e.b >> 16, e.a, BLAMES[e.b >> 8 & 255], COLUMNS[e.b & 255])
                      for e in dump.rings[vcpu.hart].events if e.name == "late")
        assert head.startswith(f"vCPU {vcpu.name}: {len(late)} timers, p99 ")
        found = [re.split(r"  +", row) for row in rows]
        assert [(int(row[1]), int(row[0]), *row[2:4]) for row in found] == \
            late[:-len(rows) - 1:-1]
        assert found[0][1] == str(vcpu.late.max)
        for row in found:
            assert sum(int(part.split()[1]) for part in row[5].split(", ")) == int(row[1])
        assert head.endswith(f"as late as that, of those recorded: {len(rows)}")


def test_late_of_exits_that_are_lost(tmp_path):
    dump = sample.Machine({"linux": 1}).dump
    events = dump.rings[0].events
    events[:] = [event for event in events if event.name == "late"]
    (tmp_path / "log").write_text(sample.render(dump))
    assert run("late", tmp_path / "log").stdout.splitlines()[2].split()[-2:] == ["-", "-"]


def test_the_dump_can_be_chosen(log):
    assert "vCPU rtos.0" in run("ledger", log, "--dump", "1").stdout
    assert fails("ledger", log, "--dump", "3") == f"trace: {log}: --dump 3, expected 1 to 2\n"


def test_standard_input(log):
    assert run("ledger", "-", input=log.read_text("latin-1")).stdout == run("ledger", log).stdout


def test_ctf(log, tmp_path, dump):
    assert run("ctf", log, tmp_path / "out").returncode == 0
    result = subprocess.run(["babeltrace2", tmp_path / "out"], capture_output=True, text=True,
                            check=True)
    assert result.stderr == ""
    assert len(result.stdout.splitlines()) == sum(len(r.events) for r in dump.rings.values())
    (tmp_path / "out" / "mine").touch()
    assert fails("ctf", log, tmp_path / "out") == \
        f"trace: {tmp_path / 'out'}: has mine in it, expected a new or empty folder\n"


def test_json(log, tmp_path, dump):
    assert run("json", log, tmp_path / "out.json").returncode == 0
    events = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["traceEvents"]
    pieces = sum(event.name == "piece" for event in dump.events)
    assert sum(event["ph"] == "X" for event in events) == pieces > 0


def test_chart(tmp_path):
    log, document = tmp_path / "log", tmp_path / "boot.md"
    log.write_text(sample.render(Boot([0, 1], 1).dump))
    host, guest = run("chart", log).stdout.strip().split("\n\n")
    document.write_text("<!-- chart host -->\n<!-- end of chart -->\n"
                        "<!-- chart guest -->\n<!-- end of chart -->\n")
    assert run("chart", log, "--into", document).returncode == 0
    assert document.read_text() == "".join(
        f"<!-- chart {name} -->\n```mermaid\n{chart}\n```\n<!-- end of chart -->\n"
        for name, chart in (("host", host), ("guest", guest)))
    document.write_text("<!-- chart cat -->\n<!-- end of chart -->\n")
    assert fails("chart", log, "--into", document) == \
        f"trace: {document}: the marker of a chart 'cat', expected one of host guest\n"


def test_chart_of_a_recording_that_began_late(tmp_path):
    """The steps of the boot are in any; of the guest's start there is nothing, and its chart is left alone."""
    log, document = tmp_path / "log", tmp_path / "boot.md"
    dump = Boot([0, 1], 1).dump
    for ring in dump.rings.values():
        ring.events[:] = [event for event in ring.events if event.name == "boot"]
    log.write_text(sample.render(dump))
    note = (f"trace: {log}: nothing of the chart guest was recorded; "
            "expected a recording from the VMs' start on\n")
    drawn = run("chart", log)
    assert drawn.returncode == 0 and drawn.stderr == note
    assert drawn.stdout.count("sequenceDiagram") == 1 and "primary_entry" in drawn.stdout
    document.write_text(kept := "<!-- chart guest -->\n<!-- end of chart -->\n")
    assert fails("chart", log, "--into", document) == \
        f"{note}trace: {document}: the marker of a chart 'guest', expected one of host\n"
    assert document.read_text() == kept


def test_messages(tmp_path):
    log = tmp_path / "log"
    assert fails("check", log) == \
        f"trace: {log}: No such file or directory; expected a console log\n"
    log.write_text("no dump\n")
    assert fails("ledger", log) == \
        f"trace: {log}: no dump in it; expected lines from @trace begin to @trace end\n"
    log.write_text("\n@trace begin version=1 timebase=1 now=1 harts=0 vcpus=0\n")
    assert fails("ledger", log) == \
        f"trace: {log}: line 2: the dump that begins here has no @trace end\n"
    result = run("what")
    assert result.returncode == 2
    assert "choose from 'check', 'ledger', 'late', 'ctf', 'json', 'chart'" in result.stderr
