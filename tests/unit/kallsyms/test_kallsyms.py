"""tools/kallsyms: the symbols of an Image, of one that is made here and of Debian's own."""
import os
import pathlib
import struct
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "stillhart"
BASE = 0xFFFFFFFF80000000


def aligned(data):
    return data + bytes(-len(data) % 8)


def image(symbols, base):
    """A kernel with these (offset, type and name); a token stands for itself but for one, which is `sched`."""
    def name(text):
        tokens = text.replace("sched", "\x01").encode()
        length = len(tokens)
        return (bytes([length]) if length < 128 else bytes([length & 127 | 128, length >> 7])) + tokens
    tokens = [bytes([n]) if n > 1 else b"sched" * n for n in range(256)]
    table = b"".join(token + b"\0" for token in tokens)
    starts = [sum(len(token) + 1 for token in tokens[:n]) for n in range(256)]
    names = [name(text) for _, text in symbols]
    ends = [sum(map(len, names[:n])) for n in range(0, len(names), 256)]
    parts = [struct.pack("<I", len(symbols)), b"".join(names), struct.pack(f"<{len(ends)}I", *ends), table,
             struct.pack("<256H", *starts), struct.pack(f"<{len(symbols)}I", *(offset for offset, _ in symbols)),
             struct.pack("<Q", base)]
    return bytes(56) + b"RSC\x05" + bytes(4) + os.urandom(4096) + b"".join(map(aligned, parts)) + bytes(64)


def run(tmp_path, data):
    (tmp_path / "Image").write_bytes(data)
    return subprocess.run([ROOT / "tools/kallsyms", tmp_path / "Image", tmp_path / "out.elf"], capture_output=True,
                          text=True, check=False)


@pytest.mark.parametrize("count", [3, 256, 257, 700])
@pytest.mark.parametrize("base", [BASE, 0], ids=["base", "relocatable"])
def test_symbols(tmp_path, count, base):
    symbols = [(0, "T_start"), (16, "tschedule" + "_long" * 40)]
    symbols += [(32 + 8 * n, f"{'Dt'[n % 2]}sched_{n}") for n in range(count - 2)]
    done = run(tmp_path, image(symbols, base))
    assert (done.returncode, done.stderr) == (0, "")
    listed = subprocess.run(["riscv64-unknown-elf-nm", "-n", tmp_path / "out.elf"], check=True, capture_output=True,
                            text=True).stdout.split("\n")[:-1]
    assert [line.split()[::2] for line in listed] == [[f"{BASE + offset:x}", text[1:]] for offset, text in symbols]


def test_debians_linux(tmp_path):
    """The program counter starts at its first symbol, and the trap vector is where stvec leads to."""
    done = subprocess.run([ROOT / "tools/kallsyms", CACHE / "guests/linux/Image", tmp_path / "out.elf"], check=True,
                          capture_output=True, text=True)
    assert f"from {BASE:#x}" in done.stdout
    found = subprocess.run(["riscv64-unknown-elf-nm", tmp_path / "out.elf"], check=True, capture_output=True,
                           text=True).stdout
    for name in ("_start", "start_kernel", "smp_callin", "handle_exception", "schedule"):
        assert f" T {name}\n" in found or f" t {name}\n" in found
    assert found.count("\n") > 50000


@pytest.mark.parametrize("data, message", [
    (b"", "no Image of Linux for riscv64: expected one, unpacked"),
    (bytes(56) + b"RSC\x05" + bytes(5000), "has no table of symbols: expected a kernel with CONFIG_KALLSYMS")])
def test_mistakes(tmp_path, data, message):
    done = run(tmp_path, data)
    assert (done.returncode, done.stderr) == (1, f"kallsyms: {tmp_path}/Image: {message}\n")


def test_damage_is_no_traceback(tmp_path):
    whole = image([(8 * n, f"Tsched_{n}") for n in range(600)], BASE)
    for at in range(4200, len(whole), 97):
        done = run(tmp_path, whole[:at])
        assert done.returncode in (0, 1) and "Traceback" not in done.stderr, at
