"""tools/trace/dump.py: what it reads, and its message for every mistake."""
import dataclasses
import random

import pytest

import sample
from dump import TraceError, check, parse
from trace_names import BLAME_KEYS


def without_lines(thing):
    """A dump as plain values, without the numbers of the log's lines."""
    if dataclasses.is_dataclass(thing):
        return {field.name: without_lines(getattr(thing, field.name))
                for field in dataclasses.fields(thing) if field.name != "line"}
    if isinstance(thing, dict):
        return {key: without_lines(value) for key, value in thing.items()}
    return thing


@pytest.fixture(name="dump", scope="module")
def make_dump():
    return sample.Machine({"linux": 2, "rtos": 1}).dump


def test_all_is_found_again(dump):
    read, = parse(sample.render(dump))
    assert without_lines(read) == without_lines(dump)
    assert len(read.events) == sum(ring.count for ring in dump.rings.values()) > 300
    assert check(read) == []


def test_among_the_lines_of_others(dump):
    """Serial line breaks, a terminal's escapes, and what other VMs print between the lines."""
    noise = random.Random(2)
    others = ["[    0.000000] Linux version 6.12", "rtos| tick", "", "@42@", "mail a@b.c",
              "root@guest:~# ls", "\x1b[6n", "  @event 0 is not a line of ours"]
    log = "U-Boot\r\r\n"
    for line in sample.render(dump).splitlines():
        log += noise.choice(["", "\r", "\x1b[2K\r"]) + line + "\r" * noise.randrange(3) + "\n"
        log += "".join(f"{noise.choice(others)}\r\n" for _ in range(noise.randrange(3)))
    read, = parse(log)
    assert without_lines(read) == without_lines(dump)


def test_several_dumps_in_one_log(dump):
    other = sample.Machine({"u-boot": 1}, seed=7).dump
    log = f"boot\n{sample.render(dump)}shell\n{sample.render(other)}end\n"
    reads = parse(log)
    assert [without_lines(read) for read in reads] == [without_lines(dump), without_lines(other)]
    assert reads[0].line == 2
    assert log.splitlines()[reads[1].line - 1].startswith("@trace begin ")


def test_a_log_without_a_dump():
    assert parse("") == []
    assert parse("[    0.1] hello\n@42@\n") == []


def test_events_of_all_rings_are_in_order(dump):
    read, = parse(sample.render(dump))
    times = [event.time for event in read.events]
    assert times == sorted(times)
    assert [e for e in read.events if e.ring == 1] == read.rings[1].events


HEAD = "@trace begin version=1 timebase=10000000 now=9 harts=1 vcpus=1\n" \
       "@hart 0 id=0 gaps=0 min=0 max=0 sum=0\n" \
       "@vcpu 0.0 vm=linux hart=0 start=0 now=7 exits=1 exact=1\n" \
       "@column 0.0 guest count=1 sum=7 min=7 max=7\n" \
       "@hist 0.0 guest 7:1\n"
RING = "@ring 0 mode=stop events=1 lost=0\n@event 0 5 wfi 0.0 0x3 0x0\n"


def test_the_head_of_the_mistakes_is_right():
    assert check(parse(f"{HEAD}{RING}@trace end lines=7\n")[0]) == []


ZERO = " ".join(f"{key}=0" for key in BLAME_KEYS)
LATE = f"@late 0.0 count=2 sum=9 min=1 max=8 {ZERO.replace('=0', '=9', 1)}\n" \
       "@latehist 0.0 1:1 8:1\n" \
       f"@lateworst 0.0 deadline=5 column=sbi.ipi exits=3 pc=0x1 cause=0xa " \
       f"{ZERO.replace('=0', '=8', 1)}\n"
QUIET = "@quiet 0.0 on=1 begun=5 ended=7\n" \
        "@violation 0.0 wfi count=1 sum=1 max=1 end=7 exits=3 pc=0x1 cause=0x16 args=0x0,0x0,0x0 " \
        "others=-\n"


MISTAKES = {
    "late of none": (HEAD.replace("0.0", "0.1") + LATE,
                     "line 6: vCPU 0.0 has no line of its own above"),
    "late twice": (HEAD + LATE + LATE, "line 9: @late of vCPU 0.0 is there twice, before in line 6"),
    "latehist of none": (HEAD + "@latehist 0.0 1:1\n", "line 6: vCPU 0.0 has no @late above"),
    "lateworst's column": (HEAD + LATE.replace("sbi.ipi", "sbi"), "line 8: unknown column 'sbi'"),
    "quiet twice": (HEAD + QUIET + QUIET,
                    "line 8: @quiet of vCPU 0.0 is there twice, before in line 6"),
    "violation of none": (HEAD + QUIET.split("\n", 1)[1], "line 6: vCPU 0.0 has no @quiet above"),
    "violation twice": (HEAD + QUIET + QUIET.split("\n", 1)[1],
                        "line 8: @violation wfi of vCPU 0.0 is there twice"),
    "violation's column": (HEAD + QUIET.replace("wfi", "wfe"), "line 7: unknown column 'wfe'"),
    "blames": (HEAD + LATE.replace(f"{BLAME_KEYS[1]}=", "somebody="),
               "line 6: 'count=2 sum=9 min=1 max=8 "
               + ZERO.replace("=0", "=9", 1).replace(f"{BLAME_KEYS[1]}=", "somebody=")
               + "', expected count=… sum=… min=… max=… " + ZERO.replace("=0", "=…")),
    "no end": (HEAD, "line 1: the dump that begins here has no @trace end"),
    "begins again": (HEAD * 2, "line 6: a dump begins, but the one of line 1 has no end"),
    "a line lost": (HEAD + "@trace end lines=6\n",
                    "line 6: the dump that begins in line 1 has 5 lines before its end, which "
                    "says 6"),
    "version": ("@trace begin version=2 timebase=1 now=1 harts=1 vcpus=1\n",
                "line 1: the dump has version 2, expected 1"),
    "timebase": ("@trace begin version=1 timebase=0 now=1 harts=1 vcpus=1\n",
                 "line 1: timebase=0, expected the frequency of the time CSR"),
    "fields": ("@trace begin version=1 timebase now=1\n",
               "line 1: 'version=1 timebase now=1', expected version=… timebase=… now=… harts=… "
               "vcpus=…"),
    "kind": (HEAD + "@what 1\n", "line 6: unknown kind of line '@what', expected @trace @hart "
             "@gap @vcpu @column @hist @worst @late @latehist @lateworst @quiet "
             "@violation @ring @event"),
    "trace": (HEAD + "@trace stop x\n", "line 6: @trace stop, expected @trace end"),
    "harts": (HEAD.replace("harts=1", "harts=2") + "@trace end lines=5\n",
              "line 6: the dump that begins in line 1 has 1 harts, its begin says 2"),
    "vcpus": (HEAD.replace("vcpus=1", "vcpus=2") + "@trace end lines=5\n",
              "line 6: the dump that begins in line 1 has 1 vCPUs, its begin says 2"),
    "hart twice": (HEAD + "@hart 0 id=0 gaps=0 min=0 max=0 sum=0\n",
                   "line 6: hart 0 is there twice, before in line 2"),
    "vcpu twice": (HEAD + "@vcpu 0.0 vm=linux hart=0 start=0 now=7 exits=1 exact=1\n",
                   "line 6: vCPU 0.0 is there twice, before in line 3"),
    "column twice": (HEAD + "@column 0.0 guest count=1 sum=7 min=7 max=7\n",
                     "line 6: column guest of vCPU 0.0 is there twice, before in line 4"),
    "gap": (HEAD + "@gap 1 1:1\n", "line 6: hart 1 has no line of its own above"),
    "column of none": (HEAD + "@column 0.1 guest count=1 sum=7 min=7 max=7\n",
                       "line 6: vCPU 0.1 has no line of its own above"),
    "column": (HEAD + "@column 0.0 gues count=1 sum=7 min=7 max=7\n",
               "line 6: unknown column 'gues'"),
    "hist of none": (HEAD + "@hist 0.0 idle 7:1\n",
                     "line 6: column idle of vCPU 0.0 has no line of its own above"),
    "bucket": (HEAD + "@hist 0.0 guest 257:1\n",
               "line 6: 257 is not the least value of a bucket, expected 256"),
    "bucket order": (HEAD + "@hist 0.0 guest 5:1\n", "line 6: bucket 5 comes after 7"),
    "bucket's form": (HEAD + "@hist 0.0 guest 5\n", "line 6: '5', expected lowest:count"),
    "words": (HEAD + "@event 0 5 wfi 0.0 0x3\n",
              "line 6: @event with 5 words after it, expected 6"),
    "words of a list": (HEAD + "@hist 0.0 guest\n",
                        "line 6: @hist with 2 words after it, expected 3 or more"),
    "vcpu's form": (HEAD + "@hist 00 guest 5:1\n",
                    "line 6: vCPU '00', expected VM.VCPU as numbers"),
    "number": (HEAD + "@ring 0 mode=stop events=1_0 lost=0\n",
               "line 6: events '1_0', expected a number"),
    "worst's others": (HEAD + "@worst 0.0 guest end=7 exits=1 pc=0x0 cause=0xa args=0x0,0x0,0x0 "
                       "others=0:me\n", "line 6: unknown column 'me'"),
    "ring": (HEAD + "@event 0 5 wfi 0.0 0x3 0x0\n", "line 6: ring 0 has no line of its own above"),
    "event": (HEAD + RING + "@event 0 5 sleep 0.0 0x3 0x0\n", "line 8: unknown event 'sleep'"),
    "events": (HEAD + RING + "@event 0 6 wfi 0.0 0x3 0x0\n@trace end lines=8\n",
               "line 6: ring 0 has 2 events, its line says 1"),
}


@pytest.mark.parametrize("text,message", MISTAKES.values(), ids=MISTAKES)
def test_mistake(text, message):
    with pytest.raises(TraceError) as error:
        parse(text)
    assert str(error.value) == message


UNSOUND = {
    "sum": ("now=7 exits", "now=8 exits",
            "line 3: vCPU linux.0: the columns sum to 7 ticks, expected now - start = 8"),
    "count": ("count=1", "count=2", "line 4: vCPU linux.0, column guest: the histogram counts 1, "
              "expected 2"),
    "min": ("min=7", "min=6", "line 4: vCPU linux.0, column guest: min is 6, but the first bucket "
            "begins at 7"),
    "max": ("max=7", "max=8", "line 4: vCPU linux.0, column guest: max is 8, but the last bucket "
            "ends at 7"),
    "gaps": ("gaps=0", "gaps=3", "line 2: hart 0: the histogram counts 0, expected 3"),
}


@pytest.mark.parametrize("old,new,message", UNSOUND.values(), ids=UNSOUND)
def test_what_does_not_add_up(old, new, message):
    assert old in HEAD
    assert check(parse(HEAD.replace(old, new) + "@trace end lines=5\n")[0]) == [message]


def test_pieces_that_overlap():
    ring = "@ring 0 mode=stop events=2 lost=0\n@event 0 5 piece 0.0 0x0 0x4\n" \
           "@event 0 7 piece 0.0 0xa 0x3\n"
    dump, = parse(f"{HEAD}{ring}@trace end lines=8\n")
    assert check(dump) == ["vCPU 0.0: the piece of 3 ticks that ends at 7 begins before the end "
                           "of the last, 5"]


UNSOUND_LATE = {
    "sum": ("sum=9", "sum=8", "the blames sum to 9 ticks, expected 8"),
    "max": ("max=8", "max=9", "the blames of the worst sum to 8 ticks, expected max = 9",
            "max is 9, but the last bucket ends at 8"),
    "count": ("count=2", "count=3", "the histogram counts 2, expected 3"),
}


def test_late_timers_add_up():
    dump, = parse(f"{HEAD}{LATE}@trace end lines=8\n")
    assert check(dump) == []
    late = dump.vcpus[0, 0].late
    assert (late.count, late.worst.deadline, late.worst.column) == (2, 5, "sbi.ipi")
    assert sum(late.blames.values()) == 9


@pytest.mark.parametrize("old,new,messages", [(old, new, messages) for old, new, *messages in
                                              UNSOUND_LATE.values()], ids=UNSOUND_LATE)
def test_late_timers_that_do_not_add_up(old, new, messages):
    dump, = parse(f"{HEAD}{LATE.replace(old, new, 1)}@trace end lines=8\n")
    assert check(dump) == [f"line 6: vCPU linux.0, late timers: {text}" for text in messages]


def test_the_bucket_of_all_longer_pieces():
    """The last of a short column's buckets, and of a long one's, have no upper end."""
    for bits in (20, 36):
        lowest = (1 << bits) - (1 << bits - 8)
        text = HEAD.replace("7:1", f"{lowest}:1").replace("=7", f"={1 << 40}")
        assert check(parse(text + "@trace end lines=5\n")[0]) == []


def test_a_hart_that_did_not_look_for_gaps():
    dump, = parse("@trace begin version=1 timebase=10 now=9 harts=1 vcpus=0\n@hart 0 id=5\n"
                  "@trace end lines=2\n")
    assert (dump.harts[0].id, dump.harts[0].gaps) == (5, 0)


def test_events_come_in_the_order_of_their_times():
    """A wait for a lock is booked, and noted, when the exit around it ends."""
    ring = "@ring 0 mode=stop events=2 lost=0\n@event 0 5 sbi 0.0 0x1 0x4\n" \
           "@event 0 4 wfi 0.0 0x3 0x0\n"
    dump, = parse(f"{HEAD}{ring}@trace end lines=8\n")
    assert [event.name for event in dump.events] == ["wfi", "sbi"]


def test_what_closes_a_guests_state_may_stand_before_a_line(dump):
    """modules/axvm/console.c writes it where the VM ends, and its report follows."""
    closed = "\x18\x1b\\\x0f\x1b(B\x1b[m"
    assert len(parse("".join(f"{closed}{line}\n" for line in sample.render(dump).splitlines()))) == 1
