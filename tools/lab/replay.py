"""Replay: an icount run repeats itself to the instruction, so it can be stopped where it was worst.

The ledger keeps, with the longest piece of each column, the number of the exit that it was part of. The
run is done again under gdb, and the hypervisor calls ledger_stop_here() when that exit begins.
"""
import json
import os
import signal
import subprocess
from typing import NamedTuple

from lab import execute, ledger
from lab.experiment import ROOT, Mistake
from virtual_time import one_processor

# By address: the linker puts it beside picolibc's errno, and gdb takes all of that section for thread-local.
SCRIPT = """set pagination off
set confirm off
set var ((struct ledger_stop *){address:#x})->vcpu = {number}
set var ((struct ledger_stop *){address:#x})->exits = {exits}
tbreak ledger_stop_here
echo Running to exit {exits} of vCPU {vcpu} …\\n
continue
up 2
shell touch stopped
echo \\n{message}\\n
backtrace
"""


def choose(dump, wanted):
    """The worst piece of all that the hypervisor took, or of the column wanted."""
    pieces = ledger.worst_pieces(dump)
    if wanted == "late":
        return choose_late(dump)
    found = [piece for piece in pieces if wanted in ("worst", piece.column)]
    if not found:
        columns = dict.fromkeys(piece.column for piece in pieces)
        raise Mistake(f"REPLAY={wanted}: the ledger has no such column; expected worst, late or one of: {' '.join(columns)}")
    return found[0]


def choose_late(dump):
    """The latest timer, as a piece of the exit that it waited for last."""
    vcpus = [vcpu for vcpu in ledger.late_vcpus(dump) if vcpu.late.worst]
    if not vcpus:
        raise Mistake("REPLAY=late: no timer was due in an exit, or while the guest masked interrupts")
    vcpu = max(vcpus, key=lambda one: one.late.max)
    worst = vcpu.late.worst
    names = dict(zip(ledger.BLAME_KEYS, ledger.BLAMES))
    split = ", ".join(f"{names[key]} {ticks}" for key, ticks in worst.blames.items() if ticks)
    print(f"The latest timer was due at tick {worst.deadline} and {vcpu.late.max} ticks late: {split}.")
    sample = Sample(worst.deadline + vcpu.late.max, worst.exits, worst.pc, worst.cause, ())
    return ledger.Piece(vcpu.name, worst.column, vcpu.late.max, sample)


class Sample(NamedTuple):
    """The circumstances of a late timer, as those of a piece."""
    end: int
    exits: int
    pc: int
    cause: int
    args: tuple


def _vcpu_of(dump, name):
    return next(vcpu for vcpu in dump.vcpus.values() if vcpu.name == name)


def message(piece):
    worst = piece.worst
    where = f"exit {worst.exits} of vCPU {piece.vcpu}; guest pc {worst.pc:#x}, scause {worst.cause:#x}"
    if not worst.args:
        return f"It waited last for {piece.column}, in {where}."
    return (f"The longest piece of {piece.column}: {piece.ticks} ticks up to tick {worst.end}, in {where}, "
            f"arguments {' '.join(map(hex, worst.args))}.")


def address_of(symbol, elf):
    listing = subprocess.run(["riscv64-unknown-elf-nm", elf], check=True, stdout=subprocess.PIPE, text=True).stdout
    return next(int(words[0], 16) for words in map(str.split, listing.splitlines()) if words[-1] == symbol)


def script(dump, piece, elf, then):
    """gdb's commands, from the reset to the exit, and those after it."""
    vcpu = _vcpu_of(dump, piece.vcpu)
    return SCRIPT.format(address=address_of("ledger_stop_at", elf), number=vcpu.vm << 16 | vcpu.index,
                         exits=piece.worst.exits, vcpu=piece.vcpu, message=message(piece)) + "".join(f"{line}\n" for line in then)


def debug(experiment, images, folder, batch):
    """gdb on the run, at the stop; with `batch` it ends there. Its output is the terminal's."""
    command = [str(word) for word in execute.qemu_command(experiment, images, "guest")]
    at = command.index("-serial")  # scripts/debug gives the console a place of its own
    del command[at:at + 2]
    environment = {**os.environ, "GDB_ARGS": ("-batch " if batch else "") + "-x replay.gdb",
                   "GDB_AT_RESET": "1"}
    # Ctrl-C is gdb's: it stops the guest. A handler, since a signal that is ignored would be ignored by gdb too.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return subprocess.run([ROOT / "scripts" / "debug", images.symbols, "--", *one_processor(debugged=True),
                               *command], cwd=folder, env=environment, check=False).returncode
    finally:
        signal.signal(signal.SIGINT, before)


def check(experiment, images):
    """Only what repeats itself can be replayed."""
    if experiment.mode != "icount":
        raise Mistake(f"{experiment.name}: mode = {experiment.mode!r}: expected 'icount': a run in real time never "
                      "comes again")
    if images.ramdisk and images.vm.cpus > 1:
        raise Mistake(f"{experiment.name}: a Linux of {images.vm.cpus} harts does not repeat itself; expected a bare "
                      "guest, or one hart")


def replay(experiment, folder, wanted, batch, then):
    """Runs the guest once for its ledger, and once more to the piece that is wanted."""
    images = execute.prepare(experiment, folder / "images")
    check(experiment, images)
    run = execute.run_once(experiment, images, "guest", 1, folder)
    if run.dump is None:
        raise Mistake(f"{run.log}: has no ledger; a replay needs one (ledger = \"y\")")
    piece = choose(run.dump, wanted)
    print(message(piece), flush=True)
    (folder / "replay.json").write_text(json.dumps({"column": piece.column, "vcpu": piece.vcpu, "ticks": piece.ticks,
                                                    "exits": piece.worst.exits}) + "\n", encoding="utf-8")
    (folder / "replay.gdb").write_text(script(run.dump, piece, images.symbols, then), encoding="utf-8")
    (folder / "stopped").unlink(missing_ok=True)
    status = debug(experiment, images, folder, batch)
    if not (folder / "stopped").exists():
        raise Mistake(f"exit {piece.worst.exits} of vCPU {piece.vcpu} did not come again (gdb's status is {status}); "
                      "expected a run that repeats itself")
