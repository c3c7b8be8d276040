"""What every test of this folder has: machines that are ended, and whose consoles are kept."""
import re

import pytest

import building
import vms
from console import Console
from shell import Shell

LOGS = building.ROOT / "build" / "test-logs"
CONSOLES = pytest.StashKey()
FAILED = pytest.StashKey()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """Of a failed test the consoles' logs are kept, and named in its report."""
    report = (yield).get_result()
    logs = [console.log for console in item.stash.get(CONSOLES, [])]
    if report.failed:
        item.stash[FAILED] = True
        for log in logs:
            report.sections.append(("console log", str(log.relative_to(building.ROOT))))
    elif report.when == "teardown" and not item.stash.get(FAILED, False):
        for log in logs:
            log.unlink()


@pytest.fixture(name="start")
def fixture_start(request):
    """start(command): runs it on a terminal until the test ends. Returns a Console."""
    LOGS.mkdir(parents=True, exist_ok=True)
    consoles = request.node.stash.setdefault(CONSOLES, [])
    name = re.sub(r"[^\w.=-]+", "_", f"{request.path.stem}.{request.node.name}").strip("_")

    def start(command):
        number = f".{len(consoles) + 1}" if consoles else ""
        consoles.append(Console(command, LOGS / f"{name}{number}.log"))
        return consoles[-1]

    yield start
    for console in consoles:
        console.stop()
    # Of every guest that ended: the hypervisor adds its ledgers up (modules/axvm/report.c).
    assert [c.log.name for c in consoles if b"do not sum to" in c.log.read_bytes()] == []


@pytest.fixture(name="boot")
def fixture_boot(start):
    """boot(**parameters): builds an app with make's parameters and starts it. Returns a Console."""
    def boot(**parameters):
        return start(building.build(**parameters).command)
    return boot


@pytest.fixture(name="boot_shell")
def fixture_boot_shell(boot):
    """boot_shell(name, SMP=…, machine={…}, **guests): these guests, their hypervisor's console."""
    def boot_shell(name, /, SMP=2, machine=None, **nodes):
        description = vms.describe(f"shell-{name}", **nodes)
        return Shell(boot(VMS=description, SMP=SMP, **(machine or {})))
    return boot_shell
