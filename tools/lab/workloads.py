"""What the guests do. The bare guest measures by itself; Linux gets a script in its ramdisk.

The script writes `LAB begin NAME` and `LAB end NAME STATUS` around what a program says, so that a
console's log is all that is needed, be it QEMU's or a board's.
"""
BEGIN, END, USERSPACE, DONE = "LAB begin", "LAB end", "LAB userspace", "LAB done"

# Runs before the shell would, and there is no shell: the experiment has no input.
INITTAB = "::sysinit:/etc/init.d/rcS\n::once:/etc/lab\n"

DEFAULTS = {
    "cyclictest": "cyclictest -q -m -S -p 90 -i 1000 -l 5000 --json=/tmp/out -h 100000 >/dev/null",
    "hackbench": "hackbench -g 4 -l 200",
    "pi_stress": "pi_stress -q --groups=1 --duration=10",
    "stress-ng": "stress-ng --metrics-brief --no-rand-seed --cpu 1 --timeout 10",
    "boot": "true",
}


def command(experiment):
    return experiment.command or DEFAULTS.get(experiment.workload, "")


def uses_stress_ng(experiment):
    return "stress-ng" in (experiment.workload, *command(experiment).split(), *experiment.load.split())


def _script(experiment):
    load = [f"setsid {experiment.load} >/dev/null 2>&1 &", "load=$!"] if experiment.load else []
    stop = ["kill -KILL -- -$load"] if experiment.load else []
    lines = [
        "#!/bin/sh",
        "exec >/dev/console 2>&1",
        f'echo "{USERSPACE} $(cut -d" " -f1 /proc/uptime)"',
        *load,
        f'echo "{BEGIN} {experiment.workload}"',
        command(experiment),
        "status=$?",
        *stop,
        "[ ! -e /tmp/out ] || cat /tmp/out",
        f'echo "{END} {experiment.workload} $status"',
        f'echo "{DONE} $status"',
        "poweroff -f",
    ]
    return "\n".join(lines) + "\n"


def linux_files(experiment):
    """(name, mode, contents) of what is put over the ramdisk's own files."""
    return [("etc/inittab", 0o100644, INITTAB), ("etc/lab", 0o100755, _script(experiment))]


def is_linux(experiment):
    return experiment.workload != "jitter"


def last_words(experiment, side):
    """How the last line of a console begins: in a VM the ledger comes after what the guest says."""
    if side == "guest" and experiment.ledger == "y":
        return "@trace end"
    return DONE if is_linux(experiment) else "BENCH done"
