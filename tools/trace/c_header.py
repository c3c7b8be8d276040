"""What the C headers of the modules define: the one place where tools read their text.

A fact stands once: a name or a number that the hypervisor knows is read from its header, never
repeated here. A log is read by the tools of the sources that made it.
"""
import pathlib
import re

MODULES = pathlib.Path(__file__).resolve().parents[2] / "modules"


class HeaderError(Exception):
    """A header has not what the tools look for; the text says which, and what was expected."""


def _text(header: str) -> str:
    """Without comments, and with each definition in one line."""
    text = (MODULES / header).read_text(encoding="utf-8").replace("\\\n", " ")
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


def rows(header: str, table: str) -> list[list[str]]:
    """The rows of an X-macro, each its arguments; of strings what is between the quotes."""
    body = re.search(rf"^#define {table}\(X\)(.*)$", _text(header), re.M)
    if not body:
        raise HeaderError(f"modules/{header}: no {table}; expected: #define {table}(X) X(…) …")
    found = re.findall(r'\bX\(((?:"[^"]*"|[^")])*)\)', body[1])  # a string may have parentheses
    return [[word.strip().strip('"') for word in re.findall(r'\s*("[^"]*"|[^,]+)', row)] for row in found]


def number(header: str, symbol: str) -> int:
    """What a symbol is defined as, if that is a number."""
    found = re.search(rf"^#define {symbol} (\d+|0x[0-9a-fA-F]+)\s*$", _text(header), re.M)
    if not found:
        raise HeaderError(f"modules/{header}: no {symbol}; expected: #define {symbol} NUMBER")
    return int(found[1], 0)


def names(header: str, tag: str, prefix: str) -> tuple[str, ...]:
    """The enumerators of `enum tag`, in the order of their numbers, as readers write them:
    TRACE_VM_CREATED is "created". Each must follow the one before it, from 0."""
    body = re.search(rf"\benum {tag} \{{(.*?)\}}", _text(header), re.S)
    listed = [word.strip() for word in body[1].split(",") if word.strip()] if body else []
    if not listed or not all(re.fullmatch(rf"{prefix}\w+", word) for word in listed):
        raise HeaderError(f"modules/{header}: enum {tag} has {', '.join(listed) or 'nothing'}; "
                          f"expected: names {prefix}… that are numbered from 0")
    return tuple(word.removeprefix(prefix).lower().replace("_", "-") for word in listed)
