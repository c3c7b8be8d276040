"""tools/budgets: the comparison, and the command with a QEMU of ours that prints what a test says."""
import pathlib
import subprocess
import sys

import pytest

TOOLS = pathlib.Path(__file__).resolve().parents[3] / "tools"
sys.path.insert(0, str(TOOLS))

import budget_file  # noqa: E402
from budget_file import Budgets, FileError  # noqa: E402

GUESTS = """case "$*" in
    *sstc=off*) echo BENCH timer_busy_max 741 insn; echo BENCH null_sbi 99 insn;;
    *exits.cpio*shift=0,*) echo BENCH ecall_hsm_status 300 insn;;
    *without.bin*) echo BENCH ecall_hsm_status $(({status} - 22)) insn;;
    *exits.cpio*) echo BENCH ecall_hsm_status {status} insn;;
    *) echo BENCH null_sbi 93 insn;; esac
echo BENCH done 0 status"""
FILE = """# compiler: cc 1
ecall_hsm_status 379
ecall_hsm_status_1ghz 300
ecall_hsm_status_aia 379
jitter_no_sstc_timer_busy_max 741
jitter_null_sbi 93
ledger_ecall_hsm_status 22
"""

BOUNDS = budget_file.put_table(f"head\n{budget_file.BEGIN}{budget_file.END}tail\n", {})


def compare(old, new, compiler="cc 1"):
    return budget_file.compare(Budgets("cc 1", old), new, compiler, "budgets")


def budgets(folder, action, script, text=FILE):
    for name, body in (("qemu", script), ("cc", "echo cc 1")):
        (folder / name).write_text(f"#!/bin/sh\n{body}\n")
        (folder / name).chmod(0o755)
    for name in ("hv.bin", "without.bin", "exits.cpio", "jitter.cpio"):
        (folder / name).touch()
    (folder / "bounds.md").write_text(BOUNDS)
    if text is not None:
        (folder / "budgets").write_text(text)
    return subprocess.run(
        [TOOLS / "budgets", action, "--qemu", folder / "qemu", "--hv", folder / "hv.bin",
         "--without", folder / "without.bin",
         "--exits", folder / "exits.cpio", "--jitter", folder / "jitter.cpio",
         "--file", folder / "budgets", "--bounds", folder / "bounds.md", "--compiler", folder / "cc", "--logs", folder / "logs"],
        capture_output=True, text=True, check=False)


def test_equal_passes_silently():
    assert compare({"wfi_pending": 2}, {"wfi_pending": 2}) == ([], [])


def test_one_instruction_more_is_a_problem_that_names_the_exit():
    problems, hints = compare({"ecall_hsm_status": 379}, {"ecall_hsm_status": 380})
    assert problems == ["ecall_hsm_status: 379 before, 380 now (+1): over its budget; "
                        "the exit that grew: SBI call hsm_status"]
    assert hints == []


def test_a_timer_may_be_rounded_otherwise():
    assert compare({"jitter_timer_busy_max": 3}, {"jitter_timer_busy_max": 5}).problems == []
    [problem] = compare({"jitter_timer_busy_max": 3}, {"jitter_timer_busy_max": 6}).problems
    assert problem.startswith("jitter_timer_busy_max: 3 before, 6 now (+3): over its budget")


def test_the_ledger_costs_no_more_than_its_limit_whatever_was_accepted():
    assert compare({"ledger_ecall_a": 27}, {"ledger_ecall_a": 27}).problems == []
    assert compare({"ledger_ecall_a": 28}, {"ledger_ecall_a": 28}).problems == [
        "ledger_ecall_a: 28; expected at most 27, whatever budgets says"]


def test_paths_of_the_plic_are_not_measured_on_an_aia_host():
    assert budget_file.is_also_of_aia("virtual_csr_hgatp")
    for name in ("load_plic_claim", "load_aplic_target", "virtual_csr_hgatp_max"):
        assert not budget_file.is_also_of_aia(name)


def test_one_instruction_less_is_a_hint():
    problems, hints = compare({"load_rtc_time": 688}, {"load_rtc_time": 687})
    assert problems == []
    assert hints == ["load_rtc_time: 688 before, 687 now (-1): cheaper; make bench-accept keeps it"]


def test_path_without_a_line_is_a_problem():
    assert compare({}, {"fault_load_hole": 489}).problems == [
        "fault_load_hole: 489 measured, but budgets has no line for it; expected one: "
        "make bench-accept adds it"]


def test_line_without_a_measurement_is_a_problem():
    assert compare({"fault_load_hole": 489}, {}).problems == [
        "fault_load_hole: budgets allows 489, but nothing measures it; expected a path of that name "
        "in apps/exits or apps/jitter"]


def test_another_compiler_is_named_where_it_may_be_why():
    assert compare({"a": 1}, {"a": 2}, "cc 2").hints == ["budgets is of cc 1, this is cc 2"]
    assert compare({"a": 1}, {"a": 1}, "cc 2").hints == []


def test_the_longest_exit_may_set_a_record():
    assert compare({"ecall_a_max": 600}, {"ecall_a_max": 1100}).problems == []
    assert len(compare({"ecall_a_max": 600}, {"ecall_a_max": 1101}).problems) == 1


def test_file_is_sorted_and_reads_back():
    budgets_of = Budgets("cc 1", {"b": 2, "a": 1, "c": 0})
    text = budget_file.render(budgets_of)
    assert [line for line in text.splitlines() if not line.startswith("#")] == ["a 1", "b 2", "c 0"]
    assert budget_file.parse(text, "f") == budgets_of


@pytest.mark.parametrize("line, said", [
    ("a", "f:2: 'a': expected NAME INSTRUCTIONS"),
    ("a -1", "f:2: 'a -1': expected NAME INSTRUCTIONS"),
    ("a 1 # why", "f:2: 'a 1 # why': expected NAME INSTRUCTIONS"),
    ("x 2", "f:2: x: is there twice"),
])
def test_broken_line_is_named(line, said):
    with pytest.raises(FileError, match=f"^{said}$"):
        budget_file.parse(f"x 1\n{line}\n", "f")


def test_bounds_show_means_and_maxima():
    measured = {"ecall_a": 5, "ecall_a_max": 9, "ecall_a_1ghz": 4, "ecall_b": 1, "jitter_timer_busy_max": 3}
    text = budget_file.put_table(BOUNDS, measured)
    assert "| `ecall_a` | 5 | 9 | 4 |\n" in text
    assert "ecall_b" not in text and "jitter" not in text
    assert budget_file.put_table(text, measured) == text


def test_check_passes_what_is_as_before(tmp_path):
    result = budgets(tmp_path, "check", GUESTS.format(status=379))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "budgets: 6 paths measured, 0 not as" in result.stdout


def test_check_fails_what_grew(tmp_path):
    result = budgets(tmp_path, "check", GUESTS.format(status=404))
    assert result.returncode == 1
    assert "ecall_hsm_status: 379 before, 404 now (+25)" in result.stdout


def test_accept_rewrites_what_check_then_passes(tmp_path):
    script = GUESTS.format(status=404)
    assert budgets(tmp_path, "accept", script).returncode == 0
    assert "ecall_hsm_status 404\n" in (tmp_path / "budgets").read_text()
    assert (tmp_path / "bounds.md").read_text() == BOUNDS  # none of these has a maximum
    assert budgets(tmp_path, "check", script, text=None).returncode == 0


def test_no_file_says_how_to_get_it(tmp_path):
    result = budgets(tmp_path, "check", GUESTS.format(status=379), text=None)
    assert result.returncode == 1
    assert "no such file; make bench-accept writes it" in result.stdout


@pytest.mark.parametrize("script, said", [
    ("echo BENCH ecall_a $$ insn; echo BENCH done 0 status", "exits: two runs differ in ecall_a"),
    ("echo BENCH ecall_a 7 ns; echo BENCH done 0 status", "exits: ecall_a is in ns; expected insn"),
    ("echo exits: lost; echo BENCH done 1 status", "exits.1: BENCH done 1"),
])
def test_run_that_is_no_measurement_is_a_failure(tmp_path, script, said):
    for action in ("check", "accept"):
        result = budgets(tmp_path, action, script)
        assert result.returncode == 1
        assert said in result.stdout
        assert (tmp_path / "budgets").read_text() == FILE
