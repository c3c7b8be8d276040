"""The worked example of docs/jitter.md, run as it says: the same lines come, with numbers near."""
import subprocess

import pytest

from examples import ROOT, check


@pytest.fixture(name="log", scope="module")
def fixture_log(tmp_path_factory):
    path = tmp_path_factory.mktemp("example") / "console.log"
    with path.open("wb") as file:
        subprocess.run(["make", "-s", "run", "VMS=configs/jitter-traced.dts", "ICOUNT=7"], cwd=ROOT, check=True,
                       stdin=subprocess.DEVNULL, stdout=file, timeout=300)
    return path


@pytest.mark.parametrize("command, first", [("ledger", "vCPU jitter.0, hart 0:"), ("late", "vCPU jitter.0: 20 timers")])
def test_tables(log, command, first):
    done = subprocess.run([ROOT / "tools/trace/trace", command, log], check=True, capture_output=True, text=True,
                          timeout=60)
    check("docs/jitter.md", first, done.stdout)


def test_spikes(log):
    said = [line for line in log.read_text(errors="replace").splitlines() if line.startswith("SPIKE timer_call")]
    check("docs/jitter.md", "SPIKE timer_call", "\n".join(said))
