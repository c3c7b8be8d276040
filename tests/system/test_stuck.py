"""A guest that is stuck in its trap vector is named, once; one that sleeps or computes silently is not."""
import re

from shell import guest

STUCK = {"vector": r"its guest only traps into its own vector: vCPU 0: illegal instruction at 0x802\w+, stvec 0x802\w+",
         "handler": r"its guest does not come out of its trap vector: vCPU 0: illegal instruction at 0x802\w+, "
                    r"stvec 0x802\w+",
         "nowhere": r"its guest only traps into its own vector: vCPU 0: instruction access fault at 0x0, stvec 0x0"}
OTHERS = ("sleeper", "computer", "returner")


def only_traps(shell):
    return {row[5:].split()[0] for row in shell.run("vm list") if row.endswith("  only traps")}


def test_those_that_are_stuck_are_named_and_no_others(boot_shell):
    """One that computes is quiet meanwhile, and takes no exit for it."""
    nodes = {name: guest("stuck", str(hart), bootargs=f'"way={hart}"') for hart, name in enumerate((*STUCK, *OTHERS))}
    shell = boot_shell("stuck", SMP=8, **nodes, heart=guest("heartbeat", "6"))
    shell.console.expect("stuck: here")
    shell.open()
    shell.wait_until_said("stuck: here", len(nodes))
    shell.run("quiet begin computer")
    shell.wait_until_said("VM nowhere: its guest")
    shell.wait_for(lambda: only_traps(shell) == set(STUCK))
    assert any("quiet, begun by the console: 0 exits" in row for row in shell.run("quiet show computer"))
    for name, words in STUCK.items():
        assert len(re.findall(rf"VM {name}: {words}", shell.console.text())) == 1
    assert not any(f"VM {name}: its guest" in shell.console.text() for name in OTHERS)
    shell.check_heart(r"\[heart\] ", 3)
    assert shell.run("vm stop vector") == []
    shell.wait_until_ended("vector")
    assert only_traps(shell) == {"handler", "nowhere"}


def test_a_vm_that_has_the_only_hart_is_named(boot_shell):
    shell = boot_shell("stuck-alone", SMP=1, vector=guest("stuck", "0", bootargs='"way=0"'))
    shell.console.expect(f"VM vector: {STUCK['vector']}")
