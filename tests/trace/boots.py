"""Dumps of boots: the host's steps, and a guest that starts its harts one after the other."""
import random

import sample
from trace_model import Dump, Event, Hart, Ring, Vcpu
from trace_names import COLUMNS, STEPS

CREATED, VM_STARTED = 0, 1


class Boot:
    """Harts with the ids of `ids`, each with a vCPU of one VM. What a step takes is by chance.

    `states`: the vCPUs' states are recorded, and IPIs; without, pieces alone tell of a start.
    """

    def __init__(self, ids, seed, states=True):
        self.states = states
        self.random = random.Random(seed)
        self.dump = Dump(10_000_000, 0, len(ids), len(ids), 1)
        self.now = [1000] * len(ids)
        for index, hart_id in enumerate(ids):
            self.dump.harts[index] = Hart(index, hart_id)
            self.dump.rings[index] = Ring(index, "stop", 0, 0)
            self.dump.vcpus[0, index] = Vcpu(0, index, "linux", index, 0, 0, 0)
        self.boot_host(ids)
        self.boot_guest(len(ids))

    def note(self, hart, name, a, b, vcpu=None):
        self.now[hart] += self.random.randrange(1, 100_000)
        vm = None if vcpu is None else 0
        self.dump.rings[hart].events.append(Event(hart, self.now[hart], name, vm, vcpu, a, b))

    def step(self, hart, name):
        self.note(hart, "boot", STEPS.index(name), self.dump.harts[hart].id)

    def boot_host(self, ids):
        for name in ("primary_entry", "runtime_main", "start_secondary_cpus"):
            self.step(0, name)
        for hart in range(1, len(ids)):
            self.now[hart] = self.now[0]
            self.step(hart, "hart_start")
            self.now[0] = self.now[hart] + 1  # when the call returns
            self.step(hart, "secondary_entry")
            self.step(hart, "runtime_main_secondary")
        self.step(0, "main")
        self.note(0, "vm", CREATED, 0)
        self.note(0, "vm", VM_STARTED, 0)

    def piece(self, hart, column):
        self.note(hart, "piece", COLUMNS.index(column), 5, vcpu=hart)

    def state(self, hart, vcpu, old, new):
        if self.states:
            self.note(hart, "state", old, new, vcpu=vcpu)

    def boot_guest(self, count):
        self.state(0, 0, sample.START_PENDING, sample.STARTED)
        self.piece(0, "stopped")
        self.piece(0, "host.request")
        for vcpu in range(1, count):
            self.piece(0, "guest")
            self.note(0, "ipi-sent", vcpu, 1)  # not of a start
            self.piece(0, "sbi.rfence.i")
            self.piece(0, "guest")
            self.note(0, "exit", 0xFFFFFFFF80001234, sample.CAUSE_ECALL, vcpu=0)
            self.note(0, "sbi", sample.HSM << 32, vcpu, vcpu=0)
            self.state(0, vcpu, sample.STOPPED, sample.START_PENDING)
            if self.states:
                self.note(0, "ipi-sent", vcpu, 2)
            self.now[vcpu] = self.now[0]
            self.piece(0, "sbi.hsm.start")
            self.piece(vcpu, "stopped")
            self.state(vcpu, vcpu, sample.START_PENDING, sample.STARTED)
            self.piece(vcpu, "host.request")
            if not self.states:  # else it stays in the guest from here on
                self.piece(vcpu, "guest")
                self.piece(vcpu, "stopped")  # at the VM's end
        self.piece(0, "guest")
