"""The hypervisor's struct vm and struct vcpu, read from host memory."""
import gdb

from . import target


def vm_count():
    """How many are described."""
    if not target.has_symbol("vms"):
        raise gdb.GdbError("no VMs: this app is not linked with axvm")
    return int(target.value("vm_count"))


def vm(index):
    """A struct vm; in host_memory()."""
    count = vm_count()
    if not 0 <= index < count:
        raise gdb.GdbError(f"VM {index}: there are {count}; expected a number below that")
    machine = gdb.parse_and_eval(f"vms[{index}]")
    if int(machine) == 0:
        raise gdb.GdbError(f"VM {index}: is not made; expected one of: "
                           + " ".join(str(i) for i in made()))
    return machine.dereference()


def made():
    """The numbers of the VMs that are made. In host_memory()."""
    return [i for i in range(vm_count()) if int(gdb.parse_and_eval(f"vms[{i}]")) != 0]


def index_of(word):
    """The number of a VM that is given by its name, or by its number. In host_memory()."""
    names = {name_of(vm(i)): i for i in made()}
    if word in names:
        return names[word]
    try:
        return int(gdb.parse_and_eval(word))
    except gdb.error:
        raise gdb.GdbError(f"VM {word}: expected a number or one of: {' '.join(names)}") from None


def vcpus(machine):
    return [machine["vcpus"][i] for i in range(int(machine["config"]["cpus"]))]


def name_of(machine):
    return target.text(machine["config"]["name"])


def name_of_vcpu(address):
    """`VM.number` of the struct vcpu at an address; None if there is none. In host_memory()."""
    if address == 0 or not target.has_symbol("vms"):
        return None
    for i in made():
        machine = vm(i)
        for vcpu in vcpus(machine):
            if int(vcpu.address) == address:
                return f"{i}.{int(vcpu['id'])} ({name_of(machine)})"
    return None


def enum_name(value, enum, prefix):
    return str(gdb.Value(int(value)).cast(gdb.lookup_type(f"enum {enum}"))).replace(prefix, "")


def is_attached(vcpu):
    """Its hart's VS CSRs are this vCPU's."""
    return int(vcpu["hart"]["vcpu"]) == int(vcpu.address)
