"""The lab's command line: list, run, ab."""
import argparse
import contextlib
import dataclasses
import pathlib
import re
import shutil
import signal
import sys
import time

from lab import ab, board, compare, execute, experiment as experiments, matrix, raw, replay, report, samples
from lab.experiment import Mistake

INTERRUPTED = 130  # as a shell has it: 128 + SIGINT


def parse_arguments(words):
    parser = argparse.ArgumentParser(prog="lab", description="Runs experiments; docs/lab.md explains.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="names the experiments")
    run = commands.add_parser("run", help="runs one and reports")
    ab_command = commands.add_parser("ab", help="flips one mechanism at a time and ranks the effects")
    ab_command.add_argument("--flips", default="mechanisms", help="of lab/ab/NAME.toml (%(default)s)")
    ab_command.add_argument("--only", nargs="+", default=[], help="sections of it; without: all")
    run.add_argument("--board", metavar="LINE[,SPEED]", help="a board on this serial line, instead of QEMU")
    run.add_argument("--board-reset", metavar="COMMAND", help="starts the board: called with native or guest, and a folder")
    again = commands.add_parser("replay", help="runs the guest again to the worst piece of its ledger, in gdb")
    again.add_argument("--piece", default="worst", help="worst, or a column of the ledger")
    again.add_argument("--batch", action="store_true", help="gdb ends at the stop")
    again.add_argument("--then", action="append", default=[], help="a command of gdb's after the stop")
    all_cells = commands.add_parser("matrix", help="every aggressor beside a victim, as a table")
    two = commands.add_parser("compare", help="shows two results beside each other")
    two.add_argument("both", metavar="A,B", help="folders of results, or names of experiments for their newest")
    for command in (run, ab_command, again):
        command.add_argument("name", help="of lab/NAME.toml, or a path that ends with .toml")
        command.add_argument("--runs", help="repetitions")
        command.add_argument("--machine", help="QEMU's -M, if another than the experiment's")
        command.add_argument("--cpu", help="QEMU's -cpu, if another than the experiment's")
    for command in (run, ab_command, again, two, all_cells):
        command.add_argument("--results", type=pathlib.Path, help="a new folder (results/NAME/TIME)")
    return parser.parse_args(words)


@contextlib.contextmanager
def results_folder(args, name):
    """A new folder for results. It is removed again if Ctrl-C ends the work in it: no half results stay."""
    folder = args.results or experiments.RESULTS / name / time.strftime("%Y%m%d-%H%M%S")
    folder = folder.resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise Mistake(f"RESULTS={args.results}: {error.strerror}: expected a folder to write to") from None
    if not is_empty:
        raise Mistake(f"RESULTS={folder}: has files in it: expected a new folder, or an empty one")
    try:
        yield folder
    except KeyboardInterrupt:
        shutil.rmtree(folder)
        raise


def repetitions(word):
    """RUNS as a number; None: it is not given."""
    if word is None:
        return None
    if not re.fullmatch(r"[0-9]{1,6}", word) or int(word) == 0:
        raise Mistake(f"RUNS={word}: expected a number from 1 to 999999")
    return int(word)


def chosen(args):
    """The experiment, with what the command line changes of it."""
    experiment = experiments.read(args.name, "AB" if args.command == "ab" else "EXP")
    given = {"runs": repetitions(args.runs), "machine": args.machine, "cpu": args.cpu}
    return dataclasses.replace(experiment, **{key: value for key, value in given.items() if value is not None})


def list_experiments():
    for name in experiments.names():
        experiment = experiments.read(name)
        print(f"  {name:<18} {experiment.mode:<9} {experiment.about}")
    print(f"  {'matrix':<18} {'realtime':<9} {matrix.ABOUT}")
    print("make lab EXP=NAME runs one; docs/lab.md explains.")


def run_all(experiment, images, folder, on):
    """All runs, native and guest in turn, so that what else the machine does hits both alike."""
    runs = []
    for number in range(1, experiment.runs + 1):
        for side in experiment.sides:
            runs.append(execute.run_once(experiment, images, side, number, folder, on))
            print(f"  {runs[-1].name()}: {runs[-1].seconds:.1f} s", flush=True)
    return runs


def print_figures(runs):
    print(f"{'figure':<24}{'unit':<16}{'native':>12}{'guest':>12}{'ratio':>8}")
    for name in samples.names_of(runs, "figures"):
        native, guest = (samples.summary(runs, side, name) for side in experiments.SIDES)
        ratio = samples.ratio(native, guest)
        cells = [f"{s.median:g}" if s else "-" for s in (native, guest)]
        print(f"{name:<24}{(native or guest).unit:<16}{cells[0]:>12}{cells[1]:>12}"
              f"{'-' if ratio is None else f'{ratio:.2f}':>8}")


def run(args):
    experiment = chosen(args)
    print(f"{experiment.name}: {experiment.about}", flush=True)
    on = board.Board(args.board, args.board_reset) if args.board else None
    if on:
        experiment = dataclasses.replace(experiment, mode="board")
    with results_folder(args, experiment.name) as folder:
        images = execute.prepare(experiment, folder / "images")
        facts = raw.machine(experiment, images, args.board)
        runs = run_all(experiment, images, folder, on)
        raw.write(folder / "data", runs)
        facts = raw.write_machine(folder / "machine.json", facts, {run.name(): run for run in runs})
        path = report.write(folder, experiment, facts, runs, images.vm.cpus)
    print_figures(runs)
    print(path)


def compare_flips(args):
    experiment = chosen(args)
    print(f"{experiment.name}, A/B: {experiment.about}", flush=True)
    with results_folder(args, f"{experiment.name}-{args.flips}") as folder:
        print(ab.compare(experiment, folder, ab.read_flips(args.flips), args.only))


def replay_worst(args):
    experiment = chosen(args)
    with results_folder(args, f"{experiment.name}-replay") as folder:
        replay.replay(experiment, folder, args.piece, args.batch, args.then)


def compare_two(args):
    results = compare.read(args.both)
    with results_folder(args, "compare") as folder:
        print(compare.compare(results, folder))


def run_matrix(args):
    with results_folder(args, "matrix") as folder:
        path, passed = matrix.run(folder)
    print(path)
    if not passed:
        raise Mistake(f"matrix: a cell is over the limit of the test; see {path.parent / 'test.log'}")


COMMANDS = {"matrix": run_matrix, "list": lambda _: list_experiments(), "run": run, "ab": compare_flips, "replay": replay_worst,
            "compare": compare_two}


def main(words):
    args = parse_arguments(words)
    # Also where the caller, such as a shell that traps the signal, has it ignored; and for a kill.
    for ends in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ends, signal.default_int_handler)
    try:
        COMMANDS[args.command](args)
    except (Mistake, execute.RunFailed) as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nlab: interrupted; nothing of this run is kept", file=sys.stderr)
        return INTERRUPTED
    return 0
