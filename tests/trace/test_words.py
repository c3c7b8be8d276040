"""What the words of events are called is what the headers say."""
import pathlib
import re

import pytest

import trace_names
import trace_words
from trace_model import Event

ROOT = pathlib.Path(__file__).resolve().parents[2]


def defined(path, pattern):
    """{name: number} of what a header defines."""
    text = (ROOT / path).read_text(encoding="utf-8")
    return {name: int(number, 0) for name, number in re.findall(pattern, text)}


def test_extensions_are_those_of_the_header():
    header = defined("modules/lib/include/lib/sbi.h", r"X\((\w+), \w+, (0x[0-9A-F]+)\)")
    for name, number in header.items():
        known = trace_words.EXTENSIONS[number]
        if name.startswith("LEGACY_"):
            assert known[0] == "legacy"
        else:
            assert known[0] == name
    assert len(header) >= 17


def test_functions_are_those_of_the_header():
    """Of each extension the enum begins with its name: they have as many functions as ours."""
    text = (ROOT / "modules/lib/include/lib/sbi.h").read_text(encoding="utf-8")
    for name in ("BASE", "TIME", "RFENCE", "HSM", "SUSP"):
        functions = re.search(rf"enum \{{ (SBI_{name}_[^}}]*)\}};", text)[1].split(",")
        ours = dict(trace_words.EXTENSIONS.values())[name]
        assert len(ours) == len(functions), name


def test_exceptions_are_those_of_the_header():
    header = defined("modules/axhal/include/axhal/csr_bits.h", r"EXC_(\w+) = (\d+)")
    assert set(header.values()) == {cause for cause in trace_words.CAUSES if cause < 1 << 63}
    assert trace_words.CAUSES[header["STORE_GUEST_PAGE"]] == "store guest-page fault"


def test_interrupts_are_those_of_the_header():
    header = defined("modules/axhal/include/axhal/csr_bits.h", r"#define IRQ_(\w+) (\d+)\n")
    assert set(header.values()) == {cause & 63 for cause in trace_words.CAUSES if cause >= 1 << 63}


@pytest.mark.parametrize("extension,function,name", [
    (0x48534D, 0, "HSM.hart_start"), (0x10, 3, "BASE.probe_extension"), (0x10, 9, "BASE.9"),
    (1, 7, "legacy.console_putchar"), (0x0A000000, 2, "0xa000000.2")])
def test_calls_have_names(extension, function, name):
    assert trace_words.sbi_call(extension, function) == name


def test_each_event_has_fields():
    assert set(trace_words.FIELDS) == set(trace_names.EVENTS)


def test_each_used_word_is_in_a_field():
    """A word that the header gives a meaning is shown; one that is always 0 is not."""
    for name, meanings in trace_names.EVENTS.items():
        shown = {field.word for field in trace_words.FIELDS[name]}
        assert shown == {word for word, meaning in zip("ab", meanings) if meaning != "0"}, name


def test_words_of_a_lateness():
    event = Event(0, 0, "late", 0, 0, 1000, 300 << 16 | 1 << 8 | 2)
    assert trace_words.words(event) == {"deadline": 1000, "late": 300, "blame": "exit in progress",
                                        "column": "stopped"}


def test_words_without_a_name():
    event = Event(0, 0, "exit", 0, 0, 0x80200000, 63)
    assert trace_words.words(event) == {"pc": "0x80200000", "cause": "0x3f"}
