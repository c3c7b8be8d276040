"""scripts/test: what it makes of the unit tests' output. Each failed test counts once, with its line."""
import importlib.machinery
import importlib.util
import os
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]


@pytest.fixture(name="run")
def fixture_run(tmp_path):
    """Runs scripts/test's run_unit() with a make that prints the text; [(name, passed, details)]."""
    loader = importlib.machinery.SourceFileLoader("scripts_test", str(ROOT / "scripts/test"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("scripts_test", loader))
    loader.exec_module(module)

    class Results:
        def __init__(self):
            self.rows = []

        def add(self, name, passed, _seconds, details=""):
            self.rows.append((name, passed, details))

    def run(text, status):
        make = tmp_path / "make"
        make.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\nexit {status}\n", encoding="utf-8")
        make.chmod(0o755)
        results = Results()
        module.run_unit(results, {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"})
        return results.rows
    return run


def test_a_failed_test_counts_once_with_its_line(run):
    assert run("""  HOSTCC   tests/unit/a/test_a.c
== build/unit/a/test
1..3
ok 1 - one
not ok 2 - two
# 0x1 != 0x2
# tests/unit/a/test_a.c:7: error: Failure!
ok 3 - three
# not ok - a
== build/unit/b/test
1..1
ok 1 - one
# ok - b
make: *** [scripts/make/check.mk:30: unittest] Error 1""", 2) == [
        ("unit a: one", True, ""),
        ("unit a: two", False, "0x1 != 0x2\ntests/unit/a/test_a.c:7: error: Failure!"),
        ("unit a: three", True, ""), ("unit b: one", True, "")]


def test_a_program_of_several_groups(run):
    assert [row[:2] for row in run("== build/unit/a/test\n1..1\nok 1 - x\n1..1\nnot ok 1 - y\n# why", 2)] == [
        ("unit a: x", True), ("unit a: y", False)]


@pytest.mark.parametrize("output, said", [
    ("1..2\nok 1 - one\n==1==ERROR: AddressSanitizer: heap-use-after-free", "ended after 1 of 2 tests"),
    ("==1==ERROR: AddressSanitizer: heap-use-after-free", "ended after 0 of ? tests")])
def test_a_program_that_dies_has_failed(run, output, said):
    rows = run(f"== build/unit/a/test\n{output}\n== build/unit/b/test\n1..1\nok 1 - one", 2)
    assert [row[0] for row in rows if not row[1]] == [f"unit a: {said}"]
    assert rows[-1][:2] == ("unit b: one", True)
    assert "heap-use-after-free" in [row[2] for row in rows if not row[1]][0]


def test_what_does_not_compile_is_told(run):
    (name, passed, details), = run("tests/unit/a/test_a.c:3:1: error: expected ;", 2)
    assert (name, passed) == ("unit make --no-print-directory unittest: exit status 2", False)
    assert "expected ;" in details


def test_the_real_form_of_cmocka(run):
    """What this machine's cmocka prints is what the reader knows."""
    assert run(os.popen(f"CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; echo '== x/y/test'; "
                        f"{next(ROOT.glob('build/unit/*/test'), 'echo 1..0')}").read(), 0) != []
