"""The first run without a network: make says that it has none, and what works all the same."""
import re
import subprocess

import pytest

from building import ROOT, clean_environment


@pytest.fixture(name="offline")
def fixture_offline(tmp_path):
    """offline(*make's arguments): runs make without a network, as a user with an empty cache."""
    alone = ["unshare", "--map-root-user", "--net"]
    if subprocess.run([*alone, "true"], check=False, capture_output=True).returncode != 0:
        pytest.skip("unshare --net is not permitted here")

    def offline(*arguments):
        environment = {**clean_environment(), "XDG_CACHE_HOME": str(tmp_path)}
        return subprocess.run([*alone, "make", *arguments], cwd=ROOT, env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
                              check=False)
    return offline


@pytest.mark.parametrize("target", ["run", "setup"])
def test_offline_with_nothing_cached(offline, target):
    result = offline(target)
    assert result.returncode == 2
    assert re.search(r"^setup: error: offline: can't download .*, and it is not in the cache "
                     r"\(\S+\)\.$", result.stderr, re.M)
    assert ("The embedded guest needs no download of a guest: make run VMS=configs/jitter.dts"
            in result.stderr)
