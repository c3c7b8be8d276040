"""tools/exit_profile: exits, calls and rows out of a log that is written here."""
import pathlib
import sys

import pytest

TOOLS = pathlib.Path(__file__).resolve().parents[3] / "tools"
sys.path.insert(0, str(TOOLS))

import exit_profile  # noqa: E402
import flame_svg  # noqa: E402
from exit_profile import Exit, Image, ProfileError  # noqa: E402

BASE = 0x80200000
NOP, JAL_F, J_G, RET, C_RET, SRET = 0x13, 0x00c000ef, 0x0040006f, 0x8067, 0x8082, 0x10200073
TRAP = "riscv_cpu_do_interrupt: hart:0, async:0, cause:000000000000000a, epc:0x0"

# 0: vector: jal f, 4: nop, 8: sret; 12: f: nop, 16: j g; 20: g: nop, 24: ret
CODE = b"".join(word.to_bytes(4, "little") for word in (JAL_F, NOP, SRET, NOP, J_G, NOP, RET))
IMAGE = Image(BASE, CODE, [(BASE, "vector"), (BASE + 12, "f"), (BASE + 20, "g")])
PATH = (0, 12, 16, 20, 24, 4, 8)


def trace(offset, hart=0):
    return f"Trace {hart}: 0x7f00 [00000000/{BASE + offset:016x}/02c24003/ff022201] "


def log(*exits, guest=5):
    """Each exit's instructions, and the guest's, which are at the same addresses as the host's."""
    lines = [trace(0)]
    for offsets in exits:
        lines += [TRAP, *(trace(offset) for offset in offsets), *[trace(0)] * guest]
    return [*lines, TRAP, trace(0)]


def find(lines):
    return list(exit_profile.exits(lines, 0, BASE, IMAGE))


def test_an_exit_lasts_from_the_vector_to_sret():
    assert find(log(PATH)) == [Exit([BASE + offset for offset in PATH], 5)]


def test_other_harts_are_passed_over():
    lines = [line for one in log(PATH) for line in (one, trace(4, hart=1))]
    assert find(lines) == find(log(PATH))


def test_an_exit_that_calls_the_firmware_is_left_out():
    assert find(log((0, 12), PATH)[:-2]) == []
    lines = log(PATH, PATH)
    lines.insert(4, TRAP)
    assert len(find(lines)) == 1


def test_typical_is_what_most_take():
    usual, long = Exit([1, 2], 5), Exit([1, 2, 3], 5)
    assert exit_profile.typical([long] + [usual] * 8 + [Exit([1, 2], 900)]) is usual
    with pytest.raises(ProfileError, match="1 exits in QEMU's log; expected 8"):
        exit_profile.typical([usual])


def rows(inlines, least=1):
    frames = exit_profile.frames_of(IMAGE, [BASE + offset for offset in PATH], inlines)
    return [(row.name, row.depth, row.total, row.self)
            for row in exit_profile.rows(exit_profile.spans(frames), least)]


def test_rows_follow_calls_tail_calls_and_returns():
    assert rows({}) == [("vector", 0, 7, 3), ("f", 1, 2, 2), ("g", 1, 2, 2)]


def test_rows_have_what_is_inlined():
    inlines = {BASE + 12: (("f", "m"), ("i", "n"))}
    assert rows(inlines) == [("vector", 0, 7, 3), ("f", 1, 2, 1), ("i", 2, 1, 1), ("g", 1, 2, 2)]
    assert rows(inlines, least=4) == [("vector", 0, 7, 3), ("f", 1, 2, 2), ("g", 1, 2, 2)]


def test_calls_are_known_by_ra():
    calls = {JAL_F: True, J_G: False, RET: False, C_RET: False, 0x000080e7: True, 0x9082: True, 0x9002: False}
    for instruction, is_call in calls.items():
        image = Image(BASE, instruction.to_bytes(4, "little"), [(BASE, "f")])
        assert image.is_call(BASE) == is_call, hex(instruction)


def test_the_picture_names_all_functions_and_escapes():
    frames = exit_profile.frames_of(IMAGE, [BASE + offset for offset in PATH], {BASE + 12: (("f<", "m"),)})
    picture = flame_svg.draw("a & b", exit_profile.spans(frames))
    assert "a &amp; b" in picture and "vector: 7 instructions" in picture and "g: 2 instructions" in picture
