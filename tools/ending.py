"""How a tool ends that can't go on: quietly where its output is not read or the user has pressed Ctrl-C, with one
line where a file or a command fails. A traceback is for faults of the tool itself.
"""
import atexit
import contextlib
import os
import pathlib
import subprocess
import sys
import threading


def _drop_output() -> None:
    """Python writes what is left when it ends: to nowhere then."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _flush() -> None:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()


_expected: list[type[BaseException]] = []


def _line_of(error):
    """The user's line for an exception; None: it is a fault of the tool."""
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename is not None else error.strerror or str(error)
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.object[error.start]:#x} at {error.start} of an input: expected text in {error.encoding}"
    if isinstance(error, subprocess.CalledProcessError):
        command = error.cmd if isinstance(error.cmd, str) else str(error.cmd[0])
        return f"{command}: ended with status {error.returncode}"
    if isinstance(error, tuple(_expected)):
        return str(error).split("\n", maxsplit=1)[0]
    return None


def _report(kind, error, trace) -> None:
    if isinstance(error, BrokenPipeError):
        _drop_output()
        return
    if isinstance(error, KeyboardInterrupt):  # Python ends by the signal then, as other programs do
        return
    line = _line_of(error)
    if line is None:
        sys.__excepthook__(kind, error, trace)
        return
    with contextlib.suppress(BrokenPipeError):
        print(f"{pathlib.Path(sys.argv[0]).name}: {line}", file=sys.stderr)


def set_up(*expected: type[BaseException]) -> None:
    """Once, before anything else that the tool does. `expected`: further exceptions whose first line says enough."""
    _expected.extend(expected)
    sys.excepthook = _report
    threading.excepthook = lambda raised: _report(raised.exc_type, raised.exc_value, raised.exc_traceback)
    atexit.register(_flush)
