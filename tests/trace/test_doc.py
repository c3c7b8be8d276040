"""docs/tracing.md explains each event, its words, and each blame."""
import pathlib
import re

import trace_names
import trace_words

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOC = (ROOT / "docs/tracing.md").read_text(encoding="utf-8")


def test_the_doc_has_each_event_and_its_words():
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| .+? \| (.+?) \|$", DOC, re.M))
    assert set(rows) == set(trace_names.EVENTS)
    for name, fields in trace_words.FIELDS.items():
        assert re.findall(r"`(\w+)`", rows[name]) == [field.name for field in fields]

def test_the_doc_has_each_blame():
    rows = re.findall(r"^\| ([a-zA-Z ,]+) \| .+? \| .+? \|$", DOC.split("## Blame")[1], re.M)
    assert rows == ["blame", *trace_names.BLAMES]
