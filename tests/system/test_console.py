"""The hypervisor's console: Ctrl-] while guests run."""
import os
import re
import signal
import time

import pytest

import building
import vms
from console import EOL, STEP
from linux import Linux
from shell import ESCAPE, PROMPT, Shell, guest


def heart_and_echo(**more):
    return {"heart": guest("heartbeat", "0"), "echo": guest("echo", "1"), **more}


def test_commands(boot_shell):
    shell = boot_shell("commands", SMP=3, **heart_and_echo())
    shell.next_beat()
    shell.open()
    assert shell.run("vm list") == [
        "  NR NAME             STATE      VCPUS  MEMORY",
        "*  0 heart            running        1   32 MiB",
        "   1 echo             running        1   32 MiB"]
    table = shell.run("vcpu")
    assert table[0] == "VCPU               HART  HSM STATE              EXITS  IN"
    assert re.fullmatch(r"heart\.0 +0  started +\d+  [a-z.]+", table[1]), table
    assert re.fullmatch(r"echo\.0 +1  started +\d+  [a-z.]+", table[2]), table
    assert len(table) == 3
    assert shell.run("harts") == [
        "HART  RUNS", "   0  heart.0", "   1  echo.0", "   2  no vCPU, takes the input",  # so it costs no guest anything
        "chores beside a vCPU: 0 turns, 0 ended by the ration; 0 ticks, longest 0",
        "lost: 0 bytes of input, 0 lines of the host's"]
    table = shell.run("mem")
    assert re.fullmatch(r"machine +4096 MiB, \d+ MiB free: \d+ pages, and \d+ bytes of pages in use", table[0]), table
    assert re.fullmatch(r"VM heart +32 MiB at gpa 0x80000000, hpa 0x\w+, Sv39x4, VMID 1", table[2])
    assert re.fullmatch(r"VM echo +32 MiB at gpa 0x80000000, hpa 0x\w+, Sv39x4, VMID 2", table[3])
    assert shell.run("log") == ["log: warn"]
    assert shell.run("log error") == []
    assert shell.run("log") == ["log: error"]
    assert shell.run("") == []
    shell.check_heart(r"\[heart\] ")


COMMANDS = ("help vm vcpu ledger quiet hist worst trace noise fault harts mem log reboot poweroff escape exit").split()
NARROW = 60  # columns of a terminal


def test_help_names_each_command(boot_shell):
    shell = boot_shell("help", **heart_and_echo())
    shell.next_beat()
    shell.open()
    rows = shell.run("help")
    assert [row.split()[0] for row in rows] == COMMANDS + ["NUMBER"]
    assert shell.run("?") == rows
    for name in COMMANDS:
        told = shell.run(f"help {name}")
        assert re.fullmatch(rf"{name}( .*)?", told[0]) and len(told) > 1
        rows += told
    assert [row for row in rows if len(row) >= NARROW] == []
    assert shell.run("help quit") == shell.run("help exit")
    assert shell.run("help vm log") == [
        "  log NAME [LINES] prints the last LINES lines of its",
        "                   output, or all that is kept: 16 KiB"]
    assert [row.split()[:2] for row in shell.run("help trace trigger")][::3] == [["trigger", "COLUMN"], ["trigger", "off"]]


WRONG = {
    "help vm lo": r"help: VERB = lo: expected one that help vm lists",
    "help vcpu log": r"help: VERB = log: expected one that help vcpu lists",
    "help vm log now": r"help: now: expected nothing after log",
    "foo": r"foo: unknown command; expected one of: help vm [a-z ]*exit",
    "foo bar": r"foo: unknown command; expected one of: help vm [a-z ]*exit",
    "7": r"7: no VM has this number; expected one of: 0 1",
    "1 2": r"1: 2: expected nothing after 1",
    "help foo": r"help: COMMAND = foo: expected one of: help vm [a-z ]*exit",
    "vm": r"vm: VERB is missing: expected one of: list create start stop pause resume reset destroy focus mute unmute log cycle",
    "vm kill echo": r"vm: VERB = kill: expected one of: list create start stop pause resume reset destroy focus mute unmute log cycle",
    "vm stop": r"vm stop: NAME is missing: expected one of: heart echo",
    "vm stop foo": r"vm stop: NAME = foo: expected one of: heart echo",
    "vm stop 2": r"vm stop: NAME = 2: expected one of: 0 1",
    "vm stop echo now": r"vm stop: now: expected nothing after echo",
    "vm list echo": r"vm list: echo: expected nothing after list",
    "vm start echo": r"vm start: VM echo is running: expected one that is created or has ended",
    "vm create": r"vm create: NAME is missing: expected one of: heart echo",
    "vm create foo": r"vm create: NAME = foo: expected one of: heart echo",
    "vm create 2": r"vm create: NAME = 2: expected one of: 0 1",
    "vm create echo": r"vm create: VM echo is running: expected one that is not made",
    "vm create echo 2": r"vm create: 2: expected nothing after echo",
    "vm destroy echo": r"vm destroy: VM echo is running: expected one that is created or has ended",
    "vm log": r"vm log: NAME is missing: expected one of: heart echo",
    "vm log echo 0": r"vm log: LINES = 0: expected a number from 1 to 16384",
    "vm log echo 1 2": r"vm log: 2: expected nothing after 1",
    "vm cycle echo": r"vm cycle: COUNT is missing: expected a number from 1 to 1000000",
    "vm cycle echo 1": r"vm cycle: VM echo is running: expected one that is not made",
    "vm resume echo": r"vm resume: VM echo is running: expected one that is paused",
    "vcpu 0": r"vcpu: 0: expected nothing after vcpu",
    "ledger foo": r"ledger: VM.VCPU = foo: expected one of: heart.0 echo.0",
    "ledger heart.1": r"ledger: VM.VCPU = heart.1: expected one of: heart.0 echo.0",
    "ledger heart now": r"ledger: now: expected every SECONDS, or nothing",
    "ledger every": r"ledger: SECONDS is missing: expected a number from 1 to 3600",
    "ledger every 0": r"ledger: SECONDS = 0: expected a number from 1 to 3600",
    "ledger every 1s": r"ledger: SECONDS = 1s: expected a number from 1 to 3600",
    "ledger every 1 2": r"ledger: 2: expected nothing after 1",
    "quiet": r"quiet: VERB is missing: expected one of: begin end show",
    "quiet please": r"quiet: VERB = please: expected one of: begin end show",
    "quiet begin": r"quiet begin: NAME is missing: expected one of: heart echo",
    "quiet begin foo": r"quiet begin: NAME = foo: expected one of: heart echo",
    "quiet show echo now": r"quiet show: now: expected nothing after echo",
    "quiet end echo": r"quiet end: VM echo is not quiet: expected one that is",
    "hist": r"hist: VM.VCPU is missing: expected one of: heart.0 echo.0",
    "hist heart": r"hist: COLUMN is missing: expected one of: guest idle [a-z. ]*sbi.quiet mmio.ivshmem",
    "hist heart foo": r"hist: COLUMN = foo: expected one of: guest idle [a-z. ]*sbi.quiet mmio.ivshmem",
    "hist heart sbi.srst": r"nothing was booked in sbi.srst yet",
    "worst foo": r"worst: VM.VCPU = foo: expected one of: heart.0 echo.0",
    "worst heart 1": r"worst: 1: expected nothing after heart",
    "trace of": r"trace: VERB = of: expected one of: on off dump trigger",
    "trace on now": r"trace on: MODE = now: expected stop, or nothing",
    "trace off now": r"trace off: now: expected nothing after off",
    "trace trigger": r"trace trigger: COLUMN is missing: expected one of: guest [a-z. ]*sbi.quiet mmio.ivshmem",
    "trace trigger guest": r"trace trigger: TICKS is missing: expected a number from 1 to 4294967295",
    "trace trigger guest 0": r"trace trigger: TICKS = 0: expected a number from 1 to 4294967295",
    "noise 0": r"noise: MS = 0: expected a number from 1 to 1000",
    "fault 1": r"fault: 1: expected nothing after fault",
    "log loud": r"log: LEVEL = loud: expected one of: off error warn info debug trace",
    "log warn info": r"log: info: expected nothing after warn",
    "exit now": r"exit: now: expected nothing after exit",
    "reboot later": r"reboot: WHEN = later: expected now, or nothing",
    "poweroff now now": r"poweroff: now: expected nothing after now",
    "poweroff": r"poweroff: these VMs run, and their guests are not asked: heart echo; expected poweroff now",
    "reboot": r"reboot: these VMs run, and their guests are not asked: heart echo; expected reboot now",
}


def test_quit_goes_back_to_the_guest(boot_shell):
    shell = boot_shell("quit", **heart_and_echo())
    shell.next_beat()
    shell.open()
    shell.enter("quit")
    shell.check_heart("(?<!] )")


def test_poweroff_ends_the_machine_and_its_vms(boot_shell):
    """Also one that is paused; one that waits for its start has not failed."""
    shell = boot_shell("poweroff", SMP=3, machine={"LOG": "info"}, idle=guest("echo", "2", manual=True), **heart_and_echo())
    shell.next_beat()
    shell.open()
    shell.pause("echo")
    assert shell.run("vm create idle") == []
    shell.enter("poweroff now")
    shell.console.expect_line("hv: the machine is off")
    assert shell.console.finish() == 0
    for name in ("heart", "echo"):
        assert f"VM {name}: stopped with the machine" in shell.console.text()
    assert "when this console closes" not in shell.console.text()


def test_poweroff_tells_of_a_vm_that_failed(boot_shell):
    shell = boot_shell("poweroff-failed", echo=guest("echo", "0"), heart=guest("heartbeat", "1"))
    shell.console.expect("echo> ")
    shell.console.send("fail\r")
    shell.console.expect("VM echo has ended; the keyboard is VM heart's now")
    shell.open()
    shell.enter("poweroff now")
    assert shell.console.finish() == 1


def test_reboot_starts_the_machine_again(boot_shell):
    shell = boot_shell("reboot", **heart_and_echo())
    shell.next_beat()
    shell.open()
    assert shell.run("vm stop echo") == []
    shell.wait_until_ended("echo")
    shell.enter("reboot now")
    shell.console.expect_line("hv: the machine starts again")
    shell.console.expect("Stillhart hypervisor: ")
    assert shell.next_beat() == 1
    shell.open()
    assert [row.count(" running ") for row in shell.run("vm list")[1:]] == [1, 1]


def test_a_muted_vm_is_not_seen_in_anothers_terminal(boot_shell):
    """Its log has all of it, and so has the terminal once it has the keyboard."""
    shell = boot_shell("mute", echo=guest("echo", "0"), heart=guest("heartbeat", "1"))
    shell.console.expect("echo> ")
    shell.open()
    shell.next_beat(r"\[heart\] ")
    assert shell.run("vm mute heart") == []
    assert [row.endswith("  muted") for row in shell.run("vm list")] == [False, False, True]
    kept = int(shell.run("vm log heart 1")[-1].split()[-1])
    before = shell.console.text().count("[heart] beat")
    shell.wait_for(lambda: int(shell.run("vm log heart 1")[-1].split()[-1]) > kept + 20)
    assert shell.console.text().count("[heart] beat") == before
    assert shell.run("vm mute echo") == ["VM echo has the keyboard: it is muted while another VM has it"]
    shell.enter("1")
    shell.check_heart("(?<!] )")  # muted or not, it is in the foreground
    shell.open()
    assert shell.run("vm unmute heart") == []
    shell.enter("0")
    shell.check_heart(r"\[heart\] ")


def test_wrong_commands(boot_shell):
    shell = boot_shell("wrong", **heart_and_echo())
    shell.next_beat()
    shell.open()
    for line, message in WRONG.items():
        printed = shell.run(line)
        assert len(printed) == 1 and re.fullmatch(message, printed[0]), (line, printed)
    shell.check_heart(r"\[heart\] ")


def table_of(rows):
    """{column: (count, sum)} of a ledger's table; its last row is the sum, which is checked."""
    assert rows[1].split() == "COLUMN COUNT SUM % MIN MEAN MAX".split()
    assert len(rows[1]) < 80 - len(" 100.00")  # NOW% has room, unless a number is wider than its column
    columns = {row.split()[0]: [int(word) for word in row.split()[1:3]] for row in rows[2:-1]}
    total = re.fullmatch(r"sum +(\d+)  of (\d+) ticks", rows[-1])
    assert total[1] == total[2]  # not a tick is lost
    assert sum(ticks for _, ticks in columns.values()) == int(total[1])
    return columns


def payer_and_other(shell):
    """The VM whose hart runs the console, and the one whose does not."""
    row = next(row for row in shell.run("harts") if row.endswith(".0, takes the input"))
    one = row.split()[1].removesuffix(".0,")
    return one, "echo" if one == "heart" else "heart"


def test_ledger(boot_shell):
    shell = boot_shell("ledger", **heart_and_echo())
    shell.next_beat()
    shell.open()
    rows = shell.run("ledger")
    assert rows[0].split() == "VCPU TICKS GUEST% IDLE% STOP% TAKEN% EXITS".split()
    assert [row.split()[0] for row in rows[1:]] == ["heart.0", "echo.0"]
    for row in rows[1:]:
        assert 9990 <= sum(round(float(word) * 100) for word in row.split()[2:6]) <= 10000
    one, other = payer_and_other(shell)
    before, after = table_of(shell.run(f"ledger {one}")), table_of(shell.run(f"ledger {one}.0"))
    assert {"guest", "stopped", "host.console", "sbi.time", "sbi.dbcn.write"} <= set(before)
    assert after["host.console"][1] > before["host.console"][1]
    assert "host.console" not in table_of(shell.run(f"ledger {other}"))
    shell.pause("echo")
    before = table_of(shell.run("ledger echo"))
    shell.check_heart(r"\[heart\] ")
    after = table_of(shell.run("ledger echo"))
    assert after["descheduled"][1] > before["descheduled"][1]
    for column in set(after) - {"descheduled", "host.console", "host.interrupt"}:  # the guest's own
        assert after[column] == before[column], column
    assert shell.run("vm resume echo") == []


@pytest.mark.parametrize("smp", [2, 3])
@pytest.mark.parametrize("machine", [{}, {"MACHINE": "virt,aia=aplic-imsic"},
                                     {"CPU": "rv64,h=true,sstc=off"}], ids=["plic", "aia", "no-sstc"])
def test_live_ledger(boot_shell, machine, smp):
    """The host's timer beside a guest's, and on a hart that has no vCPU."""
    shell = boot_shell(f"live{smp}", SMP=smp, machine=machine, **heart_and_echo())
    shell.next_beat()
    shell.open()
    shell.enter("ledger heart every 1")
    exits = []
    for _ in range(3):
        shell.console.expect(r"\x1b\[H\x1b\[2Jheart.0 on hart 0: (\d+) exits[^\n]*" + EOL)
        exits.append(int(shell.console.child.match[1]))
        shell.console.expect(r"MAX +NOW%" + EOL)
        shares = []
        while not shell.console.expect(r"([a-z.]+) [ \d.]+ (\d+\.\d\d)" + EOL,
                                       r"sum +(\d+)  of \1 ticks" + EOL)[0].startswith("sum"):
            shares.append(float(shell.console.child.match[2]))
        assert 99 < sum(shares) < 101  # of the last second
    assert exits[0] < exits[1] < exits[2]
    shell.console.send("x")
    shell.console.expect(PROMPT)
    assert shell.run("log") == ["log: warn"]
    shell.check_heart(r"\[heart\] ")
    shell.enter("ledger every 1")
    shell.console.expect("TAKEN%")
    shell.close()  # while it is live
    shell.console.expect(r"\nbeat \d+" + EOL)
    shell.console.expect(r"\nbeat \d+" + EOL)


def test_histogram_and_worst(boot_shell):
    shell = boot_shell("hist", **heart_and_echo())
    shell.next_beat()
    shell.open()
    shell.check_heart(r"\[heart\] ")
    shell.pause("heart")  # the percentiles are of the pieces that were there when the command began
    rows = shell.run("hist heart.0 sbi.dbcn.write")
    bars = [re.fullmatch(r" *(\d+) \.\. (\d+) +(\d+) (#+)", row) for row in rows[:-4]]
    assert all(bars) and len(bars) >= 2
    assert max(len(bar[4]) for bar in bars) == 40
    assert sum(int(bar[3]) for bar in bars) >= 20
    edges = [int(bar[n]) for bar in bars for n in (1, 2)]
    assert edges == sorted(edges)
    ends = [re.fullmatch(r"(\S+ %) of the pieces: up to (\d+) ticks", row) for row in rows[-4:]]
    assert [end[1] for end in ends] == ["50 %", "90 %", "99 %", "99.9 %"]
    limits = [int(end[2]) for end in ends]
    assert limits == sorted(limits) and limits[-1] == edges[-1]
    worst = shell.run("worst heart")
    assert all(row.startswith("heart.0 ") for row in worst)
    call = [row for row in worst if row.startswith("heart.0 sbi.dbcn.write: ")]
    assert re.fullmatch(r"\S+ \S+ \d+ ticks up to \d+\.\d{7} s, exit \d+, pc 0x80\w+, scause 0xa, "
                        r"a7 0x4442434e a6 0x0 a0 0x\w+; other harts 1:\S+", call[0]), call
    assert {row.split()[0] for row in shell.run("worst")} == {"heart.0", "echo.0"}


@pytest.mark.parametrize("smp", [2, 3])
def test_trace(boot_shell, smp):
    """With a hart that has no vCPU, and without: then the dump takes the time of a guest."""
    shell = boot_shell(f"trace{smp}", SMP=smp, **heart_and_echo())
    shell.next_beat()
    shell.open()
    assert shell.run("trace") == ["trace: off"]
    assert shell.run("trace on") == []
    assert shell.run("trace") == ["trace: on: the newest events are kept"]
    shell.run("vm pause echo")
    shell.run("vm resume echo")
    shell.check_heart(r"\[heart\] ")
    rows = shell.run("trace dump", timeout=5 * STEP)  # thousands of lines, within a ration that slows with the machine
    assert rows[0].startswith("@trace begin version=1 ")
    assert rows[-1] == f"@trace end lines={len(rows) - 1}"
    for event in ("piece 0.0", "exit 0.0", "sbi 0.0", "vm - 0x3 0x1", "vm - 0x4 0x1"):
        assert any(re.match(rf"@event \d \d+ {event}", row) for row in rows), event
    assert shell.run("trace trigger wait.lock 123456789") == []
    assert shell.run("trace") == ["trace: on: the newest events are kept; ends at a piece of wait.lock of 123456789 "
                                  "ticks or more"]
    assert shell.run("trace trigger sbi.dbcn.write 1") == []
    shell.check_heart(r"\[heart\] ")
    assert shell.run("trace") == ["trace: ended by its trigger"]
    assert shell.run("trace trigger off") == []
    assert shell.run("trace on stop") == []
    assert shell.run("trace") == ["trace: on: until a ring is full"]
    assert shell.run("trace off") == []
    assert shell.run("trace") == ["trace: off"]
    shell.check_heart(r"\[heart\] ")


def test_dump_is_ended_by_ctrl_c(boot_shell):
    shell = boot_shell("cancel", **heart_and_echo())
    shell.next_beat()
    shell.open()
    shell.run("trace on")
    shell.check_heart(r"\[heart\] ", 15)

    def ends_early():
        """False: it was at its end before the key came."""
        ends = shell.console.text().count("@trace end")
        shell.enter("trace dump")
        shell.console.expect("@hist")
        shell.console.send("\x03")
        shell.run("log")
        return shell.console.text().count("@trace end") == ends

    shell.wait_for(ends_early)
    rows = shell.run("trace dump")  # another one is whole
    assert rows[0].startswith("@trace begin") and rows[-1] == f"@trace end lines={len(rows) - 1}"
    shell.check_heart(r"\[heart\] ")


def test_dump_by_the_hart_of_a_vm_that_has_ended(boot_shell):
    shell = boot_shell("elsewhere", machine={"QEMU_ARGS": "-accel tcg,thread=single"}, **heart_and_echo())
    shell.next_beat()
    shell.open()
    one, other = payer_and_other(shell)
    shell.run("trace on")  # many lines: a look comes each millisecond, however many there are
    shell.check_heart(r"\[heart\] ", 20)
    shell.run("trace off")
    shell.run(f"vm stop {other}")
    shell.wait_until_ended(other)
    before = table_of(shell.run(f"ledger {one}"))
    rows = shell.run("trace dump")
    assert rows[0].startswith("@trace begin") and rows[-1] == f"@trace end lines={len(rows) - 1}"
    after = table_of(shell.run(f"ledger {one}"))
    assert len(rows) > 500
    life = sum(ticks for _, ticks in after.values()) - sum(ticks for _, ticks in before.values())
    # This hart sends the lines to the UART, 16 bytes a piece: by its ration, a sixteenth (docs/bounds.md).
    assert 0 < after["host.console"][1] - before["host.console"][1] < 2 * life / 16
    shell.enter(f"vm start {other}")
    shell.console.expect(rf"\[{other}\] (beat 1|echo: here)" + EOL)


def test_noise(boot_shell):
    shell = boot_shell("noise", SMP=3, **heart_and_echo())
    shell.next_beat()
    shell.open()
    pattern = r"hart (\d): (\d+) gaps of \d+ to (\d+) ticks, (\d+) in all(| \(before it had a vCPU\))"
    before = [re.fullmatch(pattern, row) for row in shell.run("noise")]
    assert [row[1] for row in before] == ["0", "1", "2"]
    assert [row[5] == "" for row in before] == [False, False, True]
    after = [re.fullmatch(pattern, row) for row in shell.run("noise 50")]
    assert [row[2] for row in after][:2] == [row[2] for row in before][:2]  # they run guests
    assert int(after[2][2]) > int(before[2][2])
    longest, all_gaps = int(after[2][3]), int(after[2][4])
    assert all_gaps <= 50 * 10000 + 10000 * 2 + 2 * longest  # ms of ticks; the boot's sample; a last gap of each


def test_noise_with_no_free_hart(boot_shell):
    shell = boot_shell("noise-none", SMP=2, **heart_and_echo())
    shell.next_beat()
    shell.open()
    rows = shell.run("noise 50")
    assert rows[0] == "noise: every hart has a vCPU, none is sampled; what was seen before:"
    assert rows[1:] == shell.run("noise")


def test_noise_is_sampled_once_at_a_time(boot_shell):
    """One that was cancelled goes on where it was posted to: more would fill that hart's mailbox."""
    shell = boot_shell("noise-again", SMP=2, heart=guest("heartbeat", "0"), echo=guest("echo", "1", manual=True))
    shell.next_beat()
    shell.open()
    refused = ["noise: another one has not ended yet: expected one at a time"]
    for _ in range(20):  # this test may itself not run for as long as a hart is sampled
        shell.enter("noise 1000")
        shell.console.send("\x03")
        shell.console.expect("hv> ")
        rows = shell.run("noise 1")
        if rows == refused:
            break
    assert rows == refused


def test_fault(boot_shell):
    shell = boot_shell("fault", a=guest("echo", "0"), b=guest("echo", "1"))
    shell.console.expect(r"(?<!\] )echo> ")
    shell.open()
    assert shell.run("fault") == ["host: no fault; 0 errors in the log", "guests: none"]
    shell.close()
    shell.console.send("trap\r")
    shell.console.expect(r"hv: VM a has ended; the keyboard is VM b's now" + EOL)
    shell.open()
    rows = shell.run("fault")
    assert re.fullmatch(r"host: no fault; 1 errors in the log, the last: \[ *\d+\.\d+ \d error\] VM a: "
                        r"shut down by the guest after a system failure", rows[0]), rows
    assert re.fullmatch(r"VM a: failed 1 times, last at \d+\.\d+ s: shut down by the guest after a "
                        r"system failure", rows[1]), rows
    assert re.fullmatch(r"a\.0: 1 traps injected, the last at \d+\.\d+ s: illegal instruction at pc "
                        r"0x802\w+, stval 0x68002073", rows[2]), rows
    assert len(rows) == 3


def test_line_editing(boot_shell):
    shell = boot_shell("editing", **heart_and_echo())
    shell.next_beat()
    shell.open()
    left = "\x1b[D"  # and Ctrl-A twice is once: QEMU has it as its own escape
    assert shell.run(f"lo{left}{left}\x0b\x17log\x01\x01\x05", "log") == ["log: warn"]
    assert shell.run("xlog\x01\x01\x1b[3~", "log") == ["log: warn"]
    assert shell.run("log nonsense\x17\x7f", "log") == ["log: warn"]
    assert shell.run("\x1b[A", "log") == ["log: warn"]  # the last one again
    shell.console.send("log nonsense\x03")
    shell.console.expect(r"hv> log nonsense\^C" + EOL)
    assert shell.run("lo\t err\t", "log  error ") == []
    assert shell.run("log") == ["log: error"]
    assert shell.run("vm li\t", "vm list ")[1].split()[2] == "heart"
    shell.console.send("vm st\t")
    shell.console.expect(r"start stop" + EOL)
    shell.console.expect(r"hv> vm st")
    shell.console.send("a\te\t")
    shell.console.expect(r"hv> vm start echo ")


def test_output_leaves_the_input_alone(boot_shell):
    """Each line of a guest comes above the line that is typed, which is drawn again after it."""
    shell = boot_shell("typing", **heart_and_echo())
    shell.next_beat()
    shell.open()
    for typed in range(1, 8):
        shell.console.send("vm list"[typed - 1])
        for _ in range(2):
            shell.console.expect(r"\r\x1b\[K\[heart\] beat \d+" + EOL + "hv> "
                                 + "vm list"[:typed] + r"(?=\r\x1b\[K)")
    assert len(shell.run("", "vm list")) == 3


def test_pause_and_resume(boot_shell):
    shell = boot_shell("pause", one=guest("heartbeat", "0"), two=guest("heartbeat", "1"))
    shell.next_beat()
    shell.open()
    shell.pause("one")
    assert "*  0 one              paused         1   32 MiB" in shell.run("vm list")
    assert re.search(r"one\.0 .*  paused$", shell.run("vcpu")[1])
    assert shell.run("vm pause one") == ["vm pause: VM one is paused: expected one that runs"]
    assert shell.run("vm focus one") == ["the keyboard is VM one's when this console closes",
                                         "VM one is paused: it waits for vm resume one"]
    last = int(re.findall(r"\[one\] beat (\d+)", shell.console.text())[-1])
    shell.check_heart(r"\[two\] ", 40)
    beats = [int(beat) for beat in re.findall(r"\[one\] beat (\d+)", shell.console.text())]
    assert beats[-1] == last
    assert shell.run("vm resume one") == []
    shell.check_heart(r"\[one\] ", 40)
    beats = [int(beat) for beat in re.findall(r"\[one\] beat (\d+)", shell.console.text())]
    assert beats == list(range(beats[0], beats[-1] + 1))
    shell.check_heart(r"\[two\] ")


def test_stop_start_reset(boot_shell):
    shell = boot_shell("lives", one=guest("heartbeat", "0"), two=guest("heartbeat", "1"))
    shell.next_beat()
    shell.open()
    shell.run("vm stop two")
    shell.wait_until_ended("two")
    assert "   1 two              ended          1   32 MiB  stopped at the console" in \
        shell.run("vm list")
    assert shell.run("vm stop two") == ["vm stop: VM two is ended: expected one that runs or is paused"]
    assert shell.run("vm focus two") == ["the keyboard is VM two's when this console closes",
                                         "VM two is ended: it waits for vm start two"]
    assert shell.run("vm focus one") == ["the keyboard is VM one's when this console closes"]
    shell.enter("vm start two")
    shell.console.expect(r"\[two\] beat 1" + EOL)
    shell.enter("vm reset two")
    shell.console.expect(r"\[two\] beat 1" + EOL)
    shell.run("vm pause two")
    shell.enter("vm reset two")  # paused: it starts again, and runs
    shell.console.expect(r"\[two\] beat 1" + EOL)
    shell.check_heart(r"\[one\] ")
    beats = [int(beat) for beat in re.findall(r"\[one\] beat (\d+)", shell.console.text())]
    assert beats == list(range(beats[0], beats[-1] + 1))


def test_machine_ends_when_the_console_closes(boot_shell):
    shell = boot_shell("ends", one=guest("heartbeat", "0"), two=guest("heartbeat", "1"))
    shell.next_beat()
    shell.open()
    shell.run("vm stop two")
    shell.wait_until_ended("two")  # else it may get the keyboard
    shell.enter("vm stop one")
    shell.console.expect(r"hv: all VMs have ended; when this console closes the machine ends "
                         r"\(vm start starts one again\)" + EOL)
    shell.enter("vm start two")
    shell.console.expect(r"hv: the keyboard is VM two's now" + EOL)
    shell.check_heart(r"\[two\] ")
    shell.enter("vm stop two")
    shell.console.expect(r"hv: all VMs have ended" )
    shell.console.expect(PROMPT)
    shell.enter("exit")
    assert shell.console.finish() == 0


def test_failed_guest_ends_the_machine_as_failed(boot_shell):
    shell = boot_shell("failed", echo=guest("echo", "0"))
    shell.console.expect("echo> ")
    shell.open()
    shell.close()
    shell.console.expect("echo> ")  # its prompt is shown again
    shell.console.send("fail\r")
    assert shell.console.finish() == 1


def test_keyboard_goes_where_it_is_told_to(boot_shell):
    shell = boot_shell("focus", a=guest("echo", "0"), b=guest("echo", "1"))
    console = shell.console
    console.expect(r"(?<!\] )echo> ")
    console.send("one\r")
    console.expect_line("got one")
    console.expect("echo> ")
    shell.open()
    assert shell.run("vm focus b") == ["the keyboard is VM b's when this console closes"]
    shell.close()
    console.expect(r"(?<!\] )echo> ")
    console.send("two\r")
    console.expect_line("got two")
    console.expect("echo> ")
    shell.open()
    shell.enter("0")
    console.expect(r"(?<!\] )echo> ")
    console.send("three\r")
    console.expect_line("got three")
    shell.open()
    shell.enter("escape")
    console.expect("echo> ")
    console.send("\r")
    console.expect_line("got ^]")
    console.expect("echo> ")
    console.send("off\r")
    console.expect_line("hv: VM a has ended; the keyboard is VM b's now")
    console.expect(r"(?<!\] )echo> ")
    console.send("four\r")
    console.expect_line("got four")
    console.expect("echo> ")
    console.send("off\r")
    assert console.finish() == 0


def test_escape_of_the_description(boot):
    """Another one; and none: then the guest gets all that is typed."""
    guests = {"echo": guest("echo", "0"), "heart": guest("heartbeat", "1")}
    source = (building.ROOT / vms.describe("console-escape", **guests)).read_text()
    for escape in ("^T", "none"):
        text = source.replace('"stillhart,vms";', f'"stillhart,vms"; escape = "{escape}";')
        console = boot(VMS=vms.write(f"console-escape-{len(escape)}.dts", text))
        console.expect("echo> ")
        console.send("a\x1db\r")
        console.expect_line("got a^]b")
        console.expect("echo> ")
        console.send("\x14")
        if escape == "none":
            console.send("\r")
            console.expect_line("got ^T")
            continue
        console.expect(r"Stillhart's console: [^\n]*, Ctrl-T goes back" + EOL)
        console.expect(PROMPT)
        Shell(console).enter("escape")
        console.send("\r")
        console.expect_line("got ^T")


def test_console_opens_over_a_guest_that_is_deaf(boot_shell):
    """More is typed than any buffer on the way holds, and the guest reads nothing."""
    shell = boot_shell("deaf", echo=guest("echo", "0"), heart=guest("heartbeat", "1"))
    shell.console.expect(r"echo> ")
    shell.console.send("deaf\r")
    shell.console.expect_line("deaf")
    shell.console.send("x" * 2000)
    shell.open()
    assert shell.run("vm reset echo") == []
    shell.close()
    shell.console.expect(r"(?<!\] )echo> ")
    shell.console.send("alive\r")
    shell.console.expect_line("got alive")


def in_order(numbers):
    """What was said; of the one that the console's opening broke into, its beginning stands before it."""
    whole = [number for number, behind in zip(numbers, numbers[1:] + [""])
             if not (behind.startswith(number) and int(behind) != int(number) + 1)]
    return [int(number) for number in whole]


def expect_typed(console, line):
    """After SIGCONT QEMU sometimes leaves what is typed in its terminal (FIONREAD has 3000 bytes there), while its UART
    is empty and lets interrupts through: a byte more has it read on. Of a UART that is full, as where the host had missed
    an interrupt, it takes none, and that fails."""
    try:
        console.expect_line(line, timeout=10)
    except AssertionError:
        console.send("\r")
        console.expect_line(line)


def test_a_machine_that_stood_still_loses_no_input(boot_shell):
    """As a whole, for longer than a guest that takes nothing is waited for; some times, as it must not be one
    when the guest is just taking some."""
    shell = boot_shell("still", echo=guest("echo", "0"), heart=guest("heartbeat", "1"))
    shell.console.expect("echo> ")
    lines = [f"{number} " + "x" * 50 for number in range(60)]
    for _ in range(6):
        shell.console.send("".join(line + "\r" for line in lines))
        for number, line in enumerate(lines):
            expect_typed(shell.console, f"got {line}")
            if number == 0:
                os.kill(shell.console.child.pid, signal.SIGSTOP)
                time.sleep(1.2)
                os.kill(shell.console.child.pid, signal.SIGCONT)


def test_linux(start):
    """README's: the console over a running Linux, which is paused, reset and stopped."""
    shell = Shell(start(["make", "run"]))
    linux = Linux(shell.console, harts=2)
    linux.send_line("i=0; while ! read -t 0.01; do i=$((i+1)); echo n$i; done; echo end $i")
    linux.console.expect_line("n20")
    shell.open()
    table = shell.run("vcpu")
    assert [row.split()[:3] for row in table[1:]] == [["linux.0", "0", "started"],
                                                     ["linux.1", "1", "started"]]
    shell.pause("linux")
    assert shell.places("linux") == ["paused"] * 2
    shell.run("vm resume linux")
    shell.close()
    linux.console.expect(r"\nn\d+" + EOL)
    linux.send_line("")
    count = int(shell.console.expect(r"(?<![^\n])end (\d+)" + EOL)[1])
    shell.console.expect("guest# ")
    numbers = re.findall(r"(?:^|[Km])(?:\[linux\] )?n(\d+)$", shell.console.text(), re.M)
    assert in_order(numbers) == list(range(1, count + 1))
    assert linux.run("nproc") == "2"
    linux.check_log()
    shell.open()
    shell.run("vm reset linux")
    shell.close()
    linux.wait_for_boot(harts=2)
    shell.open()
    shell.enter("vm stop linux")
    shell.console.expect("hv: all VMs have ended")
    shell.console.expect(PROMPT)
    shell.run("vm start linux")
    shell.close()
    linux.wait_for_boot(harts=2)
    linux.check_log()
    assert linux.power_off() == 0


def talked(rounds):
    return [f"talker {number} abcdefghijklmnopqrstuvwxyz" for number in range(1, rounds + 1)]


def told_apart(lines, focus, names):
    """{VM: all that it said}, and {VM: its lines labelled with its name}. The VM that has the keyboard says the others:
    its lines may be interrupted, and when it ends, another one gets the keyboard."""
    said, labelled = {name: "" for name in names}, {name: [] for name in names}
    for line in lines:
        moved = re.fullmatch(r"hv: VM \w+ has ended; the keyboard is VM (\w+)'s now", line)
        label = re.match(r"\[(\w+)\] (.*)", line)
        if moved:
            focus = moved[1]
        elif label:
            said[label[1]] += label[2]
            labelled[label[1]].append(label[2])
        else:
            said[focus] += line
    return said, labelled


@pytest.mark.parametrize("smp", [3, 4])
@pytest.mark.parametrize("machine", [{}, {"MACHINE": "virt,aia=aplic-imsic"}], ids=["plic", "aia"])
def test_all_talk_at_once(boot, machine, smp):
    """No VM waits for another's line, and yet each byte is there, in order, and each line whole:
    with a hart that has no VM to write what is left, and without."""
    rounds = {"first": 2000, "two": 600, "three": 600}
    console = boot(VMS=vms.describe("talkers", **{
        name: guest("talker", str(hart), bootargs=f'"rounds={count}"')
        for hart, (name, count) in enumerate(rounds.items())}), SMP=smp, **machine)
    assert console.finish() == 0
    said, labelled = told_apart(console.text().split("\n"), "first", rounds)
    for name, count in rounds.items():
        assert said[name].endswith("".join(talked(count)))
        assert set(labelled[name]) <= set(talked(count))


def test_logs(boot):
    """make run LOGS=: a file for each VM with all that it wrote, whichever had the keyboard; the terminal
    shows what it does without."""
    logs = building.WORK / "logs"
    (logs / "echo.log").parent.mkdir(parents=True, exist_ok=True)
    (logs / "echo.log").write_text("of an earlier run")
    description = vms.describe("logs", echo=guest("echo", "0"),
                               talker=guest("talker", "1", bootargs='"rounds=300"'))
    shell = Shell(boot(VMS=description, LOGS=logs.relative_to(building.ROOT)))
    shell.console.expect("echo> ")
    shell.console.send("one\r")
    shell.console.expect_line("got one")
    shell.open()
    assert shell.run("vm log echo 1") == ["echo> "]
    shell.close()
    shell.console.expect("echo> ")
    shell.console.send("off\r")
    assert shell.console.finish() == 0
    text = shell.console.text()
    assert "\x1b_" not in text
    assert re.findall(r"talker \d+ [a-z]+(?=\n)", text) == talked(300)
    assert (logs / "talker.log").read_text() == "".join(line + "\n" for line in talked(300))
    echoed = (logs / "echo.log").read_bytes().decode().replace("\r", "")
    assert echoed.startswith("echo: here\n") and "got one\n" in echoed and "of an earlier run" not in echoed
    assert "talker" not in echoed and "hv" not in echoed


def test_what_shares_the_terminal_of_make_run_waits_for_it(start, tmp_path):
    """tee, in `make run | tee LOG`: QEMU's input never waits, but that is an opening of its own."""
    qemu = tmp_path / "qemu"
    qemu.write_text("#!/usr/bin/python3\nimport os\nos.set_blocking(0, False)\nprint('on a terminal:', os.isatty(0))\n")
    qemu.chmod(0o755)
    building.build(VMS="configs/jitter.dts")
    console = start(["sh", "-c", f"make -s run VMS=configs/jitter.dts QEMU={qemu} && "
                     "python3 -c 'import os; print(\"waits:\", os.get_blocking(0))'"])
    console.expect_line("on a terminal: True")
    console.expect_line("waits: True")
    assert console.finish() == 0
