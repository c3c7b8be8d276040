"""How the tools read the C headers, and what they say of one that is not as expected."""
import pathlib

import pytest

import c_header

HEADER = """
#define LIST(X)     \\
    X(ONE, "a, (b)", 0x10) /* X(NOT, "this", 0) */ \\
    X(TWO, "c", 2)
enum mode {
    M_OFF, /* , */
    M_START_PENDING,
};
#define BITS 8 /* of a word */
#define MASK (1 << BITS)
enum holes { H_A, H_B = 4 };
"""


@pytest.fixture(autouse=True)
def _header(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.h").write_text(HEADER, encoding="utf-8")
    monkeypatch.setattr(c_header, "MODULES", tmp_path)


def test_rows_of_a_list() -> None:
    assert c_header.rows("a.h", "LIST") == [["ONE", "a, (b)", "0x10"], ["TWO", "c", "2"]]


def test_names_of_an_enum() -> None:
    assert c_header.names("a.h", "mode", "M_") == ("off", "start-pending")


def test_a_list_that_is_missing_is_named() -> None:
    with pytest.raises(c_header.HeaderError, match=r"modules/a\.h: no OTHER; expected: #define OTHER\(X\)"):
        c_header.rows("a.h", "OTHER")


def test_number_of_a_symbol() -> None:
    assert c_header.number("a.h", "BITS") == 8
    with pytest.raises(c_header.HeaderError, match=r"modules/a\.h: no MASK; expected: #define MASK NUMBER"):
        c_header.number("a.h", "MASK")


@pytest.mark.parametrize("tag,prefix", [("holes", "H_"), ("mode", "N_"), ("none", "M_")])
def test_an_enum_that_can_not_be_numbered_is_named(tag: str, prefix: str) -> None:
    with pytest.raises(c_header.HeaderError, match=rf"modules/a\.h: enum {tag} has .*; expected: names {prefix}…"):
        c_header.names("a.h", tag, prefix)
