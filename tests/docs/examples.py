"""Listings in docs that a command printed: where they stand, and how they are held against a fresh run."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
SLACK = 0.25  # of a number: code changes from day to day, and a listing is no budget


def listings(document):
    """(lines, the line before) of each indented block of a document that follows a blank line."""
    lines, at, fenced = (ROOT / document).read_text(encoding="utf-8").splitlines(), 0, False
    while at < len(lines):
        fenced ^= lines[at].startswith("```")
        if fenced or not lines[at].startswith("    ") or lines[at - 1].strip():
            at += 1
            continue
        end = at
        while end < len(lines) and (lines[end].startswith("    ") or not lines[end].strip()):
            end += 1
        before = next((line for line in reversed(lines[:at]) if line.strip()), "")
        yield [line[4:] for line in lines[at:end] if line.strip()], before
        at = end


def listing(document, first):
    """The indented lines of a document from the one that begins with `first` to the block's end, unindented."""
    lines = (ROOT / document).read_text(encoding="utf-8").splitlines()
    begin = next((i for i, line in enumerate(lines) if line.startswith(f"    {first}")), None)
    assert begin is not None, f"{document} has no listing that begins with: {first}"
    block = []
    for line in lines[begin:]:
        if not line.startswith("    "):
            break
        block.append(line[4:])
    return block


def _same_word(shown, fresh):
    numbers = [re.fullmatch(r"(\d+(?:\.\d+)?)([;,]?)", word) for word in (shown, fresh)]
    if not all(numbers):
        return shown == fresh
    one, other = (float(match[1]) for match in numbers)
    return abs(one - other) <= max(3, SLACK * max(one, other)) and numbers[0][2] == numbers[1][2]


def _same_line(shown, fresh):
    """Words are the same, numbers near; a guest's pc may be any."""
    pairs = list(zip(shown.split(), fresh.split()))
    return len(shown.split()) == len(fresh.split()) and all(
        _same_word(a, b) or (a.startswith("0x") and b.startswith("0x")) for a, b in pairs)


def check(document, first, fresh):
    """Each line of the listing is a line of `fresh`, in order; one of … stands for any."""
    shown, at = listing(document, first), 0
    fresh = [line for line in fresh.splitlines() if line.strip()]
    for line in shown:
        if line.strip() in ("…", ""):
            continue
        found = next((i for i in range(at, len(fresh)) if _same_line(line, fresh[i])), None)
        assert found is not None, "\n".join([f"{document} shows a line that is not printed any longer:", line,
                                             "what is printed today:", *fresh[:60]])
        at = found + 1
