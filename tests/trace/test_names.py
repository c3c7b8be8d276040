"""The tools know the names and the buckets that the hypervisor's headers define.

The compiler says what the headers have; the tools read their text.
"""
import pathlib
import subprocess

import pytest

import histogram
import sample
import trace_names

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDES = [f"-I{ROOT}/modules/{path}/include" for path in
            ("axtrace", "axhal", "axhal/arch/fake", "lib", "lib/arch/fake")]


def run_c(folder, includes, body):
    """What a program with this main() prints, line by line."""
    source = "".join(f"#include <{name}>\n" for name in includes) + \
        "#include <stdio.h>\nint main(void)\n{\n" + body + "\n}\n"
    (folder / "a.c").write_text(source, encoding="utf-8")
    subprocess.run(["gcc", *INCLUDES, "-o", folder / "a", folder / "a.c"], check=True)
    return subprocess.run([folder / "a"], check=True, capture_output=True,
                          text=True).stdout.splitlines()


@pytest.mark.parametrize("table,names", [
    ("LEDGER_COLUMN_LIST", trace_names.COLUMNS),
    ("TRACE_EVENT_LIST", trace_names.EVENTS),
    ("TRACE_BLAME_LIST", trace_names.BLAME_KEYS),
    ("HART_STEP_LIST", trace_names.STEPS),
])
def test_names_of_a_list(tmp_path, table, names):
    printed = run_c(tmp_path, ["axtrace/column.h", "axtrace/trace.h", "axhal/hart.h"],
                    f"#define PRINT(symbol, name, ...) puts(name);\n{table}(PRINT)")
    assert printed == list(names)
    assert len(printed) >= 6


def test_words_of_the_events(tmp_path):
    printed = run_c(tmp_path, ["axtrace/trace.h"],
                    "#define PRINT(symbol, name, a, b) puts(a); puts(b);\nTRACE_EVENT_LIST(PRINT)")
    assert printed == [word for words in trace_names.EVENTS.values() for word in words]


@pytest.mark.parametrize("header,prefix,names", [
    ("axtrace/trace.h", "TRACE_VM_", trace_names.VM_EVENTS),
    ("axtrace/trace.h", "TRACE_", trace_names.MODES),
    ("lib/sbi.h", "SBI_HSM_", trace_names.HSM_STATES),
])
def test_names_of_an_enum(tmp_path, header, prefix, names):
    symbols = [prefix + name.upper().replace("-", "_") for name in names]
    printed = run_c(tmp_path, [header], "".join(f'printf("%d\\n", {s});' for s in symbols))
    assert printed == [str(number) for number in range(len(names))]


def test_own_columns_are_columns():
    assert set(trace_names.OWN_COLUMNS) < set(trace_names.COLUMNS)


def test_buckets_are_those_of_the_header(tmp_path):
    """Each bucket of 36 bits, and its neighbours' edges."""
    printed = run_c(tmp_path, ["lib/histogram.h"], """
        for (uint32_t i = 0; i < HISTOGRAM_BUCKETS(36); i++)
            printf("%u %llu %u\\n", i, (unsigned long long)histogram_lowest(i),
                   histogram_bucket(histogram_lowest(i + 1) - 1));""")
    table = [tuple(map(int, line.split())) for line in printed]
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
