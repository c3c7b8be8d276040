"""tools/logs: what it takes out of the stream, however that is cut, and its messages."""
import importlib.machinery
import importlib.util
import os
import pathlib
import subprocess
import sys
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
TOOL = ROOT / "tools/logs"


def load():
    sys.path.insert(0, str(TOOL.parent))
    loader = importlib.machinery.SourceFileLoader("logs", str(TOOL))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("logs", loader))
    loader.exec_module(module)
    return module


def frame(name, data, key="KEY"):
    return f"\x1b_{key} {name};{len(data)};".encode() + data + b"\x1b\\"


STREAM = (b"hv: on\r\n" + frame("one", b"log\x1b\\in: ") + b"login: \x1b[1m" + frame("two", b"x\n")
          + b"[two] x\r\n\x1b_other\x1b\\" + frame("one", frame("one", b"nested")))
SHOWN = b"hv: on\r\nlogin: \x1b[1m[two] x\r\n\x1b_other\x1b\\"
LOGS = {"one": b"log\x1b\\in: " + frame("one", b"nested"), "two": b"x\n"}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_splits_the_stream(size):
    shown, logs = [], {}
    splitter = load().Splitter(b"KEY", shown.append, lambda name, data: logs.update({name: logs.get(name, b"") + data}))
    for at in range(0, len(STREAM), size):
        splitter.feed(STREAM[at:at + size])
    splitter.close()
    assert b"".join(shown) == SHOWN
    assert logs == LOGS


@pytest.mark.parametrize("end", [b"\x1b", b"\x1b_KEY", b"\x1b_KEY one;", b"\x1b_KEY no frame, and longer than a head can be ;;;;"])
def test_what_is_no_frame_is_shown(end):
    shown = []
    splitter = load().Splitter(b"KEY", shown.append, None)
    splitter.feed(b"text" + end)
    splitter.close()
    assert b"".join(shown) == b"text" + end


def run(*words):
    return subprocess.run([sys.executable, TOOL, *words], capture_output=True, timeout=60, check=False)


GUESTS = r"""printf 'shown\033_%s one;3;a\nb\033\\\033_hv two;1;x\033\\' "${2#logs=}"; exit 3"""


def test_logs_and_exit_status(tmp_path):
    """The machine gets the key, and what has another one is a guest's."""
    folder = tmp_path / "new/logs"
    result = run(folder, "--", "sh", "-c", GUESTS, "machine")
    assert (result.returncode, result.stdout, result.stderr) == (3, b"shown\x1b_hv two;1;x\x1b\\", b"")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"one.log": b"a\nb"}


def test_a_folder_that_is_none(tmp_path):
    (tmp_path / "file").write_text("")
    result = run(tmp_path / "file", "--", "true")
    assert result.returncode == 2
    assert result.stderr.decode() == (f"tools/logs: LOGS={tmp_path}/file: File exists: expected a folder to "
                                      "write to\n")


def test_a_terminal_that_does_not_wait(tmp_path):
    """QEMU makes its input so, which is the same open terminal: what it has no room for is written later."""
    lines = "import sys\nfor n in range(20000): print(n)\n"
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with subprocess.Popen([TOOL, tmp_path, "--", sys.executable, "-c", lines], stdout=writer) as tool:
        os.close(writer)
        time.sleep(0.5)  # the pipe is full by then
        with open(reader, encoding="ascii") as shown:
            assert [int(line) for line in shown] == list(range(20000))
    assert tool.returncode == 0
