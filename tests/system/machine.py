"""QEMU's machine, changed: its device tree, and what runs before the host."""
import re
import subprocess

from building import ROOT, WORK

CROSS = "riscv64-unknown-elf-"
LOADERS = ROOT / "tests/system/loader"


def run(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True,
                          text=True, timeout=60).stdout


def with_options(built, **options):
    """The command line of a built app, with QEMU's options (such as append=…) added or replaced."""
    return with_command(built.command, **options)


def with_command(command, **options):
    """The same for a command line."""
    command = list(command)
    for name, value in options.items():
        if f"-{name}" in command:
            at = command.index(f"-{name}")
            del command[at:at + 2]
        command += [f"-{name}", str(value)]
    return command


def without_option(built, name):
    command = list(built.command)
    at = command.index(f"-{name}")
    del command[at:at + 2]
    return command


def dump_tree(built, name):
    """The device tree that QEMU makes for this machine, as a file. Returns its path."""
    path = WORK / f"{name}.dtb"
    WORK.mkdir(parents=True, exist_ok=True)
    run(*with_options(built, machine=f"dumpdtb={path}"))
    return path


def edit_tree(tree, change):
    """Replaces a tree by what `change` makes of its source."""
    source = run("dtc", "-q", "-I", "dtb", "-O", "dts", tree)
    subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", str(tree)], input=change(source),
                   check=True, text=True, timeout=60)


def disable_hart(tree, hart):
    run("fdtput", "-t", "s", tree, f"/cpus/cpu@{hart:x}", "status", "disabled")


def add_device(tree, address):
    """A node of a device that nothing drives, on the SoC's bus."""
    node = f"/soc/nothing@{address:x}"
    run("fdtput", "-c", tree, node)
    run("fdtput", "-t", "x", tree, node, "reg", f"{address >> 32:x}", f"{address & 0xffffffff:x}", "0", "1000")


def add_hart(tree, hart):
    """A hart that the machine does not have: a copy of hart 0's node with another id."""
    def change(source):
        node = re.search(r"\t\tcpu@0 \{\n.*?\n\t\t\};\n", source, re.S)[0]
        copy = re.sub(r"cpu@0|reg = <0x00>", lambda m: f"cpu@{hart:x}" if m[0][0] == "c"
                      else f"reg = <{hart:#x}>", node)
        copy = re.sub(r"phandle = <(\w+)>", lambda m: f"phandle = <{int(m[1], 16) + 0x1000:#x}>", copy)
        return source.replace(node, node + copy)

    edit_tree(tree, change)


def after_loader(built, name, place=0x80200000, **values):
    """The command line by which loader/NAME.S runs first, with these values, and then the app at `place`."""
    words = "-".join(f"{value:x}" for value in (place, *values.values()))
    loader = WORK / f"{name}-{words}.elf"
    defines = [f"-D{key}={value}" for key, value in {"PLACE": place, **values}.items()]
    run(CROSS + "gcc", "-nostdlib", *defines, "-T", LOADERS / "link.ld",
        "-Wl,--build-id=none", "-o", loader, LOADERS / f"{name}.S")
    return with_options(built, kernel=loader,
                        device=f"loader,file={built.bin},addr={place:#x},force-raw=on")
