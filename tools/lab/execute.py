"""Runs the two sides, in QEMU or on a board: command lines, time limits, logs."""
import os
import select
import subprocess
import time

from lab import console, images as image_files, workloads
from lab.experiment import Mistake
from lab.samples import Figure, Run
from virtual_time import one_processor

# No monitor and no default devices: under icount their events would fall between the harts' turns.
BARE = ["-nodefaults", "-display", "none", "-serial", "stdio"]
# Under icount nothing may come from outside: a clock that starts at one time, one seed.
PINNED = ["-rtc", "base=2026-01-01T00:00:00,clock=vm", "-seed", "1"]
TAIL = 4096  # bytes: a longer line is not looked for


class RunFailed(Exception):
    """A run that gave no figures: which, why, and where the log is."""


def qemu_command(experiment, images, side):
    """QEMU's command line for a side; the native machine is as large as the VM."""
    start = [image_files.QEMU, "-M", experiment.machine, "-cpu", experiment.cpu, *BARE]
    if side == "guest":
        own = ["-smp", images.smp, "-m", experiment.memory, "-kernel", images.hypervisor,
               "-initrd", images.bundle]
    else:
        own = ["-smp", images.vm.cpus, "-m", f"{images.vm.memory >> 20}M", "-kernel", images.kernel]
        if images.ramdisk:
            own += ["-initrd", images.ramdisk]
        if words := image_files.bootargs(experiment, images.vm):
            own += ["-append", words]
    pinned = ["-icount", f"shift={experiment.shift},sleep=off", *PINNED] if experiment.mode == "icount" else []
    return [str(word) for word in start + own + pinned]


def check(experiment, images):
    """What the boot would refuse is named before anything runs, by the hypervisor's own checker."""
    tree = images.folder / "machine.dtb"
    command = [*qemu_command(experiment, images, "guest"), "-machine", f"dumpdtb={tree}"]
    for words in (command, [image_files.CHECKER, tree, images.bundle, images.hypervisor, str(images.smp), "mistakes"]):
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              check=False, text=True)
        if done.returncode:
            raise Mistake(done.stdout.strip())
    tree.unlink()


def prepare(experiment, folder):
    """The images of an experiment, checked for the machine that they are to run on, if that is QEMU's."""
    images = image_files.prepare(experiment, folder)
    if experiment.mode != "board":
        check(experiment, images)
    return images


class Follower:
    """Copies what comes from a console to a log, and notes when Linux' userspace was there."""

    def __init__(self, log, marker=workloads.USERSPACE.encode()):
        self.log, self.marker = log, marker
        self.start, self.seen, self.tail = time.monotonic(), None, b""

    def take(self, data, file):
        """Returns what came after the end of what came before."""
        file.write(data)
        file.flush()
        said = self.tail + data
        self.tail = said[-TAIL:]
        if self.seen is None and self.marker in said:
            self.seen = time.monotonic() - self.start
        return said

    def follow(self, source, limit, is_end=lambda text: False):
        """Until the source ends or says so. False if it did not within `limit` seconds."""
        with self.log.open("wb") as file:
            while (left := self.start + limit - time.monotonic()) > 0:
                if not select.select([source], [], [], left)[0]:
                    return False
                try:
                    data = os.read(source, 65536)
                except OSError:  # a terminal whose other side is gone
                    data = b""
                if not data:
                    return True
                if is_end(self.take(data, file)):
                    return True
        return False


def has_line(said, words):
    """`words` are there, and the line that they are in has ended."""
    at = said.rfind(words.encode())
    return at >= 0 and b"\n" in said[at:]


def run_qemu(command, follower, limit, last=None):
    """Returns what went wrong, or None. Without `last`, how its last line begins, QEMU ends by itself."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as qemu:
        try:
            ended = follower.follow(qemu.stdout.fileno(), limit, lambda said: last is not None and has_line(said, last))
        except KeyboardInterrupt:
            qemu.kill()
            raise
        if not ended or last is not None:
            qemu.kill()
        if not ended:
            return f"did not end in {limit} s"
        status = 0 if last is not None else qemu.wait()
    return f"QEMU ended with status {status}" if status else None


def fail(run, faults):
    text = run.log.read_text(encoding="utf-8", errors="replace")
    tail = "\n".join("    " + line for line in text.splitlines()[-8:])
    raise RunFailed(f"{run.name()}: {', '.join(faults)}; the end of {run.log}:\n{tail}")


def run_once(experiment, images, side, number, results, board=None):
    """One run of a side. Returns a samples.Run; RunFailed if it gave no figures."""
    run = Run(side, number)
    run.log = results / "consoles" / f"{run.name()}.log"
    run.log.parent.mkdir(parents=True, exist_ok=True)
    follower = Follower(run.log)
    if board:
        fault = board.run(side, images, follower, experiment)
    else:
        before = one_processor() if experiment.mode == "icount" else []
        # Neighbours run for ever, and the firmware of an AIA machine can't power it off under -icount …,sleep=off:
        # after the order it waits in wfi for an interrupt that is pending, so QEMU's main loop never has its turn.
        goes_on = images.has_neighbours if side == "guest" else workloads.is_linux(experiment)
        last = workloads.last_words(experiment, side) if goes_on else None
        fault = run_qemu(before + qemu_command(experiment, images, side), follower, experiment.limit, last)
    run.seconds = time.monotonic() - follower.start
    text = run.log.read_text(encoding="utf-8", errors="replace")
    faults = [f for f in (fault, console.read(run, text, experiment, images)) if f]
    if faults:
        fail(run, faults)
    if follower.seen is not None and experiment.mode == "realtime":
        run.figures["boot"] = Figure(round(follower.seen, 3), "s")
    return run
