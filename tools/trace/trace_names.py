"""The names that a dump uses, in the order of their numbers in the hypervisor.

tests/trace/test_names.py holds them against modules/axtrace/include/axtrace, which defines them.
"""

COLUMNS = (
    "guest", "idle", "stopped", "descheduled", "wait.hart", "wait.lock", "host.interrupt",
    "host.request", "host.console", "gstage.fault", "virtual.instruction", "wfi", "injected",
    "unexpected", "mmio.uart", "mmio.plic", "mmio.aplic", "mmio.rtc", "mmio.test", "mmio.other",
    "sbi.base", "sbi.time", "sbi.ipi", "sbi.rfence.i", "sbi.rfence.vma", "sbi.rfence.other",
    "sbi.hsm.start", "sbi.hsm.stop", "sbi.hsm.status", "sbi.hsm.suspend", "sbi.srst", "sbi.susp",
    "sbi.dbcn.write", "sbi.dbcn.read", "sbi.dbcn.byte", "sbi.pmu", "sbi.sta", "sbi.fwft",
    "sbi.legacy", "sbi.other",
)

# What is not taken from the guest: it runs, or has asked for nothing to run.
OWN_COLUMNS = ("guest", "idle", "stopped")

# Each event, and what its words a and b mean.
EVENTS = {
    "boot": ("step", "hart id"),
    "exit": ("guest pc", "scause"),
    "entry": ("column", "ticks in it"),
    "inject": ("scause", "stval"),
    "sbi": ("extension << 32 | function", "a0"),
    "ipi-sent": ("hart index", "requests"),
    "ipi-received": ("requests", "0"),
    "mailbox": ("function", "argument"),
    "wfi": ("ticks slept", "0"),
    "timer-armed": ("deadline", "0"),
    "timer-fired": ("deadline", "ticks late"),
    "late": ("deadline", "ticks late << 16 | blame << 8 | column"),
    "state": ("old HSM state", "new HSM state"),
    "vm": ("enum trace_vm", "VM index"),
}

BLAMES = ("masked by the guest", "exit in progress", "another vCPU", "lock",
          "waiting for another hart", "firmware or emulator")

# enum trace_vm
VM_EVENTS = ("created", "started", "ended", "paused", "resumed", "reset")

# SBI 2.0 table 9.1 (lib/sbi.h: SBI_HSM_STARTED …)
HSM_STATES = ("started", "stopped", "start-pending", "stop-pending", "suspended",
              "suspend-pending", "resume-pending")

MODES = ("off", "overwrite", "stop")


def name_of(names, number):
    """The name with this number; of one that has none, the number itself."""
    return names[number] if number < len(names) else str(number)
