"""harts, vms and vcpu: what the machine is doing; and a line at each stop in a guest."""
import re

import gdb

from . import harts, target, vms

REGISTERS = ("ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 "
             "a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6").split()
# VS CSRs without their `v`: while V=1 the hart itself has them under these names (Priv 1.13 §18.2.13).
CSRS = "sstatus sie stvec sscratch sepc scause stval sip satp".split()


def vcpu_of(hart):
    """The vCPU attached to a hart, as `VM.VCPU (name)`; None if there is none."""
    with target.host_memory():
        host = harts.structure(hart.id)
        return vms.name_of_vcpu(int(host["vcpu"])) if host is not None else None


class HartsCommand(gdb.Command):
    """harts: each hart's thread, mode (M, HS, U; in a guest VS, VU), pc and vCPU."""

    def __init__(self):
        super().__init__("harts", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        for hart in harts.all_harts():
            vcpu = vcpu_of(hart)
            print(f"hart {hart.id}  thread {hart.thread.num}  {hart.mode:2}  {hart.place()}"
                  + (f"  vCPU {vcpu}" if vcpu else ""))


def is_in_guest(vcpu, hart):
    return hart.in_guest and vms.is_attached(vcpu)


def hsm_state(vcpu):
    """As the hypervisor's console has it: off its hart it executes nothing."""
    return vms.enum_name(vcpu["hsm_state"], "sbi_hsm_state", "SBI_HSM_") if vms.is_attached(vcpu) else "STOPPED"


def describe_vcpu(vcpu, by_id):
    hart = by_id[int(vcpu["hart"]["id"])]
    where = f"in {hart.mode}-mode at" if is_in_guest(vcpu, hart) else "not in its guest; the host is at"
    line = f"  vCPU {int(vcpu['id'])}  hart {hart.id}  {hsm_state(vcpu)}  {int(vcpu['exits'])} exits"
    requests = int(vcpu["requests"])
    if requests != 0:
        line += "  requests " + vms.enum_name(requests, "vcpu_request", "VCPU_REQ_")
    return f"{line}  {where} {hart.place()}"


def state_of_vm(machine):
    life = vms.enum_name(machine["life"], "vm_life", "VM_")
    end = vms.enum_name(machine["end"], "vm_end", "VM_")
    if life in ("CREATED", "WIPES"):
        return {"CREATED": "created", "WIPES": "wiping"}[life]
    if life == "ENDED":
        return f"ended: {end}"
    return {"RUNS": "running", "STARTS": "starting"}.get(end, f"ending: {end}")


def describe_vm(index, machine):
    memory, config = machine["memory"], machine["config"]
    return (f"VM {index} {vms.name_of(machine)}: {state_of_vm(machine)}, "
            f"{int(config['cpus'])} vCPUs, {int(config['memory']) >> 20} MiB "
            f"at hpa {int(machine['ram']['a']):#x}, "
            f"{vms.enum_name(memory['mode'], 'gstage_mode', 'GSTAGE_').capitalize()}, "
            f"VMID {int(memory['vmid'])}")


class VmsCommand(gdb.Command):
    """vms: each VM and its vCPUs: state, hart, exits, pending requests, and where it is."""

    def __init__(self):
        super().__init__("vms", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        by_id = {hart.id: hart for hart in harts.all_harts()}
        with target.host_memory():
            made = vms.made()
            if not made:
                print("no VMs yet")
            for i in made:
                machine = vms.vm(i)
                print(describe_vm(i, machine))
                for vcpu in vms.vcpus(machine):
                    print(describe_vcpu(vcpu, by_id))


def parse_name(argument):
    """The words VM and VCPU of VM[.VCPU]: a name may have dots of its own, so a number ends it."""
    found = re.fullmatch(r"(\S+?)(?:\.(\d+))?", argument.strip())
    if found is None:
        raise gdb.GdbError(f"vcpu: got: {argument}; expected VM or VM.VCPU, such as 0.1 (vms lists them)")
    return found[1], int(found[2] or 0)


def live_registers(hart):
    with target.selected(hart.thread):
        return [target.unsigned(f"${name}") for name in ["pc"] + REGISTERS]


def live_csrs(hart):
    """While the host runs, the guest's CSRs are those with the v; in the guest those without."""
    prefix = "" if hart.in_guest else "v"
    with target.selected(hart.thread):
        return {f"v{name}": target.unsigned(f"${prefix}{name}") for name in CSRS}


def print_table(pairs):
    cells = [f"{name:9} {value:#018x}" for name, value in pairs]
    for i in range(0, len(cells), 3):
        print("  " + "   ".join(cells[i:i + 3]))


class VcpuCommand(gdb.Command):
    """vcpu VM[.VCPU]: a vCPU's registers: live ones while it is in its guest, else those that its
    exit saved. VS CSRs are shown while the vCPU is attached to its hart. VM is a name or a number."""

    def __init__(self):
        super().__init__("vcpu", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        vm_word, index = parse_name(argument)
        by_id = {hart.id: hart for hart in harts.all_harts()}
        with target.host_memory():
            machine = vms.vm(vms.index_of(vm_word))
            if not index < int(machine["config"]["cpus"]):
                raise gdb.GdbError(f"vCPU {vm_word}.{index}: the VM has "
                                   f"{int(machine['config']['cpus'])}; expected a number below that")
            vcpu = machine["vcpus"][index]
            print(describe_vcpu(vcpu, by_id).strip())
            hart = by_id[int(vcpu["hart"]["id"])]
            live = is_in_guest(vcpu, hart)
            attached = vms.is_attached(vcpu)
            saved = [int(vcpu["sepc"])] + [int(vcpu["x"][i]) for i in range(1, 32)]
        registers = live_registers(hart) if live else saved
        print("registers:" if live else "registers that its exits saved (pc, gp and s0 to s11: the last "
              "one that took the slow path):")
        print_table(zip(["pc"] + REGISTERS, registers))
        if attached:
            print("CSRs:")
            print_table(live_csrs(hart).items())


def announce(event):
    """At a stop in a guest: which one, and where by its own symbols."""
    if not target.has_symbol("vms") or not target.in_guest():
        return
    hart = harts.Hart(gdb.selected_thread())
    print(f"In the guest of vCPU {vcpu_of(hart)}, {hart.mode}-mode, at {hart.place()}")


HartsCommand()
VmsCommand()
VcpuCommand()
gdb.events.stop.connect(announce)
