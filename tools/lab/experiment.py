"""An experiment: a small TOML file in lab/ that says which guest does what, where and how often.

docs/lab.md describes the keys; a mistake is named with the file, the key and what was expected.
"""
import dataclasses
import pathlib
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "trace"))
import c_header  # noqa: E402

FOLDER = ROOT / "lab"
RESULTS = ROOT / "results"  # not in build/, which `make clean` removes
MODES = ("icount", "realtime")
SIDES = ("native", "guest")
WORKLOADS = ("jitter", "cyclictest", "hackbench", "pi_stress", "stress-ng", "boot")
LOGS = c_header.names("axlog/include/axlog/log.h", "log_level", "LOG_LEVEL_")


class Mistake(Exception):
    """What the user has to know, in whole lines."""


@dataclasses.dataclass(frozen=True)
class Experiment:
    """The keys of the file, with their defaults; `name` and `path` are the file's own."""
    name: str
    path: pathlib.Path
    about: str
    workload: str
    vms: str                 # the description, relative to the repository
    vm: str = ""             # the VM that is measured; "": the first
    mode: str = "icount"
    shift: int = 7           # icount: an instruction takes 2^shift ns
    runs: int = 1
    sides: tuple = SIDES
    command: str = ""        # Linux: the command that measures; "": the workload's own
    load: str = ""           # Linux: a command that runs beside it
    bootargs: str = ""       # more words for the kernel's command line
    harts: tuple = ()        # other host harts for the measured VM
    without: tuple = ()      # mechanisms that the measured VM does without (docs/vms.md)
    trace: str = ""          # records events: "overwrite" or "stop"
    ledger: str = "y"        # "n": a hypervisor that keeps none
    machine: str = "virt"
    cpu: str = "rv64"
    memory: str = "2G"       # of the host machine
    log: str = "warn"
    limit: int = 300         # seconds for a run


def _expected(path, key, value, expected):
    raise Mistake(f"{path}: {key} = {value!r}: expected {expected}")


def _check_type(path, field, value):
    kind = {int: "a number", str: "a string", tuple: "a list"}[field.type]
    if not isinstance(value, list if field.type is tuple else field.type) or isinstance(value, bool):
        _expected(path, field.name, value, kind)


def _check_values(path, words):
    def one_of(key, allowed):
        for word in words[key] if isinstance(words[key], tuple) else [words[key]]:
            if word not in allowed:
                _expected(path, key, word, f"one of: {' '.join(allowed)}")
    for key, allowed in {"workload": WORKLOADS, "mode": MODES, "sides": SIDES, "log": LOGS, "ledger": ("y", "n"),
                         "trace": ("", "overwrite", "stop")}.items():
        if key in words:
            one_of(key, allowed)
    for key in ("runs", "limit"):
        if words.get(key, 1) < 1:
            _expected(path, key, words[key], "1 or more")
    if not 0 <= words.get("shift", 0) <= 10:
        _expected(path, "shift", words["shift"], "0 to 10")
    if not (ROOT / words["vms"]).is_file():
        _expected(path, "vms", words["vms"], "a VM description, such as configs/jitter.dts")


def check(path, words):
    """The experiment that the words of a file make; Mistake names the first that is wrong."""
    fields = {f.name: f for f in dataclasses.fields(Experiment) if f.name not in ("name", "path")}
    for key, value in words.items():
        if key not in fields:
            raise Mistake(f"{path}: {key}: unknown key; expected one of: {' '.join(fields)}")
        _check_type(path, fields[key], value)
    for key in ("about", "workload", "vms"):
        if key not in words:
            raise Mistake(f"{path}: {key} is missing: every experiment needs it")
    words = {key: tuple(v) if isinstance(v, list) else v for key, v in words.items()}
    _check_values(path, words)
    return Experiment(name=path.stem, path=path, **words)


def names():
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def read(name, parameter="EXP"):
    """The experiment of lab/NAME.toml, or of a file of the user's own; `parameter` of make named it."""
    path = pathlib.Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
    if not path.is_file():
        raise Mistake(f"{parameter}={name}: no {path}; expected one of: {' '.join(names())}")
    try:
        words = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise Mistake(f"{path}: {error}") from None
    return check(path, words)
