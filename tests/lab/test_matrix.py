"""The page of the matrix: a row for each aggressor, its cells in both places, and what is over the ration marked."""
import csv
import json

from lab import matrix, raw

MACHINE = {"run_delay_s": 0.1, "victims_delay_s": 0.05, "tries": 1}
FIRST, SECOND = list(matrix.PLACES)[:2]
CELLS = {FIRST: {"calm": {"count": 7, "share": 0.01, "longest_ms": 0.5, **MACHINE},
                 "greedy": {"count": 9, "share": 0.5, "longest_ms": 20.0, **MACHINE}},
         SECOND: {"calm": {"count": 8, "share": 0, "longest_ms": 0.1, **MACHINE}}}


def test_the_page_shows_what_was_measured(tmp_path):
    (tmp_path / "data").mkdir()
    for place, cells in CELLS.items():
        (tmp_path / f"data/matrix-{place}.json").write_text(json.dumps(cells))
    found = matrix.measured(tmp_path / "data")
    assert found == CELLS
    text = matrix.draw(tmp_path, found, True, {**raw.host(), "commands": {}, "experiment": {"name": "matrix"}}).read_text()
    assert '<td class="under" data-share="0.01">1.00 %</td>' in text
    assert '<td class="over" data-share="0.5">50.00 %</td>' in text
    greedy = next(line for line in text.splitlines() if ">greedy<" in line)
    assert greedy.count("<td>–</td>") == 3  # it was not measured there
    raw.write_table(tmp_path / "data", "matrix", matrix.HEAD, matrix.rows(found))
    with open(tmp_path / "data/matrix.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["aggressor"], row["victim"], row["share"]) for row in rows] == [
        ("calm", FIRST, "0.01"), ("calm", SECOND, "0"), ("greedy", FIRST, "0.5")]


def test_the_ration_is_that_of_the_header():
    share, longest = matrix.ration()
    assert share > 1 and longest > 0
