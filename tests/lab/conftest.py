"""What the lab's tests have: its package, how tests build, and runs of the lab."""
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests/system")]


@pytest.fixture(name="experiment_file")
def fixture_experiment_file(tmp_path):
    """experiment_file(name, **keys): an experiment of the user's own. Returns its path."""
    def write(name, **keys):
        def literal(value):
            return f"[{', '.join(map(literal, value))}]" if isinstance(value, list) else (
                str(value) if isinstance(value, int) else '"' + str(value).replace('"', '\\"') + '"')
        words = {"about": "A test", "workload": "jitter", "vms": "configs/jitter.dts", **keys}
        path = tmp_path / f"{name}.toml"
        path.write_text("".join(f"{k} = {literal(v)}\n" for k, v in words.items()), encoding="utf-8")
        return path
    return write


@pytest.fixture(name="lab")
def fixture_lab():
    """lab(*words): runs tools/lab/lab to its end."""
    def run(*words):
        return subprocess.run([ROOT / "tools/lab/lab", *map(str, words)], capture_output=True, text=True,
                              timeout=600, check=False)
    return run
