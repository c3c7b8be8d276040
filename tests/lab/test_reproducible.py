"""Under icount a bare guest's experiment gives the same bytes each time, on any number of harts."""
import pytest

FILES = {"figures.csv", "samples.csv", "spikes.csv", "results.json"}


def contents(folder):
    return {path.name: path.read_bytes() for path in (folder / "data").iterdir()}


@pytest.mark.parametrize("vms", ["configs/jitter.dts", "configs/jitter2.dts", "lab/vms/jitter4.dts"],
                         ids=["1 hart", "2 harts", "4 harts"])
def test_two_runs_give_the_same_bytes(lab, experiment_file, tmp_path, vms):
    path = experiment_file("twice", vms=vms)
    for again in ("a", "elsewhere/b"):
        result = lab("run", path, "--results", tmp_path / again)
        assert result.returncode == 0, result.stderr
    first, second = contents(tmp_path / "a"), contents(tmp_path / "elsewhere/b")
    assert FILES <= set(first) and set(first) == set(second)
    assert [name for name in first if first[name] != second[name]] == []


def test_what_differs_is_seen(lab, experiment_file, tmp_path):
    """The comparison above can fail: in real time every deadline is another."""
    for name, mode in (("a", "icount"), ("b", "realtime")):
        result = lab("run", experiment_file("once", mode=mode), "--results", tmp_path / name)
        assert result.returncode == 0, result.stderr
    assert contents(tmp_path / "a")["spikes.csv"] != contents(tmp_path / "b")["spikes.csv"]
