"""Every Python tool ends with a line, or quietly, where it can't go on: never with a traceback."""
import os
import pathlib
import signal
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]

# Those that are run by other programs alone, with arguments that are theirs.
INTERNAL = {"scripts/test-file", "scripts/setup/mkcpio.py", "scripts/test"}
TOOLS = sorted(str(path.relative_to(ROOT)) for folder in ("tools", "scripts") for path in (ROOT / folder).rglob("*")
               if path.is_file() and os.access(path, os.X_OK)
               and path.open("rb").readline().startswith(b"#!/usr/bin/python3"))

UNREADABLE = "/proc/self/mem"  # also for root
# Each tool that reads a file, and how it is called with BAD for that.
READERS = [
    ("tools/bundle", "BAD"), ("tools/harts", "BAD"), ("tools/kallsyms", "BAD", "{folder}/out"),
    ("tools/relocations", "BAD", "BAD"), ("tools/rings", "BAD"), ("tools/terminal-svg", "{folder}/o", "t", "1", "BAD", "--", "true"),
    ("tools/trace/trace", "check", "BAD"), ("tools/lab/lab", "run", "BAD.toml"), ("tools/lab/lab", "compare", "BAD,BAD"),
    ("tools/logs", "BAD", "--", "true"), ("tools/logs", "{folder}", "--", "BAD"), ("scripts/gdb/console", "BAD"),
    ("tools/budgets", "check", "--file", "BAD"), ("tools/profile", "x", "--budgets", "BAD", "--qemu", "/bin/true",
                                                 "--elf", "/bin/true", "--guests", "/"),
    ("tools/boot-share", "--qemu", "/bin/true", "--elf", "BAD", "--bundle", "/bin/true"),
    ("tools/bench", "--qemu", "BAD", "--jitter", "BAD"),
    ("tools/bench-boot", "--qemu", "/bin/true", "--guests", "/", "--vms", "BAD", "--hv", "/", "--bundle", "/"),
    ("tools/trace/boot-chart", "--log", "{folder}/log", "--", "BAD"),
    ("scripts/compile-commands", "{folder}/no/out"),
]


def test_all_are_known():
    assert len(TOOLS) > 15
    called = {words[0] for words in READERS}
    assert called == set(TOOLS) - INTERNAL
    for tool in called | {"scripts/test"}:
        assert "ending.set_up(" in (ROOT / tool).read_text(encoding="utf-8"), tool


@pytest.mark.parametrize("words", READERS, ids=lambda words: "-".join(words[:2]))
def test_bad_input_is_a_line(words, tmp_path):
    """A folder, a file whose bytes can't be read, one that is no text, and none."""
    binary = tmp_path / "binary"
    binary.write_bytes(bytes(range(256)))
    for bad in (tmp_path, UNREADABLE, binary, tmp_path / "missing"):
        command = [word.replace("BAD", str(bad)).replace("{folder}", str(tmp_path)) for word in words]
        result = subprocess.run([ROOT / command[0], *command[1:]], cwd=tmp_path, stdin=subprocess.DEVNULL,
                                capture_output=True, text=True, timeout=60, check=False)
        said = result.stdout + result.stderr
        assert "Traceback" not in said and "Exception" not in said, said
        assert result.returncode == 0 or said.strip(), command


def test_nobody_reads_the_tests_results(tmp_path):
    """One that is not there is a failed one, which is told."""
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run([ROOT / "scripts/test", str(tmp_path / "test_none.py")], stdout=writer,
                            stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    os.close(writer)
    assert "Traceback" not in result.stderr and "Exception" not in result.stderr, result.stderr


@pytest.mark.parametrize("tool", sorted(set(TOOLS) - INTERNAL))
def test_nobody_reads(tool, tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    for words in (["--help"], []):
        result = subprocess.run([ROOT / tool, *words], cwd=tmp_path, stdout=writer, stdin=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True, timeout=60, check=False)
        assert "Traceback" not in result.stderr and "Exception" not in result.stderr, result.stderr
    os.close(writer)


def test_ctrl_c_while_it_waits():
    """It ends by the signal, so that a shell knows."""
    with subprocess.Popen([ROOT / "tools/trace/trace", "check", "-"], stdin=subprocess.PIPE,
                          stderr=subprocess.PIPE) as tool:
        wait_until_it_reads(tool.pid)
        tool.send_signal(signal.SIGINT)
        assert tool.stderr.read() == b""
        assert tool.wait(30) == -signal.SIGINT


def wait_until_it_reads(pid):
    """Its input is the pipe that it sleeps in: /proc says in which call."""
    while not pathlib.Path(f"/proc/{pid}/syscall").read_text(encoding="ascii").startswith(("0 0x0 ", "63 0x0 ")):
        time.sleep(0.05)


def test_logs_ends_the_machine_that_nobody_reads(tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    machine = ["sh", "-c", "echo $$ > pid; echo line; exec sleep 1000"]
    result = subprocess.run([ROOT / "tools/logs", "logs", "--", *machine], cwd=tmp_path, stdout=writer,
                            stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(writer)
    assert result.stderr == b""
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text(encoding="ascii")), 0)
