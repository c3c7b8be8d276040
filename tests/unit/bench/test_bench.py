"""tools/bench against a QEMU of ours that prints what a test wants."""
import json
import pathlib
import subprocess
import sys
import types

import pytest

TOOLS = pathlib.Path(__file__).resolve().parents[3] / "tools"
sys.path.insert(0, str(TOOLS))

import bench_report  # noqa: E402
import bench_run  # noqa: E402
from bench_run import Figure  # noqa: E402

GOOD = "BENCH null_sbi 314 insn\nBENCH hart_start 9 ns\nBENCH done 0 status\n"


def bench(folder, script, *extra):
    """Runs tools/bench with `script` (sh) as QEMU; "$*" is the command line that it gets."""
    qemu = folder / "qemu"
    qemu.write_text(f"#!/bin/sh\n{script}\n")
    qemu.chmod(0o755)
    for name in ("jitter.bin", "hv.bin", "b1.cpio", "b2.cpio"):
        (folder / name).touch()
    return subprocess.run(
        [TOOLS / "bench", "--qemu", qemu, "--jitter", folder / "jitter.bin", "--repeat", "1",
         "--json", folder / "out.json", "--logs", folder / "logs", *extra],
        capture_output=True, text=True, check=False)


def guest_options(folder):
    return ["--hv", folder / "hv.bin", "--bundle", folder / "b1.cpio",
            "--bundle2", folder / "b2.cpio"]


def row(output, name):
    return next(line.split() for line in output.splitlines() if line.startswith(name))


def test_ratio_is_guest_over_native(tmp_path):
    script = f"""case "$*" in
        *hv.bin*b1.cpio*icount*) printf '%s' '{GOOD.replace("314", "157")}';;
        *) printf '%s' '{GOOD}';; esac"""
    result = bench(tmp_path, script, *guest_options(tmp_path))
    assert result.returncode == 0, result.stderr
    assert row(result.stdout, "null_sbi") == ["null_sbi", "insn", "314", "157", "0.50"]
    content = json.loads((tmp_path / "out.json").read_text())
    assert content[0]["native"]["null_sbi"] == {"value": 314, "unit": "insn"}
    assert content[0]["ratio"]["null_sbi"] == 0.5


def test_native_only(tmp_path):
    result = bench(tmp_path, f"printf '%s' '{GOOD}'")
    assert result.returncode == 0
    assert row(result.stdout, "null_sbi") == ["null_sbi", "insn", "314", "-", "-"]


def test_exits_are_measured_with_their_own_images(tmp_path):
    for name in ("exits.bin", "exits.cpio"):
        (tmp_path / name).touch()
    script = f"""case "$*" in
        *exits.bin*) echo BENCH load_rtc 0 insn; echo BENCH done 0 status;;
        *exits.cpio*) echo BENCH load_rtc 688 insn; echo BENCH done 0 status;;
        *) printf '%s' '{GOOD}';; esac"""
    options = [*guest_options(tmp_path), "--exits", tmp_path / "exits.bin"]
    result = bench(tmp_path, script, *options, "--exits-bundle", tmp_path / "exits.cpio")
    assert result.returncode == 0, result.stderr
    assert row(result.stdout, "load_rtc") == ["load_rtc", "insn", "0", "688", "-"]
    result = bench(tmp_path, script, *options)
    assert result.returncode == 2 and "--exits and --hv need --exits-bundle" in result.stderr


def test_figure_missing_in_guest_is_a_failure(tmp_path):
    script = f"""case "$*" in
        *b1.cpio*) printf 'BENCH hart_start 9 ns\\nBENCH done 0 status\\n';;
        *) printf '%s' '{GOOD}';; esac"""
    result = bench(tmp_path, script, *guest_options(tmp_path))
    assert result.returncode == 1
    assert "null_sbi: not printed by the guest" in result.stderr


def test_guest_in_other_units_is_a_failure(tmp_path):
    script = f"""case "$*" in
        *b1.cpio*) printf '%s' '{GOOD.replace("insn", "ns")}';;
        *) printf '%s' '{GOOD}';; esac"""
    result = bench(tmp_path, script, *guest_options(tmp_path))
    assert result.returncode == 1
    assert "null_sbi: native in insn, guest in ns" in result.stderr


@pytest.mark.parametrize("script, said", [
    ("echo BENCH null_sbi 3 insn", "native-1: it did not print BENCH done"),
    ("echo BENCH done 1 status", "native-1: BENCH done 1"),
    (f"printf '%s' '{GOOD}'; exit 3", "native-1: QEMU ended with status 3"),
    ("echo jitter: no timer; exec sleep 60", "native-1: did not end in 1 s"),
    ("echo jitter: no timer; exit 1", "    jitter: no timer"),
    ("echo BENCH done 0 status", "no figures"),
])
def test_run_that_fails_says_how(tmp_path, script, said):
    result = bench(tmp_path, script, "--limit", "1")
    assert result.returncode == 1
    assert said in result.stderr


def test_one_hart_figures_survive_a_failure_on_two(tmp_path):
    script = f"""case "$*" in *icount*) printf '%s' '{GOOD}';; *) exit 1;; esac"""
    result = bench(tmp_path, script)
    assert result.returncode == 1
    assert row(result.stdout, "null_sbi")[2] == "314"
    assert "native-2.1: QEMU ended with status 1" in result.stderr


def test_command_line_names_what_it_lacks(tmp_path):
    result = bench(tmp_path, "true", "--hv", tmp_path / "absent")
    assert result.returncode == 2 and "absent: no such file" in result.stderr
    result = bench(tmp_path, "true", "--hv", tmp_path / "jitter.bin")
    assert result.returncode == 2 and "--hv needs --bundle and --bundle2" in result.stderr


def test_parse_takes_lines_with_a_vm_name_and_nothing_else():
    text = "[vm0] BENCH a 1 insn\r\nBENCH b -2 insn\nBENCHMARK c 3 insn\nBENCH d 4\nxBENCH e 5 insn"
    assert bench_run.parse(text) == ({"a": Figure(1, "insn")}, None)


def test_guest_command_starts_the_hypervisor_with_the_bundle():
    args = types.SimpleNamespace(qemu="q", machine="virt", cpu="rv64", memory="2G", jitter="j",
                                 hv="h")
    assert " ".join(bench_run.command(args, 2, "b", ["-x"])) == (
        "q -M virt -cpu rv64 -smp 2 -m 2G -nographic -kernel h -initrd b -x")
    assert "-kernel j -x" in " ".join(bench_run.command(args, 2, None, ["-x"]))


def test_medians_take_only_what_was_asked_and_ran():
    runs = [{"a": Figure(n, "ns"), "b": Figure(1, "ns")} for n in (9, 1, 5)]
    assert bench_report.medians(runs, ("a", "c")) == {"a": Figure(5, "ns")}


def test_ratio_needs_both_sides_and_a_native_value():
    assert bench_report.ratio(Figure(0, "insn"), Figure(4, "insn")) is None
    assert bench_report.ratio(None, Figure(4, "insn")) is None
    assert bench_report.ratio(Figure(2, "insn"), Figure(4, "insn")) == 2
