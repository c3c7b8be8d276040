"""tools/trace/ledger_table.py: its figures are those of the dump."""
import ledger_table
import sample


def test_columns_are_aligned_and_sorted():
    dump = sample.Machine({"linux": 1}).dump
    head, *rows = list(ledger_table.table(dump, dump.vcpus[0, 0]))
    assert head == f"vCPU linux.0, hart 0: {sum(c.sum for c in dump.vcpus[0, 0].columns.values())}" \
                   " ticks of 1/10000000 s, 40 exits"
    assert len({len(row) for row in rows}) == 1
    assert rows[0].split() == ["column", "count", "ticks", "share", "min", "p50", "p99", "max"]
    assert rows[1].split()[0] == "guest"


def test_no_quantile_is_above_the_greatest_value():
    """The upper end of its bucket may be."""
    dump = sample.Machine({"linux": 1}).dump
    late = dump.vcpus[0, 0].late
    late.count, late.min, late.max, late.buckets = 1, 1001, 1001, sample.histogram_of([1001])
    assert late.buckets[0].highest > late.max
    assert list(ledger_table.late_table(late))[1].split() == \
        ["1", str(late.sum), "1001", "1001", "1001", "1001"]


def test_an_inexact_ledger_says_so():
    dump = sample.Machine({"linux": 1}).dump
    dump.vcpus[0, 0].exact = 0
    assert ledger_table.tables(dump).splitlines()[0].endswith(" exits, while it ran: not exact")


def test_a_life_of_no_ticks():
    dump = sample.Machine({"linux": 1}).dump
    vcpu = dump.vcpus[0, 0]
    vcpu.now, vcpu.columns, vcpu.late = vcpu.start, {}, None
    assert ledger_table.tables(dump).splitlines()[2].split() == ["sum", "0", "-"]


def test_harts_with_gaps():
    dump = sample.Machine({"linux": 2}).dump
    dump.harts[1].gaps, dump.harts[1].buckets = 0, []
    rows = ledger_table.tables(dump).split("gaps of")[1].splitlines()[1:]
    assert [row.split()[:3] for row in rows] == [["hart", "0", "50"]]
