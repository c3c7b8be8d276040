"""Builds apps as a user does: with make and its documented parameters.

make keeps one output per architecture, mode and app. So that machines with different parameters
can run beside each other, what was built is copied to a folder of its own, under a lock.
"""
import contextlib
import dataclasses
import fcntl
import functools
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = os.environ.get("BUILD", "build")
WORK = ROOT / BUILD / "test"
PARAMETERS = re.findall(r"^([A-Z_]+) +\?=", (ROOT / "scripts/make/params.mk").read_text(), re.M)


@dataclasses.dataclass(frozen=True)
class Built:
    """An app that was built: its files, and the command line that `make justrun` has for it."""
    elf: pathlib.Path
    bin: pathlib.Path
    bundle: pathlib.Path  # None: the app has none
    command: tuple


def clean_environment():
    """What a fresh terminal has: nothing of a make that started the tests, but where it builds."""
    mine = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", *PARAMETERS)
    return {name: value for name, value in os.environ.items() if name not in mine or name == "BUILD"}


def environment_of_a_copy():
    """The same for a copy of the tree: it has a build/ of its own."""
    return {**clean_environment(), "BUILD": "build"}


def copy_tree(folder):
    """The tree with what git does not know yet, so that building in it disturbs no other test. Returns `folder`."""
    files = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                           check=True, capture_output=True, text=True).stdout
    for name in filter(None, files.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def run_make(*arguments, **parameters):
    """Runs make to its end; the result has returncode, stdout and stderr."""
    words = [f"{name}={value}" for name, value in parameters.items()]
    return subprocess.run(["make", *words, *arguments], cwd=ROOT, env=clean_environment(),
                          capture_output=True, text=True, timeout=600, check=False)


def make(*arguments, **parameters):
    """The same, where an error of make is an error of the test. Returns its standard output."""
    result = run_make(*arguments, **parameters)
    assert result.returncode == 0, f"make {arguments} {parameters}:\n{result.stdout}{result.stderr}"
    return result.stdout


def keep(source, folder):
    """A copy that appears whole; a running machine keeps the one that it has opened."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / source.name
    shutil.copyfile(source, f"{target}.new")
    os.replace(f"{target}.new", target)
    return target


def file_behind(option, command):
    return ROOT / command[command.index(option) + 1] if option in command else None


@contextlib.contextmanager
def build_lock():
    """No other test builds meanwhile."""
    WORK.mkdir(parents=True, exist_ok=True)
    with open(WORK / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@functools.lru_cache(maxsize=None)
def build(**parameters):
    """Builds with these parameters, once. Returns a Built."""
    words = "-".join(f"{name}={value}" for name, value in sorted(parameters.items()))
    key = f"{re.sub('[^0-9A-Za-z=]+', '_', words)[:80]}-{zlib.crc32(words.encode()):08x}"
    folder = WORK / "built" / key
    with build_lock():
        make("build", **parameters)
        command = shlex.split(make("-n", "justrun", **parameters).strip().splitlines()[-1])
        images = {option: file_behind(option, command) for option in ("-kernel", "-initrd")}
        kept = {option: path and keep(path, folder) for option, path in images.items()}
        elf = keep(images["-kernel"].with_suffix(".elf"), folder)
    for option, path in kept.items():
        if path:
            command[command.index(option) + 1] = str(path)
    return Built(elf, kept["-kernel"], kept["-initrd"], tuple(command))
