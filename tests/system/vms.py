"""VM descriptions, written as a user writes them."""
from building import ROOT, WORK

LINUX = {"kernel": "cache:guests/linux/Image", "ramdisk": '"cache:guests/linux/initrd.cpio.gz"',
         "bootargs": '"console=ttyS0"'}


def vm(harts, /, *, kernel=None, memory="<0x0 0x10000000>", **more):
    """The properties of a VM as {name: value in device-tree source}; None leaves one out, True
    stands for one without a value."""
    properties = {"cpus": f"<{len(harts.split())}>", "harts": f"<{harts}>", "memory": memory,
                  "kernel": None if kernel is None else f'"{kernel}"', **more}
    return {name: value for name, value in properties.items() if value is not None}


def linux(harts, /, **more):
    return vm(harts, **{"memory": "<0x0 0x20000000>", **LINUX, **more})


def render(properties):
    return " ".join(f"{name};" if value is True else f"{name} = {value};"
                    for name, value in properties.items())


def write(name, text):
    """A file of a test. Returns its path below the root, as make and messages have it."""
    path = WORK / "vms" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path.relative_to(ROOT))


def describe(name, **nodes):
    """A description with a node for each VM. Returns its path below the root."""
    body = "\n".join(f"    {node} {{ {render(vm)} }};" for node, vm in nodes.items())
    return write(f"{name}.dts", f'/dts-v1/;\n/ {{ compatible = "stillhart,vms";\n{body}\n}};\n')
