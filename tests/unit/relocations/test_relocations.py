"""tools/relocations: the table that it writes, and its messages where an image can't be moved."""
import pathlib
import struct
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
BASE, OTHER = 0x80200000, 0x180200000


@pytest.fixture(name="compare")
def fixture_compare(tmp_path):
    def compare(image, other):
        for name, data in (("a", image), ("b", other)):
            (tmp_path / name).write_bytes(data)
        return subprocess.run([ROOT / "tools/relocations", "a", "b"], cwd=tmp_path, capture_output=True,
                              text=True, check=False)
    return compare


def words(*values):
    return struct.pack(f"<{len(values)}Q", *values)


def test_words_that_move(compare):
    found = compare(words(1, BASE + 8, 2, BASE) + b"end", words(1, OTHER + 8, 2, OTHER) + b"end")
    assert found.returncode == 0
    assert found.stdout.split() == [".globl", "relocated_size", "relocated_size", "=", "0x23", ".section",
                                    ".relocations,", '"a"', ".word", "0x8", ".word", "0x18"]


def test_none(compare):
    assert ".word" not in compare(words(1, 2), words(1, 2)).stdout


@pytest.mark.parametrize("value, other", [(BASE, OTHER + 8), (5, 6), (BASE << 8, OTHER << 8)])
def test_something_else_differs(compare, value, other):
    found = compare(words(BASE, value), words(OTHER, other))
    assert found.returncode == 1
    assert found.stderr.startswith(f"relocations: a: at offset 0x8: {value:#x} and {other:#x}: expected an address "
                                   "that moves by 0x100000000: ")


def test_other_sizes(compare):
    found = compare(words(1, 2), words(1))
    assert found.returncode == 1
    assert found.stderr == "relocations: a, b: expected files of one size that end alike\n"
