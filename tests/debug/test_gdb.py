"""gdb on the hypervisor and on its guest: the stops of the boot, the helper commands, the end."""
import os
import re
import shlex
import subprocess

import pexpect
import pytest
from session import BUILD, BUILD_S, ENVIRONMENT, MAKE, ROOT, STEP_S, Session, build, processes_with

HV_ELF = f"{BUILD}/riscv64/debug/hv/hv.elf"
GUEST_ELF = f"{BUILD}/riscv64/release/jitter/jitter.elf"


@pytest.fixture(scope="module", autouse=True)
def built():
    build()


@pytest.fixture
def session():
    s = Session()
    yield s
    s.child.close(force=True)


def test_stops_from_start_to_guest(session):
    assert re.search(r"boot\.S:\d+", session.greeting)
    assert session.number("$pc == &_start") == 1
    first = session.hart()
    session.stop_at("primary_entry")
    session.stop_at("runtime_main")
    session.stop_at("secondary_entry")
    assert session.hart() == 1 - first
    assert "symbols of the guest" in session.run(f"guest-symbols {GUEST_ELF}")
    stop = session.stop_at("bench_calls")
    assert "In the guest of vCPU 0.0 (jitter), VS-mode" in stop
    assert session.number("$priv") == 5


def test_functions_of_debians_linux(tmp_path):
    """By the names that its Image carries: the first function in C, and where its second hart comes in."""
    script = tmp_path / "commands.gdb"
    script.write_text("guest-symbols cache:guests/linux/Image\ntbreak start_kernel\ncontinue\ntbreak smp_callin\n"
                      "continue\nvms\nbacktrace 1\n")
    command = [word for word in MAKE if not word.startswith("VMS=")] + ["VMS=configs/linux.dts"]
    run = debug(*command, "debug", GDB_ARGS=f"-batch -x {script}")
    assert run.returncode == 0, run.stderr
    assert "symbols of the guest: cache:guests/linux/Image" in run.stdout
    assert re.search(r"hit Temporary breakpoint \d+, 0xffffffff\w+ in start_kernel \(\)\n"
                     r"In the guest of vCPU 0\.0 \(linux\), VS-mode", run.stdout)
    assert re.search(r"hit Temporary breakpoint \d+, 0xffffffff\w+ in smp_callin \(\)\n"
                     r"In the guest of vCPU 0\.1 \(linux\), VS-mode", run.stdout)
    build()  # the next tests' VMs


def test_ctrl_c_is_for_gdb_and_quit_ends_all(session):
    assert len(processes_with(session.folder + "/gdb")) > 0
    session.child.sendline("continue")
    session.child.expect("BENCH null_sbi")  # the console's output comes to this terminal
    session.interrupt()
    assert "hart 1" in session.run("harts")
    assert session.quit() == 0
    assert not os.path.exists(session.folder)
    assert processes_with(session.folder) == []


def test_console_from_another_terminal(session):
    """Ctrl-] is the hypervisor's there too; Ctrl-A X leaves, and gdb's session goes on."""
    with pexpect.spawn("scripts/gdb/console", [session.folder + "/console"], cwd=ROOT, encoding="utf-8",
                       codec_errors="replace", timeout=STEP_S) as console:
        console.expect_exact("Console. Ctrl-A X leaves.")
        session.child.sendline("continue")
        console.expect("BENCH null_sbi")
        console.send("\x1d")
        console.expect("hv> ")
        console.send("x vm list\x01\x01\x1b[3~\x1b[3~\r")  # Ctrl-A: to the line's start
        console.expect("jitter +running")
        console.send("\x01x")
        console.expect(pexpect.EOF)
        assert console.wait() == 0
    session.interrupt()
    assert "hart 1" in session.run("harts")


def test_commands_show_the_guest(session):
    assert "no VMs yet" in session.run("vms")
    session.stop_at("vm_start")
    vms = session.run("vms")
    assert re.search(r"VM 0 jitter: created, 2 vCPUs, ", vms)
    assert re.search(r"vCPU 0  hart 0  STOPPED  0 exits  not in its guest; ", vms)
    session.run(f"guest-symbols {GUEST_ELF}")
    session.stop_at("bench_calls")
    vms = session.run("vms")
    assert re.search(r"VM 0 jitter: running, 2 vCPUs, 256 MiB .* Sv39x4, VMID 1$", vms, re.M)
    assert re.search(r"vCPU 0  hart 0  STARTED .* in VS-mode at 0x\w+ <bench_calls", vms)
    assert re.search(r"vCPU 1  hart 1  STOPPED  0 exits  not in its guest; the host is at", vms)
    registers = session.run("vcpu 0.0")
    pc, handler = session.number("$pc"), session.number("&trap_entry")
    assert re.search(rf"pc +{pc:#018x}", registers) and re.search(rf"vstvec +{handler:#018x}", registers)
    harts = session.run("harts")
    assert re.search(r"hart 0  thread 1  VS  .* vCPU 0\.0 \(jitter\)", harts)
    # Its vCPU has not started: the host waits there, or the firmware still runs for the host.
    assert re.search(r"hart 1  thread 2  (HS|M ) ", harts)


def test_registers_that_an_exit_saved(session):
    session.stop_at("handle_ecall")
    ecall = session.number("$sepc")
    registers = session.run(f"vcpu 0.{session.hart()}")
    assert "registers that its exits saved" in registers
    assert re.search(rf"pc +{ecall:#018x}", registers)


def test_csrs_are_unsigned(stopped):
    """A kernel's addresses and an interrupt's cause have bit 63."""
    stopped.run("set $vsscratch = 0xffffffff80a711c0")
    assert re.search(r"vsscratch 0xffffffff80a711c0 ", stopped.run(f"vcpu 0.{stopped.hart()}"))


def own_lines(printed):
    """A command's own, as they begin: what the machine said before it stopped may come now."""
    found = re.findall(r"^(?:  .*|(?:vCPU|level|gpa) .*)$", printed, re.M)
    assert found, printed
    return found


def test_a_vm_goes_by_its_name_too(stopped):
    assert own_lines(stopped.run("vcpu jitter.1")) == own_lines(stopped.run("vcpu 0.1"))
    assert own_lines(stopped.run("gstage jitter 0x80200000")) == own_lines(stopped.run("gstage 0 0x80200000"))


def test_gstage_shows_each_level(session):
    session.stop_at("handle_ecall")
    walk = session.run("gstage 0 0x80201234")
    assert re.search(r"level 2 .* V-{7} .* table", walk)
    leaf = re.search(r"level 1 .* VRWXU-AD  -> (0x\w+)  leaf, 2 MiB", walk)
    assert f"gpa 0x80201234 is hpa {int(leaf[1], 16) + 0x1234:#x}" in walk
    ram = session.number("vms[0]->ram.a")
    assert int(leaf[1], 16) == ram + 0x200000
    assert "is not mapped: the access exits" in session.run("gstage 0 0x10000000")
    assert "more than the 41 bits" in session.run("gstage 0 0x20000000000")


def test_breakpoints_of_host_and_guest_at_one_address(session):
    """The guest lies where the hypervisor does; each one's breakpoints are its own."""
    session.run(f"guest-symbols {GUEST_ELF}")
    session.run("break bench_calls")
    session.run("break runtime_main")
    assert re.search(r"in bench_calls .*\n\s+stop only if \$_in_guest\(\)", session.run("info breakpoints"))
    assert re.search(r"in runtime_main .*\n\s+stop only if !\$_in_guest\(\)", session.run("info breakpoints"))
    assert "runtime_main (" in session.run("continue")
    assert "bench_calls (" in session.run("continue")


@pytest.mark.parametrize("command, message", [
    ("vcpu", "vcpu: got: ; expected VM or VM.VCPU, such as 0.1"),
    ("vcpu 0 1", "vcpu: got: 0 1; expected VM or VM.VCPU, such as 0.1"),
    ("vcpu 1", "VM 1: there are 1; expected a number below that"),
    ("vcpu 0.2", "vCPU 0.2: the VM has 2; expected a number below that"),
    ("vcpu x", "VM x: expected a number or one of: jitter"),
    ("vcpu x.1", "VM x: expected a number or one of: jitter"),
    ("vcpu jitter.2", "vCPU jitter.2: the VM has 2; expected a number below that"),
    ("gstage x 0", "VM x: expected a number or one of: jitter"),
    ("gstage 0 x", "GPA x: No symbol \"x\" in current context; expected a number"),
    ("gstage 0", "gstage: got: 0; expected: VM GPA"),
    ("gstage -1 0", "VM -1: there are 1"),
    ("guest-symbols", "guest-symbols: got: ; expected: FILE [OFFSET]"),
    ("guest-symbols no/file", "guest-symbols: no/file: no such file; expected an ELF file or a Linux Image"),
])
def test_messages_of_commands(stopped, command, message):
    assert message in stopped.run(command)


@pytest.fixture(scope="module")
def stopped():
    s = Session()
    s.stop_at("handle_ecall")
    yield s
    s.child.close(force=True)


def debug(*arguments, **environment):
    return subprocess.run(arguments, cwd=ROOT, env={**ENVIRONMENT, **environment}, timeout=BUILD_S,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)


def test_batch(tmp_path):
    script = tmp_path / "commands.gdb"
    script.write_text("tbreak runtime_main\ncontinue\nharts\n")
    run = debug(*MAKE, "debug", GDB_ARGS=f"-batch -x {script}")
    assert run.returncode == 0, run.stderr
    assert "runtime_main ()" in run.stdout
    assert re.search(r"^hart [01]  thread [12]  HS .*<runtime_main", run.stdout, re.M)


def test_without_arguments():
    run = debug("scripts/debug", HV_ELF)
    assert run.returncode == 1
    assert "expected: ELF -- QEMU ARGUMENT…" in run.stderr


def test_without_the_program():
    run = debug("scripts/debug", "no.elf", "--", "true")
    assert run.returncode == 1
    assert "debug: no.elf: no such file; expected an app's ELF file" in run.stderr


def test_when_qemu_does_not_start():
    qemu = os.path.expanduser(os.environ.get("XDG_CACHE_HOME", "~/.cache")) + "/stillhart/bin/qemu-system-riscv64"
    run = debug("scripts/debug", HV_ELF, "--", qemu, "-M", "nothing")
    assert run.returncode == 1
    assert "debug: QEMU did not start: " in run.stderr and "nothing" in run.stderr


def test_symbols_of_an_image_that_lies_elsewhere(tmp_path):
    """As on a board: a boot loader goes on to an image that gdb does not know of."""
    place, loader = 0xc0200000, tmp_path / "jump.elf"
    subprocess.run(["riscv64-unknown-elf-gcc", "-nostdlib", f"-DPLACE={place:#x}", "-Wl,--build-id=none", "-T",
                    "tests/system/loader/link.ld", "-o", loader, "tests/system/loader/jump.S"], cwd=ROOT, check=True)
    command = shlex.split(debug(*MAKE, "-n", "justrun").stdout.splitlines()[-1])
    image = command[command.index("-kernel") + 1]
    command[command.index("-kernel") + 1] = str(loader)
    script = tmp_path / "script"
    script.write_text(f"thbreak *{place:#x}\ncontinue\nhost-symbols\nbreak runtime_main\ncontinue\nbacktrace 2\n"
                      "harts\nhost-symbols 0x80200000\n")
    said = debug("scripts/debug", HV_ELF, "--", *command, "-device",
                 f"loader,file={image},addr={place:#x},force-raw=on",
                 GDB_AT_RESET="1", GDB_ARGS=f"-batch -x {script}").stdout
    assert f"the image lies at {place:#x}, 0x40000000 from where it is linked for" in said
    assert "hit Breakpoint 2, runtime_main () at modules/axruntime/main.c" in said
    assert re.search(r"#1 .* in primary_entry \(hart_id=", said)
    assert re.search(r"hart \d+  thread \d  HS  0xc02\w+ <runtime_main", said)
    assert "the image lies at 0x80200000, 0x0 from where it is linked for" in said
