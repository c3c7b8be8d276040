"""What an experiment runs: the hypervisor with a bundle, and the same guest for the bare machine.

All of it is copied to the run's folder `images`, so that a replay, or a board, has the very bytes.
"""
import os
import pathlib
import shutil
import subprocess
import sys

from lab.experiment import ROOT, Mistake
from lab import workloads
import vm_description

sys.path.insert(0, str(ROOT / "scripts" / "setup"))
import mkcpio  # noqa: E402

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "stillhart"
OUTPUT = ROOT / os.environ.get("BUILD", "build")
BUILD = OUTPUT / "riscv64" / "release"
CHECKER = OUTPUT / "check" / "check"
QEMU = CACHE / "bin" / "qemu-system-riscv64"
STRESS_NG = CACHE / "guests/linux/stress-ng.cpio.gz"
PINNED = "cryptomgr.notests"
MAKES_OWN = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")


class Images:
    """The files of an experiment, and the VM that is measured."""

    def __init__(self, folder, vms, place, smp):
        self.folder, self.vm, self.smp = folder, vms[place], smp
        self.is_first, self.has_neighbours = place == 0, len(vms) > 1
        self.hypervisor, self.bundle = folder / "hv.bin", folder / "vms.cpio"
        self.symbols = folder / "hv.elf"
        self.kernel = folder / "kernel"
        self.ramdisk = folder / "ramdisk" if self.vm.ramdisk else None


def make(**parameters):
    """Builds; all parameters are given, so none of the make that called the lab comes through."""
    given = {"ARCH": "riscv64", "MODE": "release", "SMP": 2, "LOG": "warn", "LEDGER": "y", **parameters}
    environment = {k: v for k, v in os.environ.items() if k not in (*MAKES_OWN, *given)}
    words = [f"{name}={value}" for name, value in given.items()]
    done = subprocess.run(["make", "--no-print-directory", "-j2", *words, "build", CHECKER.relative_to(ROOT)], cwd=ROOT, check=False,
                          env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise Mistake(f"make {' '.join(words)} build:\n{done.stdout}")


def locate(name, description):
    """The file that an image's name means, as docs/vms.md has it."""
    kind, colon, rest = name.partition(":")
    if colon and kind in ("cache", "build"):
        return {"cache": CACHE, "build": BUILD}[kind] / rest
    return (description.parent / name).resolve()


def measured(experiment):
    """The VMs of the description, and the place of the one that is measured."""
    path = ROOT / experiment.vms
    try:
        vms = vm_description.read(path)
    except subprocess.CalledProcessError:
        raise Mistake(f"{experiment.path}: vms = {experiment.vms!r}: dtc does not compile it") from None
    found = [vm.name for vm in vms]
    if not vms or experiment.vm and experiment.vm not in found:
        raise Mistake(f"{experiment.path}: vm = {experiment.vm!r}: {experiment.vms} has no such VM; "
                      f"expected one of: {' '.join(found)}")
    return vms, found.index(experiment.vm) if experiment.vm else 0


def _overlay(experiment, vm, is_measured, description, ramdisk):
    """What a VM's node gets beside what the description says."""
    lines = ["report;"] if is_measured else []
    if experiment.mode == "icount":
        lines.append("seed = <1>;")
    if is_measured and experiment.without:
        lines.append("without = " + ", ".join(f'"{name}"' for name in experiment.without) + ";")
    for name in ("kernel", "ramdisk"):
        value = getattr(vm, name)
        if value and ":" not in value:  # a file beside the description, and the overlay lies elsewhere
            lines.append(f'{name} = "{locate(value, description)}";')
    if is_measured and ramdisk:
        lines.append('ramdisk = "ramdisk";')
    if is_measured and experiment.harts:
        lines.append(f"harts = <{' '.join(map(str, experiment.harts))}>;")
    if is_measured and bootargs(experiment, vm):
        lines.append(f'bootargs = "{bootargs(experiment, vm)}";')
    return f"    {vm.name} {{ {' '.join(lines)} }};"


def bootargs(experiment, vm):
    """The guest's command line. Under icount Linux' self-tests are off: they take random input."""
    pinned = PINNED if experiment.mode == "icount" and workloads.is_linux(experiment) else ""
    return " ".join(words for words in (vm.bootargs, experiment.bootargs, pinned) if words)


def describe(experiment, vms, place, ramdisk):
    """The description that is run: the experiment's, and what the experiment sets over it."""
    description = (ROOT / experiment.vms).resolve()
    root = [f'    trace = "{experiment.trace}";'] if experiment.trace else []
    nodes = [_overlay(experiment, vm, i == place, description, ramdisk) for i, vm in enumerate(vms)]
    return "\n".join([f"/* {experiment.vms}, as the experiment {experiment.name} runs it. */", "/dts-v1/;",
                      f'/include/ "{description}"', "/ {", *root, *nodes, "};", ""])


def _linux_ramdisk(archives, script, target):
    """The guest's ramdisk with the workload appended: Linux unpacks one archive after the other."""
    whole = b""
    for archive in archives:
        _need_cache(archive)
        packed = archive.read_bytes()
        whole += packed + bytes(-len(packed) % 4)
    parts = [mkcpio.entry(1, name, mode, data.encode()) for name, mode, data in script]
    target.write_bytes(whole + b"".join(parts) + mkcpio.entry(0, "TRAILER!!!", 0))


def _need_cache(path):
    if not path.is_file():
        raise Mistake(f"{path}: no such file; expected it to be there after: make setup")


def prepare(experiment, folder):
    """Builds and collects the images of an experiment in `folder`. Returns Images."""
    folder.mkdir(parents=True, exist_ok=True)
    vms, place = measured(experiment)
    vm, description = vms[place], ROOT / experiment.vms
    used = [hart for v in vms for hart in v.harts] + list(experiment.harts)
    smp = max(used) + 1
    make(A="apps/hv", HV="y", SMP=smp, LOG=experiment.log, LEDGER=experiment.ledger, VMS=experiment.vms)
    images = Images(folder, vms, place, smp)
    for name in ("hv.bin", "hv.elf"):
        shutil.copyfile(BUILD / "hv" / name, folder / name)
    kernel = locate(vm.kernel, description)
    _need_cache(kernel)
    shutil.copyfile(kernel, images.kernel)
    if images.ramdisk:
        archives = [locate(vm.ramdisk, description)]
        if workloads.uses_stress_ng(experiment):
            archives.append(STRESS_NG)
        _linux_ramdisk(archives, workloads.linux_files(experiment), images.ramdisk)
    (folder / "vms.dts").write_text(describe(experiment, vms, place, images.ramdisk), encoding="utf-8")
    # By a relative name: the bundle says where it came from, and must not depend on the folder.
    bundle = subprocess.run([ROOT / "tools" / "bundle", "-o", "vms.cpio", "-b", BUILD, "vms.dts"], cwd=folder,
                            check=False, capture_output=True, text=True)
    if bundle.returncode:
        raise Mistake(bundle.stderr.strip())
    return images
