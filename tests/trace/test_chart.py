"""tools/trace/boot_chart.py: sequence diagrams from the events of a boot."""
import re

import pytest

import boot_chart
from boots import Boot
from dump import parse
from sample import render

HOST = """\
sequenceDiagram
    participant F as firmware
    participant H0 as hart 4
    participant H1 as hart 0
    F->>H0: primary_entry
    H0->>H0: runtime_main
    H0->>H0: start_secondary_cpus
    H0->>F: hart_start(hart 0)
    F->>H1: secondary_entry
    H1->>H1: runtime_main_secondary
    H0->>H0: main
    H0->>H0: VM linux created
    H0->>H0: VM linux started"""

GUEST = """\
sequenceDiagram
    participant G0 as linux on vCPU 0
    participant H0 as hypervisor on hart 4
    participant H1 as hypervisor on hart 0
    participant G1 as linux on vCPU 1
    H0->>H0: vCPU 0: start-pending to started
    H0->>G0: entry
    G0->>H0: HSM.hart_start(hart 1)
    H0->>H0: vCPU 1: stopped to start-pending
    H0->>H1: IPI
    H1->>H1: vCPU 1: start-pending to started
    H1->>G1: entry
    H0->>G0: back from hart_start"""


def charts(ids, seed=1, **more):
    dump, = parse(render(Boot(ids, seed, **more).dump))
    return boot_chart.charts(dump)


def arrows(chart):
    return [line for line in chart.splitlines() if "->>" in line]


@pytest.mark.parametrize("name,expected", [("host", HOST), ("guest", GUEST)], ids=["host", "guest"])
def test_two_harts(name, expected):
    assert boot_chart.structure(charts([4, 0])[name]) == expected


def test_without_states():
    """The pieces of time say which vCPU was entered when."""
    assert boot_chart.structure(charts([4, 0], states=False)["guest"]).splitlines()[5:] == [
        "    H0->>G0: entry", "    G0->>H0: HSM.hart_start(hart 1)", "    H1->>G1: entry",
        "    H0->>G0: back from hart_start"]


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_time_does_not_change_the_structure(count):
    """Whichever hart was faster: the chart is the same."""
    ids = [5 * index for index in range(count)]
    made = [charts(ids, seed) for seed in range(10)]
    for name in ("host", "guest"):
        assert len({chart[name] for chart in made}) == 10
        assert len({boot_chart.structure(chart[name]) for chart in made}) == 1


@pytest.mark.parametrize("count", [2, 4, 8])
def test_each_hart_is_started_and_comes(count):
    made = charts(list(range(count)))
    host, guest = (arrows(boot_chart.structure(made[name])) for name in ("host", "guest"))
    for index in range(1, count):
        start = host.index(f"    H0->>F: hart_start(hart {index})")
        assert host[start + 1] == f"    F->>H{index}: secondary_entry"
        call = guest.index(f"    G0->>H0: HSM.hart_start(hart {index})")
        assert guest[call:call + 5] == [
            f"    G0->>H0: HSM.hart_start(hart {index})",
            f"    H0->>H0: vCPU {index}: stopped to start-pending",
            f"    H0->>H{index}: IPI",
            f"    H{index}->>H{index}: vCPU {index}: start-pending to started",
            f"    H{index}->>G{index}: entry"]
    assert len(guest) == 2 + 6 * (count - 1)


def test_an_arrow_has_the_time_of_its_event():
    dump = Boot([0, 1], 3).dump
    start = dump.rings[0].events[0].time
    ends = [event.time for event in dump.rings[0].events if event.name == "boot"]
    found = re.findall(r"H0: \w+ \((\d+\.\d{3}) ms\)", boot_chart.charts(dump)["host"])
    assert found == [f"{(time - start) / 10_000:.3f}" for time in ends]


def test_what_a_ring_lost_is_not_waited_for():
    """The calls are lost, the harts that came are there."""
    dump = Boot([0, 1], 1).dump
    dump.rings[0].events.clear()
    made = boot_chart.charts(dump)
    assert arrows(boot_chart.structure(made["guest"])) == [
        "    H1->>H1: vCPU 1: start-pending to started", "    H1->>G1: entry"]


def test_a_refused_start():
    """No state changes; the guest goes on."""
    boot = Boot([0], 1)
    boot.note(0, "sbi", 0x48534D << 32, 9, vcpu=0)
    boot.piece(0, "sbi.hsm.start")
    assert arrows(boot_chart.structure(boot_chart.charts(boot.dump)["guest"]))[2:] == [
        "    G0->>H0: HSM.hart_start(hart 9)", "    H0->>G0: back from hart_start"]


DOCUMENT = """# Boot
<!-- chart host, from a trace -->
```mermaid
old
```
<!-- end of chart -->
Text.
<!-- chart guest -->
<!-- end of chart -->
"""


def test_charts_go_between_their_markers():
    made = {"host": "sequenceDiagram\n    A->>B: x", "guest": "sequenceDiagram\n    C->>D: y"}
    document = boot_chart.replace(DOCUMENT, made)
    assert boot_chart.between_markers(document) == made
    assert boot_chart.replace(document, made) == document
    assert "old" not in document and "\nText.\n" in document


def test_a_marker_of_another_chart():
    with pytest.raises(KeyError, match="guest"):
        boot_chart.replace(DOCUMENT, {"host": ""})
