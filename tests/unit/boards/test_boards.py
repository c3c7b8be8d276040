"""What the host's own code finds in the trees of real boards is what stands there."""
import functools
import pathlib
import re
import subprocess
import sys

import pytest

import flat_tree

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/system"))
import building  # noqa: E402

CACHE = pathlib.Path(subprocess.run([ROOT / "scripts/setup/setup", "where"], check=True, capture_output=True,
                                    text=True).stdout.strip())
BOARDS = sorted((CACHE / "boards").glob("*.dtb"))
UARTS = {"ns16550a": 8, "ns16550": 8, "snps,dw-apb-uart": 32, "intel,xscale-uart": 8, "sifive,uart0": 7}
FIRST_NAME = {"ns16550": "ns16550a"}  # of the driver
PLICS = {"sifive,plic-1.0.0", "riscv,plic0", "thead,c900-plic", "andestech,nceplic100"}
SUPERVISOR_EXTERNAL = 9


@functools.lru_cache(maxsize=None)
def program():
    building.make("-s", f"{building.BUILD}/unit/read-board/test")
    return ROOT / building.BUILD / "unit/read-board/test"


def found(board, boot_hart):
    """{what: [words …]} of the host's code."""
    result = subprocess.run([program(), board, str(boot_hart)], check=False, capture_output=True, text=True,
                            timeout=60)
    assert result.returncode == 0, result.stdout + result.stderr
    facts = {}
    for line in result.stdout.splitlines():
        what, _, words = line.partition(" ")
        facts.setdefault(what, []).append(words)
    return facts


def hexes(ranges):
    return [f"{base:#x} {size:#x}" for base, size in ranges]


def joined(ranges):
    result = []
    for base, size in sorted(r for r in ranges if r[1] > 0):
        if result and base <= sum(result[-1]):
            start = result[-1][0]
            result[-1] = (start, max(sum(result[-1]), base + size) - start)
        else:
            result.append((base, size))
    return result


def inside(ranges, memory):
    return joined((max(base, m), min(base + size, m + length) - max(base, m))
                  for base, size in ranges for m, length in memory
                  if max(base, m) < min(base + size, m + length))


def harts(root):
    return [n for n in root.child("cpus").children if n.texts("device_type") == ["cpu"]]


def letters(cpu):
    if "riscv,isa-extensions" in cpu.properties:
        return {name for name in cpu.texts("riscv,isa-extensions") if len(name) == 1}
    return set(re.match(r"rv64([a-z]*)", cpu.texts("riscv,isa")[0])[1])


def console(root):
    """The node that stdout-path names, or None."""
    path = (root.child("chosen").texts("stdout-path") if root.child("chosen") else []) or [""]
    path = path[0].split(":")[0]
    if path and not path.startswith("/"):
        path = (root.child("aliases").texts(path) or [""])[0]
    return root.child(path) if path else None


def parent_phandle(node):
    while node is not None and "interrupt-parent" not in node.properties:
        node = node.parent
    return node.cell("interrupt-parent", 0) if node is not None else 0


def wire(node):
    if "interrupts-extended" in node.properties:
        return node.cells("interrupts-extended")[:2]
    return parent_phandle(node), node.cell("interrupts", 0)


def kind(node, known):
    return next((text for text in node.texts("compatible") if text in known), None)


def uart_of(root):
    """The host's line about the console's UART."""
    node = console(root)
    if node is None:
        return None
    compatible = kind(node, UARTS)
    if compatible is None or not node.enabled():
        return f"none {node.texts('compatible')[0]}"
    (base, size), shift = node.registers()[0], node.cell("reg-shift", 0)
    width = node.cell("reg-io-width", 1) if compatible != "sifive,uart0" else 0
    offset = node.cell("reg-offset", 0)
    base, size = base + offset, size - offset
    assert size >= UARTS[compatible] << shift
    return f"{FIRST_NAME.get(compatible, compatible)} {base:#x} {size:#x} {shift} {width} {' '.join(map(str, wire(node)))}"


def serves_supervisor(node):
    return SUPERVISOR_EXTERNAL in node.cells("interrupts-extended")[1::2]


def controllers_of(root):
    """The host's lines about the interrupt controller."""
    nodes = [n for n in root if n.enabled() and n.registers()]
    imsics = [n for n in nodes if kind(n, {"riscv,imsics"}) and serves_supervisor(n)]
    for aplic in nodes:
        if imsics and kind(aplic, {"riscv,aplic"}) and aplic.cell("msi-parent", 0) == imsics[0].cell("phandle", 1):
            base, size = aplic.registers()[0]
            ids = imsics[0].cell("riscv,num-ids", 0)
            return {"aplic": [f"{base:#x} {size:#x} {aplic.cell('riscv,num-sources', 0)}"],
                    "imsic": [f"{ids} {imsics[0].cell('riscv,num-guest-ids', ids)} "
                              f"{imsics[0].cell('riscv,guest-index-bits', 0)}"],
                    "imsic-reg": hexes(imsics[0].registers())}
    plics = [n for n in nodes if kind(n, PLICS) and serves_supervisor(n)]
    if not plics:
        return {}
    base, size = plics[0].registers()[0]
    return {"plic": [f"{base:#x} {size:#x} {plics[0].cell('riscv,ndev', 0)} "
                     f"{len(plics[0].cells('interrupts-extended')) // 2}"]}


def test_there_are_boards():
    assert len(BOARDS) >= 30, "scripts/setup/setup boards"


@pytest.mark.parametrize("board", BOARDS, ids=lambda path: path.stem)
def test_board(board):
    root, listed = flat_tree.read(board.read_bytes())
    boot = next(n for n in harts(root) if n.enabled())
    boot_hart = boot.reg()[0][0]
    facts = found(board, boot_hart)
    memory = joined(r for n in root.children if n.texts("device_type") == ["memory"] and n.enabled() for r in n.reg())
    reserved = [r for n in (root.child("reserved-memory") or boot).children if n.enabled() for r in n.reg()] \
        if root.child("reserved-memory") else []
    timebase = root.child("cpus").cell("timebase-frequency", boot.cell("timebase-frequency", 0))
    assert facts.get("memory", []) == hexes(memory)
    assert facts.get("reserved", []) == hexes(inside(reserved + listed, memory))
    assert facts["timebase"] == [str(timebase)]
    assert facts["hart"] == [f"{n.reg()[0][0]} {'okay' if n.enabled() else 'disabled'}" for n in harts(root)]
    assert facts["mmu"] == (boot.texts("mmu-type") or ["none"])
    assert set(facts["extension"]) == letters(boot)
    assert {what: facts[what] for what in ("plic", "aplic", "imsic", "imsic-reg") if what in facts} \
        == controllers_of(root)
    if uart_of(root) is not None:
        assert facts["uart"] == [uart_of(root)]
    assert int(facts["end"][0], 16) >= max((base + size for n in root for base, size in n.registers()), default=0)
    # What a board lacks is named, and nothing else is missing.
    assert ("missing" in facts) == (not memory or not timebase), facts.get("missing")
