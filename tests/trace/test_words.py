"""What the words of events are called is what the headers say."""
import pytest

import trace_names
import trace_words
from trace_model import Event

# What the specifications say: SBI 3.0 §4 to §18, Priv 1.13 §12.1.8 and §18.6.1.
SPECIFIED = {"BASE": 7, "TIME": 1, "IPI": 1, "RFENCE": 7, "HSM": 4, "SRST": 1, "PMU": 9, "DBCN": 3,
             "SUSP": 1, "STA": 1, "FWFT": 2, "QUIET": 3}


def test_extensions_have_their_functions():
    named = {name for name in trace_words.EXTENSIONS.values() if not name.startswith("LEGACY_")}
    counts = {name: sum(extension == name for extension, _ in trace_words.FUNCTIONS) for name in named}
    assert counts == SPECIFIED
    assert len(trace_words.EXTENSIONS) == len(SPECIFIED) + 9


def test_functions_are_numbered_from_0():
    for name, count in SPECIFIED.items():
        assert all((name, number) in trace_words.FUNCTIONS for number in range(count)), name


@pytest.mark.parametrize("cause,name", [
    (2, "illegal instruction"), (18, "software check"), (23, "store/AMO guest-page fault"),
    (1 << 63 | 5, "supervisor timer interrupt"), (1 << 63 | 12, "guest external interrupt")])
def test_causes_have_names(cause, name):
    assert trace_words.CAUSES[cause] == name


@pytest.mark.parametrize("extension,function,name", [
    (0x48534D, 0, "HSM.hart_start"), (0x10, 3, "BASE.probe_extension"), (0x10, 9, "BASE.9"),
    (1, 7, "legacy.putchar"), (0x0A000000, 2, "0xa000000.2"), (0x504D55, 8, "PMU.event_get_info")])
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
