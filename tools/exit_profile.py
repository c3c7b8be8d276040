"""The instructions of one exit, from QEMU's log of a host that executes one instruction at a time.

QEMU's `-d exec,int` writes a line for each instruction and one for each trap. An exit begins with the first
instruction of the guest's vector after a trap, and ends with an sret of enter.S. The stack of calls is followed
by the instructions that set ra; what the compiler inlined is added from DWARF.
"""
import bisect
import re
import statistics
from typing import NamedTuple

TRACE = re.compile(r"Trace (\d+): 0x[0-9a-f]+ \[[0-9a-f]+/([0-9a-f]+)/")
TRAP = re.compile(r"riscv_cpu_do_interrupt: hart:(\d+),")
SRET = 0x10200073
FIRMWARE_END = 0x80200000  # the firmware of QEMU's virt machine lies below the image


class ProfileError(Exception):
    """No profile; its text says why."""


class Exit(NamedTuple):
    """The host's instructions in their order, and how many the guest executed from there to the next exit."""
    addresses: list
    guest: int


class Span(NamedTuple):
    """A function's stretch of an exit: instructions `start` to `end`, `depth` calls below the vector."""
    name: str
    module: str
    inlined: bool
    depth: int
    start: int
    end: int


class Frame(NamedTuple):
    """A function at one instruction; `call` tells two calls of it apart."""
    name: str
    module: str
    inlined: bool
    call: int


class Image:
    """The host's code: instructions by address, and the symbols."""

    def __init__(self, base, code, symbols):
        """`symbols`: (address, name), sorted."""
        self.base, self.code = base, code
        self.starts = [address for address, _ in symbols]
        self.names = [name for _, name in symbols]

    def symbol(self, address):
        """(name, where it starts) of the last symbol that is not above the address."""
        at = bisect.bisect_right(self.starts, address) - 1
        return (self.names[at], self.starts[at]) if at >= 0 else ("?", address)

    def instruction(self, address):
        at = address - self.base
        low = int.from_bytes(self.code[at:at + 2], "little")
        return low if low & 3 != 3 else int.from_bytes(self.code[at:at + 4], "little")

    def is_call(self, address):
        """jal ra, jalr ra, c.jalr (Unpriv, the hints of the return-address stack)."""
        insn = self.instruction(address)
        return insn & 0xfff == 0xef or insn & 0xfff == 0xe7 or (insn & 0xf07f == 0x9002 and insn >> 7 & 31 != 0)


def exits(lines, hart, vector, image):
    """Yields each Exit of the host hart, once the next one begins. Raises ProfileError where the firmware is
    called: its instructions are not in the log."""
    trapped, inside, addresses, guest = False, False, None, 0
    for line in lines:
        match = TRACE.match(line)
        if match is None:
            trap = TRAP.match(line)
            trapped = trapped or (trap is not None and int(trap[1]) == hart)
            continue
        if int(match[1]) != hart:
            continue
        address = int(match[2], 16)
        if trapped and address == vector:
            if addresses is not None and not inside:
                yield Exit(addresses, guest)
            addresses, inside, guest = [], True, 0
        elif trapped and inside:
            addresses, inside = None, False  # the firmware, or a fault of the host's own
        trapped = False
        if not inside:
            guest += 1
            continue
        addresses.append(address)
        inside = image.instruction(address) != SRET


def typical(found, least=8):
    """The last of those that take as long as most do."""
    if len(found) < least:
        raise ProfileError(f"{len(found)} exits in QEMU's log; expected {least} at least")
    usual = statistics.mode((len(one.addresses), one.guest) for one in found)
    return [one for one in found if (len(one.addresses), one.guest) == usual][-1]


def frames_of(image, addresses, inlines):
    """For each instruction the frames from the vector down. `inlines`: {address: ((name, module), …)}, the
    function itself first, then what was inlined there."""
    stack, serial, result = [], 0, []  # of (symbol, call, return address, frames of the caller)
    before = None
    for address in addresses:
        symbol, start = image.symbol(address)
        if before is None:
            stack = [(symbol, serial, None, ())]
        elif address == start and image.is_call(before):
            serial += 1
            size = 2 if image.instruction(before) & 3 != 3 else 4
            stack.append((symbol, serial, before + size, result[-1]))
        elif any(address == back for _, _, back, _ in stack):
            while stack[-1][2] != address:
                stack.pop()
            stack.pop()
        elif symbol != stack[-1][0]:  # a tail call, or the next label of the vector
            serial += 1
            stack[-1] = (symbol, serial, stack[-1][2], stack[-1][3])
        name, call, _, callers = stack[-1]
        known = inlines.get(address) or ((name, ""),)
        own = (Frame(name, known[0][1], False, call),)
        result.append(callers + own + tuple(Frame(n, m, True, call) for n, m in known[1:]))
        before = address
    return result


def spans(frames):
    """The Spans of an exit, in the order of their beginning, callers first."""
    done, open_spans = [], []
    for at, stack in enumerate([*frames, ()]):
        same = 0
        while same < min(len(stack), len(open_spans)) and stack[same] == open_spans[same][0]:
            same += 1
        while len(open_spans) > same:
            frame, start = open_spans.pop()
            done.append(Span(frame.name, frame.module, frame.inlined, len(open_spans), start, at))
        open_spans += [(frame, at) for frame in stack[same:]]
    return sorted(done, key=lambda span: (span.start, span.depth))


class Row(NamedTuple):
    """A function below its caller, with all its stretches there."""
    name: str
    inlined: bool
    depth: int
    total: int
    self: int


def rows(all_spans, least=4):
    """One Row for each function below each caller, in the order of their first instruction. What was inlined and
    has less than `least` instructions is its caller's own."""
    totals, children, path = {}, {}, []
    for span in all_spans:
        path = [*path[:span.depth], span.name]
        key = tuple(path)
        totals[key] = (totals.get(key, (0,))[0] + span.end - span.start, span.inlined)
    totals = {key: value for key, value in totals.items() if value[0] >= least or not value[1]}
    for key, (total, _) in totals.items():
        children[key[:-1]] = children.get(key[:-1], 0) + total
    order = []

    def visit(parent):
        for key in totals:
            if key[:-1] == parent:
                total, inlined = totals[key]
                order.append(Row(key[-1], inlined, len(key) - 1, total, total - children.get(key, 0)))
                visit(key)
    visit(())
    return order
