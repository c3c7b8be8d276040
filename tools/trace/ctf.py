"""Common Trace Format 1.8: the events of a dump, a stream for each hart's ring.

A packet is the ring as it was dumped; `lost` is how many events it had no room for, before them or
after it. (CTF's own events_discarded would put the loss between the first and the last.) Times are
ticks of the time CSR and the clock's frequency is the timebase, so host and guests are on one time
line. `vm` and `vcpu` are -1 in events of the host.
"""
import struct
import uuid

from trace_names import EVENTS
from trace_words import FIELDS

MAGIC = 0xC1FC1FC1  # CTF 1.8.3 §5.1
PACKET_HEADER = struct.Struct("<I16sI")
PACKET_CONTEXT = struct.Struct("<QQQQQII")
EVENT_HEADER = struct.Struct("<BQhh")
CODES = {8: "B", 32: "I", 64: "Q"}

TYPES = """\
typealias integer { size = 8; align = 8; signed = false; } := uint8_t;
typealias integer { size = 16; align = 8; signed = true; } := int16_t;
typealias integer { size = 32; align = 8; signed = false; } := uint32_t;
typealias integer { size = 64; align = 8; signed = false; } := uint64_t;
typealias integer { size = 32; align = 8; signed = false; base = 16; } := hex32_t;
typealias integer { size = 64; align = 8; signed = false; base = 16; } := hex64_t;
typealias integer { size = 64; align = 8; signed = false; map = clock.time.value; } := ticks_t;
"""

METADATA = """\
/* CTF 1.8 */
{types}
trace {{
    major = 1;
    minor = 8;
    uuid = "{uuid}";
    byte_order = le;
    packet.header := struct {{ uint32_t magic; uint8_t uuid[16]; uint32_t stream_id; }};
}};

env {{
    domain = "stillhart";
    tracer_name = "axtrace";
{vms}}};

clock {{
    name = time;
    description = "ticks of the time CSR";
    freq = {frequency};
    offset = 0;
}};

stream {{
    id = 0;
    packet.context := struct {{
        ticks_t timestamp_begin; ticks_t timestamp_end;
        uint64_t content_size; uint64_t packet_size; uint64_t lost;
        uint32_t hart; uint32_t hart_id;
    }};
    event.header := struct {{ uint8_t id; ticks_t timestamp; }};
    event.context := struct {{ int16_t vm; int16_t vcpu; }};
}};
"""


def enum_type(kind):
    integer = {8: "uint8_t", 32: "hex32_t" if kind.base == 16 else "uint32_t",
               64: "hex64_t" if kind.base == 16 else "uint64_t"}[kind.bits]
    if not kind.names:
        return integer
    labels = ", ".join(f'"{name}" = {number}' for number, name in kind.names.items())
    return f"enum : {integer} {{ {labels} }}"


def event_types():
    """The TSDL of each event. Names of fields begin with _: `event` and others are its own words."""
    for number, name in enumerate(EVENTS):
        body = "".join(f"        {enum_type(field.kind)} _{field.name};\n" for field in FIELDS[name])
        yield f'event {{\n    id = {number};\n    name = "{name}";\n    stream_id = 0;\n' \
              f"    fields := struct {{\n{body}    }};\n}};\n"


def metadata(dump, identity):
    vms = "".join(f'    vm{index} = "{name}";\n' for index, name in sorted(dump.vm_names().items()))
    head = METADATA.format(types=TYPES, uuid=identity, vms=vms, frequency=dump.timebase)
    return "\n".join([head, *event_types()])


def encode_event(numbers, event):
    who = (-1, -1) if event.vm is None else (event.vm, event.vcpu)
    codes = "".join(CODES[field.kind.bits] for field in FIELDS[event.name])
    return EVENT_HEADER.pack(numbers[event.name], event.time, *who) + struct.pack(
        f"<{codes}", *(field.value(event) for field in FIELDS[event.name]))


def stream(dump, ring, identity):
    """One packet: its header, its context, and the ring's events."""
    numbers = {name: number for number, name in enumerate(EVENTS)}
    events = b"".join(encode_event(numbers, event) for event in ring.events)
    bits = 8 * (PACKET_HEADER.size + PACKET_CONTEXT.size + len(events))
    first = ring.events[0].time if ring.events else dump.now
    last = ring.events[-1].time if ring.events else dump.now
    hart = dump.harts.get(ring.hart)
    context = PACKET_CONTEXT.pack(first, last, bits, bits, ring.lost, ring.hart,
                                  hart.id if hart else 0)
    return PACKET_HEADER.pack(MAGIC, identity.bytes, 0) + context + events


def write(dump, folder):
    """Makes the folder, or refuses one that has anything else than a trace of ours in it."""
    folder.mkdir(parents=True, exist_ok=True)
    strangers = [path.name for path in folder.iterdir()
                 if path.name != "metadata" and not path.name.startswith("hart")]
    if strangers:
        raise FileExistsError(f"{folder}: has {strangers[0]} in it, expected a new or empty folder")
    for path in folder.iterdir():
        path.unlink()
    text = repr([(ring.hart, ring.events) for ring in dump.rings.values()])
    identity = uuid.uuid5(uuid.NAMESPACE_OID, text)  # the same dump makes the same bytes
    for ring in dump.rings.values():
        (folder / f"hart{ring.hart}").write_bytes(stream(dump, ring, identity))
    (folder / "metadata").write_text(metadata(dump, identity), encoding="utf-8")
