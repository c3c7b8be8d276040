"""Two results beside each other: their figures, what differs in how they were made, and mistakes."""
import json

import pytest

from lab import compare, raw
from lab.experiment import Mistake
from lab.samples import Figure, Histogram, Run


def result(folder, value, **facts):
    """A result as the lab writes it, of one guest run."""
    run = Run("guest", 1)
    run.figures = {"null_sbi": Figure(value, "insn"), "same": Figure(7, "insn")}
    run.histograms = {"timer": Histogram("insn", [(value, 100)])}
    raw.write(folder / "data", [run])
    (folder / "machine.json").write_text(json.dumps({
        "time": "now", "commit": "abc", "processor": "1", "load": [0], "seconds": {}, "commands": {},
        "experiment": {"name": "mine", "cpu": "rv64", "harts": []}, **facts}))
    return folder


@pytest.fixture(name="two")
def fixture_two(tmp_path):
    one = result(tmp_path / "one", 94)
    other = result(tmp_path / "other", 188, commit="def", experiment={"name": "mine", "cpu": "rv64,sstc=off", "harts": []})
    return f"{one},{other}"


def test_figures_and_what_differs(lab, two, tmp_path):
    done = lab("compare", two, "--results", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["guest", "null_sbi", "insn", "94", "188", "2.00", "a"] in rows
    assert ["guest", "same", "insn", "7", "7", "1.00", "-"] in rows
    text = (tmp_path / "out/report.html").read_text()
    for words in (("commit", "abc", "def"), ("cpu", "rv64", "rv64,sstc=off")):
        assert "".join(f'<td class="text">{word}</td>' for word in words) in text
    assert 'aria-label="percentiles-guest-timer"' in text
    assert (tmp_path / "out/plots/histogram-guest-timer.csv").read_text() == "side,value,samples\na,94,100\nb,188,100\n"


def test_the_newest_of_an_experiment(tmp_path, monkeypatch):
    monkeypatch.setattr(compare.experiments, "RESULTS", tmp_path)
    for name in ("mine/20260101", "mine/20260102"):
        result(tmp_path / name, 1)
    assert compare.find("mine") == (tmp_path / "mine/20260102").resolve()
    assert compare.find("mine/20260101") == (tmp_path / "mine/20260101").resolve()


@pytest.mark.parametrize("words, message", [
    ("one", "COMPARE=one: expected two results, with a comma between"),
    ("one,", "COMPARE=one,: expected two results, with a comma between"),
    ("a,b,c", "COMPARE=a,b,c: expected two results, with a comma between"),
    ("nothere,b", "COMPARE=nothere: no such result; expected a folder with a machine.json"),
])
def test_mistakes(words, message):
    with pytest.raises(Mistake) as mistake:
        compare.read(words)
    assert message in str(mistake.value)


def test_one_with_itself_and_half_a_result(tmp_path):
    one = result(tmp_path / "one", 1)
    with pytest.raises(Mistake, match="expected two results"):
        compare.read(f"{one},{one}")
    other = result(tmp_path / "other", 1)
    (other / "data/results.json").unlink()
    with pytest.raises(Mistake, match="results.json: No such file"):
        compare.read(f"{one},{other}")
    (other / "data/results.json").write_text("{")
    with pytest.raises(Mistake, match="expected the lab's own JSON"):
        compare.read(f"{one},{other}")
