"""One run of jitter under QEMU: its command line, its time limit, its log and its figures."""
import argparse
import pathlib
import re
import subprocess
import sys
import time
from typing import NamedTuple

from virtual_time import one_processor

# A hypervisor may label a guest's line with a name of its own.
LINE = re.compile(r"\bBENCH (\w+) (\d+) (\w+)\s*$")


class RunFailed(Exception):
    """A run that gave no figures; its text says which, why, and where the log is."""


class Figure(NamedTuple):
    value: int
    unit: str


def existing_file(text):
    path = pathlib.Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"{text}: no such file")
    return path


def command(args, harts, bundle, extra):
    """QEMU's command line: jitter itself without a bundle, else the hypervisor with it."""
    images = ["-kernel", args.hv, "-initrd", bundle] if bundle else ["-kernel", args.jitter]
    line = [args.qemu, "-M", args.machine, "-cpu", args.cpu, "-smp", harts, "-m", args.memory,
            "-nographic", *images, *extra]
    before = one_processor() if "-icount" in extra else []
    return [str(word) for word in before + line]


def parse(text):
    """Figures by name, in the order printed, and the status of `done` (None if it is not there)."""
    matches = [LINE.search(line) for line in text.splitlines()]
    figures = {m[1]: Figure(int(m[2]), m[3]) for m in matches if m}
    done = figures.pop("done", None)
    return figures, done.value if done else None


def run_logged(line, log, limit):
    """Runs `line` with its output in `log`. Returns a fault, or None if it ended well."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        try:
            done = subprocess.run(line, stdin=subprocess.DEVNULL, stdout=output,
                                  stderr=subprocess.STDOUT, timeout=limit, check=False)
        except subprocess.TimeoutExpired:
            return f"did not end in {limit} s"
    return f"QEMU ended with status {done.returncode}" if done.returncode else None


def run(args, name, harts, bundle, extra):
    """Figures of one run; RunFailed unless jitter finished, and the machine shut down, in time."""
    log = args.logs / f"{name}.log"
    started = time.monotonic()
    fault = run_logged(command(args, harts, bundle, extra), log, args.limit)
    text = log.read_text(encoding="utf-8", errors="replace")
    figures, status = parse(text)
    if status != 0:
        said = "it did not print BENCH done" if status is None else f"BENCH done {status}"
        fault = f"{fault}, {said}" if fault else said
    if fault:
        tail = "\n".join("    " + line for line in text.splitlines()[-8:])
        raise RunFailed(f"{name}: {fault}; the end of {log}:\n{tail}")
    print(f"  {name}: {time.monotonic() - started:.1f} s", file=sys.stderr)
    return figures
