"""The worked example of docs/jitter.md, run as it says: the same lines come, with numbers near. And each listing in docs
says whether a test compares it."""
import re
import subprocess

import pytest

from examples import ROOT, check, listings

# How a line begins that is typed, or is code.
TYPED = re.compile(r"(\$ |\(gdb\) |#include|/dts|…|\[|[a-z]+ \{|[a-z]+/|(make|git|qemu-system|load|booti|setenv|go|cd|insmod|devmem|perf|"
                   r"echo|cat|babeltrace2|static|const|int|struct)\b)")
MARK = re.compile(r"<!-- listing: (example|figure|commands|tests/[\w/.]+) -->")


@pytest.mark.parametrize("document", sorted(path.name for path in (ROOT / "docs").glob("*.md")))
def test_each_listing_says_what_it_is(document):
    """Printed and compared by a test, an example, a figure, or commands."""
    for lines, before in listings(f"docs/{document}"):
        if all(TYPED.match(line) or not line.strip() or line.startswith(" ") for line in lines):
            continue
        mark = MARK.fullmatch(before)
        assert mark, f"docs/{document}: the listing that begins with {lines[0]!r} has no mark above; expected one like " \
                     "<!-- listing: example -->"
        assert not mark[1].startswith("tests/") or (ROOT / mark[1]).is_file()


@pytest.fixture(name="log", scope="module")
def fixture_log(tmp_path_factory):
    path = tmp_path_factory.mktemp("example") / "console.log"
    with path.open("wb") as file:
        subprocess.run(["make", "-s", "run", "VMS=configs/jitter-traced.dts", "ICOUNT=7"], cwd=ROOT, check=True,
                       stdin=subprocess.DEVNULL, stdout=file, timeout=300)
    return path


@pytest.mark.parametrize("command, first", [("ledger", "vCPU jitter.0, hart 0:"), ("late", "vCPU jitter.0: 20 timers")])
def test_tables(log, command, first):
    done = subprocess.run([ROOT / "tools/trace/trace", command, log], check=True, capture_output=True, text=True,
                          timeout=60)
    check("docs/jitter.md", first, done.stdout)


def test_spikes(log):
    said = [line for line in log.read_text(errors="replace").splitlines() if line.startswith("SPIKE timer_call")]
    check("docs/jitter.md", "SPIKE timer_call", "\n".join(said))
