"""Every aggressor beside a victim, as a table: tests/system/test_matrix.py runs it, this draws what it measured."""
import json
import os
import re
import subprocess
import time
from types import SimpleNamespace

from lab import page, raw, report
from lab.experiment import ROOT, Mistake
from lab.page import cell, escape, number

TEST = ROOT / "tests/system/test_matrix.py"
ABOUT = "What every aggressor takes of a victim's time, by the victim's ledger; in real time, all harts owned"
PLACES = {"on-the-housekeepers-hart-plic": "victim on the housekeeper's hart",
          "on-the-other-hart-plic": "victim on another hart",
          "on-the-housekeepers-hart-aia": "on the housekeeper's, interrupt files in software",
          "on-the-other-hart-aia": "on another, interrupt files in software"}
HEAD = ("aggressor", "victim", "count", "share", "longest_ms", "run_delay_s", "victims_delay_s", "tries")


def ration():
    """(share, longest in us) of the housekeeper's chores: the C header has them."""
    text = (ROOT / "modules/axvm/include/axvm/chores.h").read_text(encoding="utf-8")
    return tuple(int(re.search(rf"#define {name} (\d+)", text)[1]) for name in ("CHORES_SHARE", "CHORES_LONGEST_US"))


def measured(folder):
    """{place: {aggressor: what the test measured}} of the files that the test wrote into a folder."""
    found = {}
    for place in PLACES:
        path = folder / f"matrix-{place}.json"
        if path.is_file():
            found[place] = json.loads(path.read_text(encoding="utf-8"))
    return found


def run_test(folder):
    """Runs it; what it wrote is moved to `folder`. Returns whether it passed."""
    environment = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    work = ROOT / os.environ.get("BUILD", "build") / "test"
    for place in PLACES:
        (work / f"matrix-{place}.json").unlink(missing_ok=True)
    log = folder / "test.log"
    with log.open("wb") as file:
        status = subprocess.run(["/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", TEST], cwd=ROOT,
                                env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
                                check=False).returncode
    found = measured(work)
    if not found:
        raise Mistake(f"{TEST.relative_to(ROOT)}: measured nothing (status {status}); see {log}")
    (folder / "data").mkdir()
    for place in found:
        os.replace(work / f"matrix-{place}.json", folder / "data" / f"matrix-{place}.json")
    return status == 0


def rows(found):
    """One for each aggressor and place."""
    for name in dict.fromkeys(name for cells in found.values() for name in cells):
        for place, cells in found.items():
            if name in cells:
                one = cells[name]
                yield name, place, *(one[key] for key in HEAD[2:])


def _cells(one, limit):
    if one is None:
        return [cell("–")] * 3
    over = one["share"] > limit
    return [cell(f"{100 * one['share']:.2f} %", "over" if over else "under", share=one["share"]),
            cell(number(one["longest_ms"])), cell(number(one["run_delay_s"]))]


def table(found, limit):
    head = ["aggressor"]
    for place in found:
        head += [f"{PLACES[place]}: taken", "longest, ms", "not run, s"]
    lines = [[cell(escape(name), "text"), *(c for cells in found.values() for c in _cells(cells.get(name), limit))]
             for name in dict.fromkeys(name for cells in found.values() for name in cells)]
    return page.table(head, lines)


def draw(folder, found, passed, facts):
    """The page. Returns its path."""
    share, longest = ration()
    verdict = "No cell is over the limit of the test." if passed else "A cell is over the limit of the test: see test.log."
    parts = ["<h1>matrix</h1>", f'<p class="about">{escape(ABOUT)}</p>', report.made(facts),
             page.note(f"Each aggressor runs beside a victim that arms a timer each 10 ms. Taken: the share of the victim's "
                       f"time in host.console, host.interrupt, wait.lock and wait.hart. The housekeeper's ration is "
                       f"1/{share} of its hart ({100 / share:.2f} %), {longest} us at a time; a share above it is marked."),
             page.note("Longest: of this cell's stretches, from the ledger's histogram, so up to a bucket's width more; in "
                       "real time, with what the build machine took in it. Not run: how long QEMU's threads were ready "
                       "while the build machine ran something else."),
             page.note(verdict, "note" if passed else "warn"), table(found, 1 / share), *report.machine(facts)]
    return report.save(folder, "matrix: Stillhart's lab", parts)


def run(folder):
    """Measures and draws. Returns (the page, whether the test passed)."""
    print(f"matrix: {ABOUT}; some minutes", flush=True)
    began = time.monotonic()
    facts = {**raw.host(), "commands": {}, "experiment": {"name": "matrix", "test": str(TEST.relative_to(ROOT))}}
    passed = run_test(folder)
    found = measured(folder / "data")
    raw.write_table(folder / "data", "matrix", HEAD, rows(found))
    facts = raw.write_machine(folder / "machine.json", facts, {"matrix": SimpleNamespace(seconds=time.monotonic() - began)})
    for name, place, _, share, longest, delay, *_ in rows(found):
        print(f"{name:<28}{place:<30}{100 * share:>8.2f} %{longest:>10.3f} ms{delay:>8.2f} s not run")
    return draw(folder, found, passed, facts), passed
