"""What a QEMU under -icount needs of the build machine, so that each run is the same."""
import os
import subprocess


def one_processor(debugged=False):
    """The words before QEMU's under icount. While all harts are in wfi its main loop moves the clock, and must
    not do so beside a hart that just went there: so both threads are on one processor, and none takes it from the
    other (sched(7)). Without the right to SCHED_FIFO, and for a debugger, which speaks with the main loop while the
    harts run, the next best is no preemption at a wake-up."""
    may = not debugged and subprocess.run(["chrt", "-f", "1", "true"], stderr=subprocess.DEVNULL,
                                          check=False).returncode == 0
    processors = sorted(os.sched_getaffinity(0))
    one = processors[os.getpid() % len(processors)]  # another one for what is measured beside
    return ["taskset", "-c", str(one), "chrt", *(("-f", "1") if may else ("-b", "0"))]
