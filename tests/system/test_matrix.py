"""Every aggressor beside a victim on the housekeeper's hart, and on the other one: what is taken of its time.

The machine's harts are all named. A cell is judged by the victim's ledger alone, not by wall time: which share of its
life the host took for others, and the longest stretch. A stretch in which the build machine ran something else is
longer than it was for the victim: what the kernel says of QEMU's threads is written beside each cell, and let pass.
"""
import json
import re

import pytest

from building import ROOT, WORK
from console import EOL
from shell import guest
from test_ration import LONGEST, SHARE, SLACK, TAKEN, ledger, run_delay

MS = 300
KINDS = re.findall(r'^    \{"([\w-]+)",', (ROOT / "tests/guests/flood/kinds.c").read_text(), re.M)
REBOOTS, LIVES = "reboot", 5


def flood(shell, kind):
    """The guest does it, and says how often; one that reboots is here again."""
    if kind == REBOOTS:
        for _ in range(LIVES):
            shell.console.send(kind + "\r")
            shell.console.expect("flood: here")
        return LIVES
    shell.console.send(kind + "\r")
    return int(shell.console.expect(rf"flood: did {kind} (\d+) times" + EOL)[1])


# The user at the console, while the aggressor computes.
def leave_open(shell):
    shell.open()
    shell.enter("ledger every 1")
    shell.console.expect(r"victim\.0 [^\n]*" + EOL)
    shell.console.send("\x03")
    shell.console.expect("hv> ")
    shell.close()
    return 1


def dump_trace(shell):
    shell.open()
    shell.run("trace on")
    shell.enter("trace dump")
    shell.console.expect("hv> ")
    shell.run("trace off")
    shell.close()
    return 1


USERS = {"user-ledger": leave_open, "user-trace-dump": dump_trace}


def cell(shell, act):
    """What was taken of the victim while it acts: share, the longest stretch in ms, and how often it did it."""
    shell.open()
    (was, began), delay = ledger(shell, "victim"), run_delay(shell.console.child.pid)
    shell.close()
    count = act(shell)
    shell.open()
    now, ended = ledger(shell, "victim")
    shell.close()
    taken = sum(now.get(column, (0, 0))[0] - was.get(column, (0, 0))[0] for column in TAKEN)
    longest = max(now.get(column, (0, 0))[1] for column in TAKEN)
    ever = run_delay(shell.console.child.pid)
    over = taken - (ever - delay) >= (ended - began) * SHARE * SLACK or longest >= LONGEST + ever
    return {"count": count, "share": round(taken / (ended - began), 5), "longest_ms": longest / 10000,
            "run_delay_s": round((ever - delay) / 1e7, 3), "over": over}


@pytest.mark.parametrize("place", ["on-the-housekeepers-hart", "on-the-other-hart"])
def test_matrix(boot_shell, place):
    """The keyboard is the aggressor's."""
    victims_hart = 0 if place == "on-the-housekeepers-hart" else 1
    vms = {"bad": guest("flood", str(1 - victims_hart), bootargs=f'"ms={MS}"'),
           "victim": guest("duet", str(victims_hart), bootargs='"seconds=1000"')}
    shell = boot_shell(f"matrix-{place}", **vms)
    shell.console.expect("flood: here")
    shell.open()
    if (shell.input_hart() == victims_hart) != (place == "on-the-housekeepers-hart"):
        pytest.fail("the housekeeper is on another hart than this test thinks")
    shell.run("vm focus victim")
    shell.close()
    shell.console.send("p")
    cells = {}
    shell.open()
    shell.run("vm focus bad")
    shell.close()
    for kind in [kind for kind in KINDS if kind != REBOOTS] + [REBOOTS]:
        cells[kind] = cell(shell, lambda shell, kind=kind: flood(shell, kind))
    for name, act in USERS.items():
        cells[name] = cell(shell, act)
    path = WORK / f"matrix-{place}.json"
    path.write_text(json.dumps(cells, indent=1), encoding="utf-8")
    assert all(row["count"] > 0 for row in cells.values())
    over = {name: row for name, row in cells.items() if row["over"]}
    assert over == {}, f"all cells: {path}"
