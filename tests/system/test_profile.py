"""make profile: the instructions of one exit, by function."""
import re

import building

ROW = re.compile(r" *(\d+) +(\d+)  ( *)\w+")


def profile(exit_name):
    with building.build_lock():
        return building.run_make("profile", EXIT=exit_name)


def test_the_parts_of_an_exit_make_its_budget():
    result = profile("sbi.base.probe")
    assert result.returncode == 0, result.stdout + result.stderr
    whole, budget = map(int, re.search(r"^sbi\.base\.probe: (\d+) instructions .* has (\d+)$",
                                       result.stdout, re.M).groups())
    rows = [ROW.match(line) for line in result.stdout.splitlines()]
    assert sum(int(row[2]) for row in rows if row) == whole
    assert whole <= budget  # what budgets measure is this and nothing else; a cheaper path passes too
    picture = re.search(r"^flame graph: (.*\.svg)$", result.stdout, re.M)[1]
    assert "guest_vector" in (building.ROOT / picture).read_text(encoding="utf-8")


def test_an_unknown_exit_lists_those_that_there_are():
    result = profile("sbi.base.nonsense")
    assert result.returncode != 0
    assert "EXIT=sbi.base.nonsense: no such exit" in result.stderr
    assert re.search(r"^  load\.uart\.lsr +\d+$", result.stderr, re.M)
