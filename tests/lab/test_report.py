"""The page as a browser has it: its figures are those of the raw data, and it fetches nothing."""
import html.parser
import json
import re
import subprocess
import tempfile

import pytest

from lab import experiment as experiments, ledger, page, raw, report
from lab.ledger import BLAMES, COLUMNS
from lab.samples import Figure, Histogram, Run, Spike, Summary, better

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--host-resolver-rules=MAP * ~NOTFOUND"]

LATE_EVENT = 200 << 16 | BLAMES.index("exit in progress") << 8 | COLUMNS.index("sbi.time")
DUMP = f"""@trace begin version=1 timebase=10000000 now=5000 harts=1 vcpus=1
@hart 0 id=0 gaps=0 min=0 max=0 sum=0
@vcpu 0.0 vm=jitter hart=0 start=1000 now=5000 exits=17 exact=1
@column 0.0 guest count=2 sum=3770 min=1870 max=1900
@hist 0.0 guest 1864:1 1896:1
@worst 0.0 guest end=3000 exits=12 pc=0x80201234 cause=0x8 args=0x0,0x0,0x0 others=-
@column 0.0 sbi.time count=3 sum=230 min=15 max=200
@hist 0.0 sbi.time 15:2 200:1
@worst 0.0 sbi.time end=2100 exits=4 pc=0x80201238 cause=0xa args=0x54494d45,0x0,0x7b others=-
@late 0.0 count=2 sum=300 min=100 max=200 masked=30 exit=270 descheduled=0 lock=0 hart=0 firmware=0
@latehist 0.0 100:1 200:1
@lateworst 0.0 deadline=1900 column=sbi.time exits=4 pc=0x80201238 cause=0xa masked=0 exit=200 descheduled=0 lock=0 hart=0 firmware=0
@ring 0 mode=overwrite events=1 lost=0
@event 0 2100 late 0.0 0x76c {LATE_EVENT:#x}
@trace end lines=14
"""


@pytest.mark.parametrize("value, read", [(7, "7"), (2914200, "2 914 200"), (0.12346, "0.1235"), (999.96, "1000"),
                                         (5529133.25, "5 529 133.2"), (-1234.5, "-1 234.5")])
def test_numbers_are_in_groups(value, read):
    assert page.number(value) == read.replace(" ", "\u202f")


def side(name, late):
    run = Run(name, 1)
    run.figures = {"null_sbi": Figure(312 if name == "native" else 93, "insn"),
                   "wall": Figure(1234567.5, "us")}
    run.histograms = {"timer": Histogram("insn", [(2, 990), (3, 9), (late, 1)])}
    run.spikes = [Spike("timer", 2000, late, "insn")]
    if name == "guest":
        run.dump = ledger.read("noise\r\n" + DUMP.replace("\n", "\r\n"), "jitter")
    return run


@pytest.fixture(name="results")
def fixture_results(tmp_path):
    """A folder with raw data and report of two made-up runs."""
    experiment = experiments.read("jitter")
    runs = [side("native", 5), side("guest", 70)]
    facts = {"time": "2026-11-30", "commit": "1234abc", "qemu": "QEMU 10", "experiment": {"name": "jitter"}, "commands": {"native": ["qemu", "<b>"]}, "seconds": {}}
    raw.write(tmp_path / "data", runs)
    report.write(tmp_path, experiment, facts, runs, 1)
    return tmp_path


def browse(path):
    """What headless Chromium makes of a page: its tree as text, and the URLs that it asked for."""
    with tempfile.TemporaryDirectory() as folder:
        log = f"{folder}/net.json"
        tree = subprocess.run(["chromium", *FLAGS, f"--user-data-dir={folder}/user", f"--log-net-log={log}",
                               "--dump-dom", path.as_uri()], capture_output=True, text=True, timeout=120, check=True)
        with open(log, encoding="utf-8") as file:
            events = json.load(file)["events"]
    return tree.stdout, {e["params"]["url"] for e in events if "url" in e.get("params", {})}


def is_its_own(url):
    """The browser asks its maker whatever it shows (time, updates); here no server answers."""
    host = url.split("/")[2] if "://" in url else ""
    return host.endswith((".google.com", ".googleapis.com", ".gstatic.com"))


class Cells(html.parser.HTMLParser):
    """The cells of all tables with what their data- attributes say: [(attributes, text)]."""

    def __init__(self, text):
        super().__init__()
        self.found, self.inside = [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "td":
            self.found.append(({k[5:]: v for k, v in attrs if k.startswith("data-")}, ""))
            self.inside = True
        elif tag == "small":
            self.inside = False

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "td"

    def handle_data(self, data):
        if self.inside:
            self.found[-1] = (self.found[-1][0], self.found[-1][1] + data)


def shown(cells, **attributes):
    found = [text for data, text in cells if all(data.get(k) == str(v) for k, v in attributes.items())]
    assert len(found) == 1, (attributes, found)
    return found[0].strip()


def test_the_page_shows_the_raw_data(results):
    tree, _ = browse(results / "report.html")
    cells = Cells(tree).found
    content = json.loads((results / "data/results.json").read_text())
    assert len(content["figures"]) == 4 and len(content["ledger"]) == 2
    for row in content["figures"]:
        assert shown(cells, figure=row["name"], side=row["side"]) == page.number(row["value"])
    for row in content["spikes"]:
        if row["side"] == "guest":
            assert shown(cells, spike=row["name"], due=row["due"], value=row["value"]) == str(row["value"])
    for row in content["ledger"]:
        assert shown(cells, vcpu="jitter.0", column=row["column"]) == page.number(row["ticks"])
    wall = content["ledger"][0]["wall"]
    assert sum(row["ticks"] for row in content["ledger"]) == wall
    assert shown(cells, vcpu="jitter.0", wall=wall) == page.number(wall)
    for name, count in (("native", 1000), ("guest", 1000)):
        assert shown(cells, name="timer", side=name, samples=count) == page.number(count)
    assert shown(cells, name="timer", side="guest", percentile="max") == "70"


def test_plots_are_drawn(results):
    tree, _ = browse(results / "report.html")
    for plot in ("percentiles-timer", "histogram-timer", "spikes", "late", "ledger"):
        assert f'<svg role="img" aria-label="{plot}"' in tree
    assert "sbi.time" in tree.split('aria-label="ledger"')[1].split("</svg>")[0]


def test_each_plot_is_a_file_with_its_numbers(results):
    drawings = sorted(path.stem for path in (results / "plots").glob("*.svg"))
    assert drawings == ["histogram-timer", "late", "ledger", "percentiles-timer", "spikes"]
    assert (results / "plots/histogram-timer.csv").read_text() == (
        "side,value,samples\nnative,2,990\nnative,3,9\nnative,5,1\nguest,2,990\nguest,3,9\nguest,70,1\n")
    for name in drawings:
        tree, _ = browse(results / "plots" / f"{name}.svg")
        assert "parsererror" not in tree and "<text" in tree and (results / f"plots/{name}.csv").exists()


def test_percentiles_have_samples_beyond_them(results):
    """Of 1000 samples p99.9 is the last one that has another beyond; p99.99 would be the greatest once more."""
    text = (results / "report.html").read_text()
    assert "<th>p99.9</th>" in text and "p99.99" not in text
    few = Histogram("insn", [(1, 99)])
    assert few.has(90) and few.has(0) and few.has(100) and not few.has(99)


def test_the_better_side_is_marked(results):
    text = (results / "report.html").read_text()
    assert re.search(r'class="better" data-value="93" data-figure="null_sbi" data-side="guest"', text)
    assert 'class="better" data-value="1234567.5"' not in text  # equal


@pytest.mark.parametrize("unit, one, other, expected", [
    ("us", [1, 2], [3, 4], "one"), ("us", [3, 4], [1, 2], "other"), ("us", [1, 3], [3, 4], None),
    ("bogo ops/s", [1, 2], [3, 4], "other"), ("inversions", [9], [3], "one"),
])
def test_which_is_better(unit, one, other, expected):
    def summary(values):
        return Summary(sorted(values)[0], min(values), max(values), len(values), unit)
    assert better(summary(one), summary(other)) == expected
    assert better(summary(one), None) is None


def test_the_top_says_when_and_what(results):
    text = (results / "report.html").read_text()
    assert '<p class="made">2026-11-30 · 1234abc · QEMU 10</p>' in text


def test_a_spike_has_its_blame(results):
    """It was due at tick 2000 and 70 instructions late; a call of 200 ticks ended at 2100."""
    assert "sbi.time of jitter.0, 200 ticks" in (results / "report.html").read_text()


def test_a_spike_that_the_ring_lost():
    """The event is not there: because nothing was recorded, or because the ring turned over it."""
    def blamed(text):
        return ledger.blame(ledger.read(text, "jitter"), 4000, 200)
    assert blamed(DUMP).startswith("not among the recorded events; as long can be: sbi.time")
    assert blamed(DUMP.replace("lost=0", "lost=9")).startswith("lost by the ring (trace-events makes it larger)")
    nothing = "".join(line for line in DUMP.splitlines(True) if not line.startswith(("@ring", "@event")))
    assert blamed(nothing.replace("lines=14", "lines=12")).startswith("not recorded (trace would tell)")


def test_late_timers_have_their_blame(results):
    cells = Cells((results / "report.html").read_text()).found
    assert shown(cells, late=0x76c, ticks=200) == "200"
    row = (results / "report.html").read_text().split('data-late="1900"')[0].rsplit("<tr>", 1)[1]
    assert "exit in progress" in row and "sbi.time" in row
    with open(results / "data/late.csv", encoding="utf-8") as file:
        assert file.read().splitlines()[1] == "1,jitter,0,2,300,100,200,30,270,0,0,0,0"


def test_text_of_others_is_no_markup(results):
    assert "qemu &lt;b&gt;" in (results / "report.html").read_text()


def test_no_url_is_fetched(results):
    assert [url for url in browse(results / "report.html")[1] if not is_its_own(url)] == []
    assert "Content-Security-Policy\" content=\"default-src 'none'" in (results / "report.html").read_text()


def test_a_url_that_is_fetched_is_seen(tmp_path):
    bad = tmp_path / "bad.html"
    bad.write_text('<!doctype html><title>x</title><img src="http://example.invalid/x.png">')
    assert [url for url in browse(bad)[1] if not is_its_own(url)] == ["http://example.invalid/x.png"]
