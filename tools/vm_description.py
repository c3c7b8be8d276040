"""What a VM description says, for tools that run the same guest without the hypervisor."""
import struct
import subprocess
from typing import NamedTuple

import libfdt

QUIET = (libfdt.NOTFOUND,)


class Vm(NamedTuple):
    """A VM; `kernel` and `ramdisk` are names as the description has them, "" if there is none."""
    name: str
    cpus: int
    harts: tuple
    memory: int  # bytes
    kernel: str
    ramdisk: str
    bootargs: str


def _text(tree, node, name):
    value = tree.getprop(node, name, QUIET)
    return "" if isinstance(value, int) else value.as_str()


def _numbers(tree, node, name):
    value = tree.getprop(node, name, QUIET)
    return () if isinstance(value, int) else struct.unpack(f">{len(value) // 4}I", value)


def _vm(tree, node):
    memory = _numbers(tree, node, "memory")
    return Vm(tree.get_name(node), (_numbers(tree, node, "cpus") or (0,))[0],
              _numbers(tree, node, "harts"), (memory[0] << 32 | memory[1]) if len(memory) == 2 else 0,
              _text(tree, node, "kernel"), _text(tree, node, "ramdisk"), _text(tree, node, "bootargs"))


def read(path):
    """The VMs of a description in their order. CalledProcessError: dtc refuses it, and says why."""
    blob = subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "--", str(path)], check=True,
                          stdout=subprocess.PIPE).stdout
    tree, found = libfdt.Fdt(blob), []
    node = tree.first_subnode(0, QUIET)
    while node >= 0:
        if not _text(tree, node, "compatible"):  # else it is no VM
            found.append(_vm(tree, node))
        node = tree.next_subnode(node, QUIET)
    return found
