"""Budgets: the file that has them, and what a measurement says against it."""
import re
from typing import NamedTuple

LINE = re.compile(r"(\w+) (\d+)")
COMPILER = re.compile(r"# compiler: (.*)")
HEAD = """\
# What each exit path and SBI call may take: instructions at every level, with MODE=release LOG=warn,
# on one hart under -icount (docs/budgets.md). `make test` fails where one takes more; `make
# bench-accept` rewrites this file.
# compiler: {compiler}
"""
EXITS = {"ecall": "SBI call", "load": "load from a device:", "store": "store to a device:",
         "fault": "access fault of the guest:", "virtual": "virtual instruction:",
         "wfi": "wfi:", "ledger": "the ledger's part of", "jitter": "apps/jitter's figure"}


class FileError(Exception):
    """A budgets file that can't be read; its text says where and what was expected."""


class Budgets(NamedTuple):
    compiler: str
    instructions: dict


class Report(NamedTuple):
    problems: list
    hints: list


def render(budgets):
    """The file's text: sorted, so that a diff shows what changed and nothing else."""
    lines = [f"{name} {count}\n" for name, count in sorted(budgets.instructions.items())]
    return HEAD.format(compiler=budgets.compiler) + "".join(lines)


def parse(text, source):
    compiler, instructions = "", {}
    for number, line in enumerate(text.splitlines(), 1):
        if match := COMPILER.fullmatch(line):
            compiler = match[1]
        if not line.strip() or line.startswith("#"):
            continue
        match = LINE.fullmatch(line)
        if not match:
            raise FileError(f"{source}:{number}: {line!r}: expected NAME INSTRUCTIONS")
        if match[1] in instructions:
            raise FileError(f"{source}:{number}: {match[1]}: is there twice")
        instructions[match[1]] = int(match[2])
    return Budgets(compiler, instructions)


GUEST_FILES = "virt,aia=aplic-imsic,aia-guests=1"


def machine(path):
    """QEMU's machine on which apps/exits takes a path: one with an APLIC for those of the APLIC."""
    return GUEST_FILES if "_aplic_" in path else "virt"


def is_also_of_aia(path):
    """Apps/exits takes this path on the machine with an APLIC, too: not those of the PLIC, which is not there,
    and of the longest exits none."""
    return machine(path) == "virt" and not path.endswith("_max") and "_plic_" not in path


FAST = ("ecall_base_", "ecall_time_", "ecall_ipi_self", "ecall_hsm_status", "ecall_rfence_")
LEDGER = "ledger_"
LEDGER_LIMIT = 27  # instructions


def is_fast(path):
    """The fast path serves it (modules/axexit/fast.c)."""
    return path.startswith(FAST) and not path.endswith("_max")


def describe(name):
    """The exit that a name stands for, in words."""
    kind, _, rest = name.partition("_")
    return f"{EXITS.get(kind, kind)} {rest}"


def change(name, before, after):
    return f"{name}: {before} before, {after} now ({after - before:+})"


def slack(name):
    """Instructions by which two measurements of the same code may differ.

    A path's figure is the mean of many runs and exact. A timer's is one event, between two readings
    of a clock that ticks every 0.78 instructions: where code lies decides how they are rounded. And whether
    a path's longest exit is also the longest of its ledger column, which is then noted with all that goes
    with it, depends on the paths that were measured before.
    """
    if name.endswith("_max") and not name.startswith("jitter_"):
        return RECORD
    return 2 if "_timer_" in name else 0


RECORD = 500  # what the ledger takes to note a column's longest piece

BEGIN, END = "<!-- of bench/budgets: make bench-accept writes it -->\n", "<!-- end -->\n"


def table(instructions):
    """The paths that have a maximum, as docs/bounds.md shows them."""
    rows = ["| path | mean | longest | with 1 ns an instruction |\n|---|---|---|---|\n"]
    for name in sorted(instructions):
        if name.endswith("_max") and name.removesuffix("_max") in instructions:
            path = name.removesuffix("_max")
            rows.append(f"| `{path}` | {instructions[path]} | {instructions[name]} | "
                        f"{instructions.get(f'{path}_1ghz', '')} |\n")
    return "".join(rows)


def put_table(text, instructions):
    """The text of docs/bounds.md with the table between its two marks made anew."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}{table(instructions)}{END}{rest.split(END)[1]}"


def compare(budgets, measured, compiler, source):
    """`measured` is {name: instructions}. What is over its budget, or has none, is a problem."""
    problems, hints = [], []
    for name in sorted({*budgets.instructions, *measured}):
        before, after = budgets.instructions.get(name), measured.get(name)
        if before is None:
            problems.append(f"{name}: {after} measured, but {source} has no line for it; "
                            "expected one: make bench-accept adds it")
        elif after is None:
            problems.append(f"{name}: {source} allows {before}, but nothing measures it; expected "
                            "a path of that name in apps/exits or apps/jitter")
        elif after > before + slack(name):
            problems.append(f"{change(name, before, after)}: over its budget; the exit that grew: "
                            f"{describe(name)}")
        elif name.startswith(LEDGER) and after > LEDGER_LIMIT:
            problems.append(f"{name}: {after}; expected at most {LEDGER_LIMIT}, whatever {source} says")
        elif after < before:
            hints.append(f"{change(name, before, after)}: cheaper; make bench-accept keeps it")
    if problems and compiler != budgets.compiler:
        hints.append(f"{source} is of {budgets.compiler or 'an unknown compiler'}, this is {compiler}")
    return Report(problems, hints)
