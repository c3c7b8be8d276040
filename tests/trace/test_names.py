"""The tools know the names and the buckets that the hypervisor's headers define."""
import pathlib
import re
import subprocess

import sample  # noqa: F401  (finds tools/trace)
import histogram
import trace_names

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADERS = ROOT / "modules/axtrace/include/axtrace"


def rows(header, table):
    """The arguments of each X(…) of a list, strings without their quotes."""
    text = (HEADERS / header).read_text(encoding="utf-8").replace("\\\n", " ")
    line = re.search(rf"^#define {table}\(X\)(.*)$", text, re.M)[1]
    return [tuple(part.strip().strip('"') for part in row.split('", "')[0].split(", ", 1)) + tuple(
        part.strip('"') for part in row.split('", "')[1:]) for row in re.findall(r"X\((.*?)\)", line)]


def enum(file, pattern):
    text = (ROOT / file).read_text(encoding="utf-8")
    return re.findall(r"\w+", re.search(pattern, text, re.S)[1])


def test_columns():
    listed = rows("column.h", "LEDGER_COLUMN_LIST")
    assert [name for _, name in listed] == list(trace_names.COLUMNS)
    assert set(trace_names.OWN_COLUMNS) < set(trace_names.COLUMNS)


def test_events():
    listed = rows("trace.h", "TRACE_EVENT_LIST")
    assert {name: words for _, name, *words in listed} == \
        {name: list(words) for name, words in trace_names.EVENTS.items()}
    assert [row[1] for row in listed] == list(trace_names.EVENTS)


def test_blames():
    assert [name for _, name in rows("trace.h", "TRACE_BLAME_LIST")] == list(trace_names.BLAMES)


def test_vm_events_and_modes():
    header = "modules/axtrace/include/axtrace/trace.h"
    vm = enum(header, r"enum trace_vm \{(.*?)\}")
    assert [f"TRACE_VM_{name.upper()}" for name in trace_names.VM_EVENTS] == vm
    text = re.sub(r"/\*.*?\*/", "", (ROOT / header).read_text(encoding="utf-8"))
    modes = re.findall(r"\w+", re.search(r"enum trace_mode \{(.*?)\}", text, re.S)[1])
    assert [f"TRACE_{name.upper()}" for name in trace_names.MODES] == modes


def test_hsm_states():
    states = enum("modules/lib/include/lib/sbi.h", r"\{([^}]*SBI_HSM_STARTED.*?)\}")
    assert [f"SBI_HSM_{name.upper().replace('-', '_')}" for name in trace_names.HSM_STATES] == states


def test_buckets_are_those_of_the_header(tmp_path):
    """Compiled with the header, for each bucket of 36 bits and its neighbours' edges."""
    (tmp_path / "b.c").write_text("""
        #include <lib/histogram.h>
        #include <stdio.h>
        int main(void)
        {
            for (uint32_t i = 0; i < HISTOGRAM_BUCKETS(36); i++)
                printf("%u %llu %u\\n", i, (unsigned long long)histogram_lowest(i),
                       histogram_bucket(histogram_lowest(i + 1) - 1));
        }""")
    subprocess.run(["gcc", f"-I{ROOT}/modules/lib/include", "-o", tmp_path / "b", tmp_path / "b.c"],
                   check=True)
    output = subprocess.run([tmp_path / "b"], check=True, capture_output=True, text=True).stdout
    table = [tuple(map(int, line.split())) for line in output.splitlines()]
    assert len(table) == 256 + 28 * 128
    assert [(i, histogram.lowest(i), histogram.bucket(histogram.lowest(i + 1) - 1))
            for i in range(len(table))] == table
    assert all(histogram.bucket(lowest) == i for i, lowest, _ in table)


def test_quantile():
    buckets = sample.histogram_of(range(1, 1001))
    assert histogram.quantile(buckets, 0) == 1
    assert histogram.quantile(buckets, 0.1) == 100
    assert 990 <= histogram.quantile(buckets, 0.99) <= 990 * 129 // 128
    assert histogram.quantile(buckets, 1) == histogram.highest_beside(1000)
