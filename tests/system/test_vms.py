"""Many VMs: they come and go at run time, and leave no memory taken and no neighbour disturbed."""
import re

import pytest

import building
from console import EOL
from shell import guest

TINY = "<0x0 0x600000>"
COUNTS = (r"vm cycle: {0} rounds of VM {1}; free before: (\d+) pages, (\d+) bytes of pages in use; "
          r"after: (\d+) pages, (\d+) bytes")


def brief(harts, **more):
    """A guest that ends at once, or as failed if another VM's memory is in its own."""
    return guest("brief", harts, **{"memory": TINY, "bootargs": '"wiped=1"', "manual": True, **more})


def states(shell):
    """{name: what `vm list` says of it}, without what is said of ends meanwhile."""
    said = [row for row in shell.run("vm list") if not row.startswith("hv: ")]
    rows = [re.fullmatch(r".  *\d+ (\S+) +(not made|\S+) +\d+ +\d+ MiB(?:  (.*))?", row) for row in said[1:]]
    return {row[1]: f"{row[2]}: {row[3]}" if row[3] else row[2] for row in rows}


def wait_for(shell, name, state):
    shell.wait_for(lambda: states(shell)[name].startswith(state))


def free_memory(shell):
    """In bytes: of pages, and of pages in use. A page that small objects have taken stays theirs."""
    row = shell.run("mem")[0]
    pages, loose = (int(word) for word in re.search(r"(\d+) pages, and (\d+) bytes", row).groups())
    return pages * 4096 + loose


def ledger_sum(shell, name):
    """Asserts that a ledger's columns make the clock's time; returns that."""
    total = re.fullmatch(r"sum +(\d+)  of (\d+) ticks", shell.run(f"ledger {name}")[-1])
    assert total[1] == total[2]
    return int(total[1])


NEEDS_A_VM = [f"vm {verb}" for verb in "start stop pause resume reset destroy focus log".split()] + \
    [f"quiet {verb}" for verb in "begin end show".split()]


def assert_not_made(shell, name, number):
    """Each command says so of a VM that is only described, by its name or its number."""
    said = f"VM {name} is not made: vm create makes it"
    for command in NEEDS_A_VM:
        for word in (name, number):
            assert shell.run(f"{command} {word}") == [f"{command}: {said}"]
    for command in ("ledger", "worst", "hist"):
        for word in (name, f"{name}.0"):
            assert shell.run(f"{command} {word}") == [f"{command}: {said}"]
    assert shell.run(str(number)) == [f"{number}: {said}"]


def test_create_start_destroy(boot_shell):
    shell = boot_shell("life", SMP=3, heart=guest("heartbeat", "0"), echo=guest("echo", "1", manual=True))
    shell.console.expect(r"hv: VM echo: is manual: vm create makes it" + EOL)
    shell.next_beat()
    shell.open()
    before = free_memory(shell)
    assert states(shell) == {"heart": "running", "echo": "not made"}
    assert_not_made(shell, "echo", 1)
    assert shell.run("vm stop foo") == ["vm stop: NAME = foo: expected one of: heart echo"]
    assert shell.run("vm create 1") == []
    assert states(shell)["echo"] == "created"
    assert shell.run("vcpu")[2].split() == "echo.0 1 stopped 0 -".split()
    assert shell.run("vm stop echo") == ["vm stop: VM echo is created: expected one that runs or is paused"]
    assert shell.run("vm pause echo") == ["vm pause: VM echo is created: expected one that runs"]
    assert shell.run("ledger echo")[-1].split() == "sum 0 of 0 ticks".split()
    shell.enter("vm start echo")
    shell.console.expect(r"\[echo\] echo: here" + EOL)
    assert states(shell)["echo"] == "running"
    assert shell.run("vm destroy echo") == [
        "vm destroy: VM echo is running: expected one that is created or has ended"]
    assert shell.run("vm stop echo") == []
    wait_for(shell, "echo", "ended: stopped at the console")
    assert re.fullmatch(r"echo\.0 +1  stopped +\d+  -", shell.run("vcpu")[2])
    assert shell.run("vm destroy echo") == []
    assert states(shell) == {"heart": "running", "echo": "not made"}
    assert free_memory(shell) == before > 0
    assert [row.split()[0] for row in shell.run("vcpu")[1:]] == ["heart.0"]
    rows = shell.run("trace dump")
    assert [row.split()[1] for row in rows if row.startswith("@vcpu")] == ["0.0"]
    shell.check_heart(r"\[heart\] ")
    ledger_sum(shell, "heart.0")
    shell.run("vm create echo")
    waits = "VM echo is created: it waits for vm start echo"
    assert shell.run("vm focus echo") == ["the keyboard is VM echo's when this console closes", waits]
    shell.enter("1")
    shell.console.expect(waits + EOL)
    shell.open()  # that closed it
    shell.enter("vm start echo")
    shell.console.expect(r"\[echo\] echo: here" + EOL)
    shell.run("vm focus echo")
    shell.close()
    shell.console.send("again\r")
    shell.console.expect(r"got again" + EOL)


def test_events_of_a_life(boot_shell):
    shell = boot_shell("events", SMP=3, heart=guest("heartbeat", "0"), tiny=brief("1"))
    shell.next_beat()
    shell.open()
    shell.run("trace on")
    shell.run("vm cycle tiny 1")
    found = [re.fullmatch(r"@event \d (\d+) vm - 0x(\d) 0x1", row) for row in shell.run("trace dump")]
    events = sorted((int(event[1]), int(event[2])) for event in found if event)
    assert [what for _, what in events] == [0, 1, 2, 6]  # created, started, ended, destroyed


@pytest.mark.parametrize("rounds, machine", [
    (1000, {}), (100, {"MACHINE": "virt,aia=aplic-imsic"}), (100, {"CPU": "rv64,h=true,sstc=off"}),
], ids=["plic", "aia", "no-sstc"])
def test_a_thousand_rounds_leak_nothing(boot_shell, rounds, machine):
    """To the page, and to the byte; the neighbour's heart beats on, and its ledger has every tick."""
    shell = boot_shell("rounds", SMP=3, machine=machine, heart=guest("heartbeat", "0"), tiny=brief("1"))
    shell.next_beat()
    shell.open()
    beat, ticks = shell.next_beat(r"\[heart\] "), ledger_sum(shell, "heart.0")
    shell.run("vm cycle tiny 1")  # a class of the heap may keep its first page
    shell.enter(f"vm cycle tiny {rounds}")
    report = shell.console.expect(COUNTS.format(rounds, "tiny") + EOL, timeout=600)
    assert report[1] == report[3] and report[2] == report[4]
    shell.console.expect("hv> ")
    shell.check_heart(r"\[heart\] ")
    beats = [int(number) for number in re.findall(r"\[heart\] beat (\d+)\n", shell.console.text())]
    first = beats.index(beat)
    assert beats[first:] == list(range(beat, beat + len(beats) - first))
    assert ledger_sum(shell, "heart.0") > ticks
    assert "host.console" not in "".join(shell.run("ledger heart.0"))  # another hart's work
    assert shell.run("fault")[0] == "host: no fault; 0 errors in the log"
    assert states(shell) == {"heart": "running", "tiny": "not made"}


def test_the_first_round_is_exact_to_the_byte(boot_shell):
    shell = boot_shell("first", SMP=3, heart=guest("heartbeat", "0"), tiny=brief("1 2"))
    shell.next_beat()
    shell.open()
    before = free_memory(shell)
    report = re.fullmatch(COUNTS.format(1, "tiny"), shell.run("vm cycle tiny 1")[0])
    assert int(report[1]) * 4096 + int(report[2]) == before
    assert int(report[3]) * 4096 + int(report[4]) == before


def test_a_guest_that_does_not_end_is_stopped(boot_shell):
    shell = boot_shell("stays", SMP=3, heart=guest("heartbeat", "0"),
                       echo=guest("echo", "1", manual=True))
    shell.next_beat()
    shell.open()
    shell.enter("vm cycle echo 2")
    shell.console.expect(COUNTS.format(2, "echo") + EOL)
    assert shell.console.text().count("[echo] echo: here") <= 2  # its hart may have had no time to say it
    shell.console.expect("hv> ")
    assert states(shell)["echo"] == "not made"
    shell.check_heart(r"\[heart\] ")


def test_a_vm_is_starting_while_it_is_loaded(boot_shell, tmp_path):
    """From the command on: its image takes the loading hart longer than the console, on another one, needs to
    answer."""
    image = tmp_path / "padded.bin"
    image.write_bytes(building.build(A="tests/guests/brief", HV="n").bin.read_bytes() + bytes(128 << 20))
    shell = boot_shell("starting", SMP=3, heart=guest("heartbeat", "0"),
                       large=brief("1", kernel=image, memory="<0x0 0x10000000>", bootargs='"stay=1"'))
    shell.next_beat()
    shell.open()
    shell.run("vm create large")
    for _ in range(20):  # this test may itself not run for as long as the loading takes
        shell.run("vm start large")
        assert states(shell)["large"] in ("starting", "running")
        refused = shell.run("vm stop large")
        if refused:
            break
        wait_for(shell, "large", "ended")
    assert refused == ["vm stop: VM large is starting: expected one that runs or is paused"]
    here = r"\[large\] brief: here" + EOL
    shell.console.expect(here)
    shell.enter("vm reset large")
    shell.console.expect(here)
    assert states(shell)["large"] == "running"
    shell.check_heart(r"\[heart\] ")


def test_on_harts_that_all_run_guests(boot_shell):
    """The console's hart is a guest's then: that one pays, the other does not."""
    shell = boot_shell("owned", SMP=2, one=guest("heartbeat", "0"), tiny=brief("1"))
    shell.next_beat()
    shell.open()
    shell.run("vm cycle tiny 1")
    report = re.fullmatch(COUNTS.format(20, "tiny"), shell.run("vm cycle tiny 20")[0])
    assert report[1] == report[3] and report[2] == report[4]
    shell.check_heart(r"\[one\] ")
    pays = "host.console" in "".join(shell.run("ledger one.0"))
    assert pays == (shell.input_hart() == 0)  # else the VM that pays was not made when the commands ran


def test_memory_of_a_manual_vm(boot_shell):
    """It counts when it is made: then it may not fit, and later it does."""
    large = {"memory": "<0x0 0xc800000>"}
    shell = boot_shell("memory", SMP=4, machine={"MEM": "512M"}, heart=guest("heartbeat", "0"),
                       a=guest("echo", "1", **large), b=guest("echo", "2", **large),
                       later=guest("echo", "3", **large, manual=True))
    shell.next_beat()
    shell.open()
    refused = shell.run("vm create later")
    match = re.fullmatch(r"vm create: \S+: /later: memory = <0 0xc800000> \(200 MiB\): does not fit: "
                         r"this machine has (\d+) MiB for VMs, (\d+) MiB left", refused[0])
    assert int(match[1]) - int(match[2]) == 32 + 2 * 200 and len(refused) == 1
    assert states(shell)["later"] == "not made"
    shell.run("vm stop a")
    wait_for(shell, "a", "ended")
    assert shell.run("vm create later") == refused  # its memory stays its own
    assert shell.run("vm destroy a") == []
    assert shell.run("vm create later") == []
    shell.enter("vm start later")
    shell.console.expect(r"\[later\] echo: here" + EOL)
    shell.check_heart(r"\[heart\] ")


def test_memory_in_fragments(boot_shell):
    """Enough is free, but not in one block: the message names the property, what is asked and what is there."""
    shell = boot_shell("fragments", SMP=4, machine={"MEM": "512M"}, heart=guest("heartbeat", "0"),
                       low=guest("echo", "1", memory="<0x0 0xa000000>"), between=guest("echo", "2", memory="<0x0 0xa000000>"),
                       large=guest("echo", "3", memory="<0x0 0xe600000>", manual=True))
    shell.next_beat()
    shell.open()
    shell.run("vm stop low")
    wait_for(shell, "low", "ended")
    assert shell.run("vm destroy low") == []
    [refused] = shell.run("vm create large")
    match = re.fullmatch(r"vm create: \S+: /large: memory = <0 0xe600000> \(230 MiB\): expected one block of free "
                         r"memory: the largest has (\d+) MiB: no memory \((\d+) KiB of the host's are free\)", refused)
    assert 160 <= int(match[1]) < 230 <= int(match[2]) >> 10
    assert states(shell)["large"] == "not made"
    shell.run("vm stop between")
    wait_for(shell, "between", "ended")
    assert shell.run("vm destroy between") == []
    assert shell.run("vm create large") == []
    shell.check_heart(r"\[heart\] ")


def test_the_keyboard_moves_on(boot_shell):
    shell = boot_shell("keyboard", SMP=3, a=guest("echo", "0"), b=guest("echo", "1"))
    shell.console.expect("echo> ")
    shell.open()
    shell.enter("vm stop a")
    shell.console.expect(r"hv: VM a has ended; the keyboard is VM b's now" + EOL)
    wait_for(shell, "a", "ended")
    shell.run("vm focus a")
    shell.enter("vm destroy a")
    shell.console.expect(r"hv: the keyboard is VM b's now" + EOL)
    shell.run("vm stop b")
    wait_for(shell, "b", "ended")
    shell.run("vm destroy b")
    assert shell.run("escape") == ["escape: no VM has the keyboard: expected one to send it to"]
    shell.run("vm create a")
    shell.enter("vm start a")
    shell.console.expect(r"hv: the keyboard is VM a's now" + EOL)
    shell.close()
    shell.console.send("here\r")
    shell.console.expect(r"got here" + EOL)


def test_nothing_but_manual_vms(boot_shell):
    """The machine waits for its user; with no VM left it ends when the console closes."""
    shell = boot_shell("manual", a=guest("echo", "0 1", manual=True))
    shell.console.expect(r"hv: VM a: is manual: vm create makes it" + EOL)
    shell.console.send("lost")
    shell.open()
    assert_not_made(shell, "a", 0)
    assert shell.run("vm start b") == ["vm start: NAME = b: expected one of: a"]
    assert shell.run("hist b") == ["hist: VM.VCPU = b: expected one of: a.0 a.1"]
    rows = shell.run("vm cycle a 2")
    assert rows[0] == "hv: the keyboard is VM a's now"
    assert [row for row in rows if row.startswith(("hv:", "vm cycle:"))] == [rows[0], rows[-1]]
    assert re.fullmatch(COUNTS.format(2, "a"), rows[-1])
    shell.run("vm create a")
    shell.enter("vm start a")
    shell.console.expect(r"hv: the keyboard is VM a's now" + EOL)
    shell.console.expect(r"echo: here" + EOL)
    shell.enter("vm stop a")
    shell.console.expect(r"hv: all VMs have ended; [^\n]*" + EOL)  # after its end
    assert shell.run("vm destroy a") == [
        "hv: no VM is left; when this console closes the machine ends (vm create makes one again)"]
    shell.close()
    assert shell.console.finish() == 0


def test_destroying_the_one_that_kept_the_machine(boot_shell):
    shell = boot_shell("kept", heart=guest("heartbeat", "0"), tiny=brief("1"))
    shell.next_beat()
    shell.open()
    shell.run("vm create tiny")
    shell.run("vm stop heart")
    wait_for(shell, "heart", "ended")
    assert "all VMs have ended" not in shell.console.text()
    assert shell.run("vm destroy tiny") == [
        "hv: all VMs have ended; when this console closes the machine ends (vm start starts one again)"]


def test_rounds_that_are_cancelled(boot_shell):
    """The VM stays as it was then, and a line says so."""
    shell = boot_shell("cancelled", SMP=3, heart=guest("heartbeat", "0"),
                       echo=guest("echo", "1", manual=True))
    shell.next_beat()
    shell.open()
    shell.enter("vm cycle echo 1000")
    shell.console.expect(r"\[echo\] echo: here" + EOL)
    shell.console.send("\x03")
    said = shell.console.expect(r"vm cycle: ended after \d+ of 1000 rounds: VM echo is ([a-z ]+)" + EOL)[1]
    shell.console.expect("hv> ")
    then = {"starting": "running", "ending": "ended", "wiping": "created"}
    assert states(shell)["echo"].split(":")[0] in (said, then.get(said))
    shell.check_heart(r"\[heart\] ")


STORM = "reset pause resume pause reset resume pause stop".split()


def stops_for_good(shell, name):
    """Asks it to end once more, as it may be about to come again."""
    if states(shell)[name].startswith("ended"):
        return True
    shell.run(f"vm stop {name}")
    return False


@pytest.mark.parametrize("smp", [5, 6])
def test_storm(boot_shell, smp):
    """SMP guests that start and stop their harts for ever are torn about; one lives beside them."""
    churn = {"kernel": '"build:hart-churn/hart-churn.bin"'}
    shell = boot_shell(f"storm{smp}", SMP=smp, heart=guest("heartbeat", "0"),
                       a=guest("heartbeat", "1 2") | churn, b=guest("heartbeat", "3 4") | churn)
    shell.next_beat()
    shell.open()
    for _ in range(6):
        for verb in STORM:
            for name in "ab":
                shell.run(f"vm {verb} {name}")  # as it comes: a reset may not have ended yet
        for name in "ab":
            shell.wait_for(lambda: stops_for_good(shell, name))
            assert shell.run(f"vm destroy {name}") == []
            assert shell.run(f"vm create {name}") == []
            assert shell.run(f"vm start {name}") == []
    for name in "ab":
        wait_for(shell, name, "running")
    shell.check_heart(r"\[heart\] ")
    ledger_sum(shell, "heart.0")
    assert shell.run("fault")[0] == "host: no fault; 0 errors in the log"


def test_storm_from_both_sides(boot_shell):
    """Guests that reboot for ever are torn about: ends, pauses and new lives come from both at once."""
    reboots = {"memory": TINY, "bootargs": '"again=1"'}
    shell = boot_shell("both-sides", SMP=5, heart=guest("heartbeat", "0"), a=guest("brief", "1 2", **reboots),
                       b=guest("brief", "3 4", **reboots))
    shell.next_beat()
    shell.open()
    for _ in range(2):
        for verb in STORM:
            for name in "ab":
                shell.run(f"vm {verb} {name}")  # as it comes, or refused
        for name in "ab":
            shell.run(f"vm resume {name}")
            shell.wait_for(lambda: stops_for_good(shell, name))
            assert shell.run(f"vm destroy {name}") == []
            assert shell.run(f"vm create {name}") == []
            assert shell.run(f"vm start {name}") == []
    shell.check_heart(r"\[heart\] ")
    ledger_sum(shell, "heart.0")
    assert shell.run("fault")[0] == "host: no fault; 0 errors in the log"


def idle(hart, **more):
    return guest("brief", str(hart), memory=TINY, bootargs='"stay=1"', **more)


def test_twenty_vms(boot_shell):
    """As many as harts: each comes up beside the others, is stopped, destroyed, and made again."""
    count = 20
    shell = boot_shell("twenty", SMP=count, **{f"vm{n}": idle(n) for n in range(count)})
    shell.console.expect_log("brief: here")
    shell.open()
    for n in range(count):
        wait_for(shell, f"vm{n}", "running")
    before = free_memory(shell)
    for n in range(1, count):
        shell.run(f"vm stop {n}")
        wait_for(shell, f"vm{n}", "ended")
        shell.run(f"vm destroy {n}")
    assert [name for name, state in states(shell).items() if state == "running"] == ["vm0"]
    for n in reversed(range(1, count)):
        shell.run(f"vm create vm{n}")
        shell.enter(f"vm start {n}")
        shell.console.expect(rf"\[vm{n}\] brief: here" + EOL)
    assert states(shell) == {f"vm{n}": "running" for n in range(count)}
    assert free_memory(shell) == before


MEASURED = 7  # the hart of the eighth VM


def boot_beside(boot_shell, name, count, eighth):
    """A machine in instructions with so many idle VMs, and one that is not made. (With sleep=off QEMU takes no
    input while all harts wait, so the clock goes on in real time then; nothing here is measured over it.)"""
    shell = boot_shell(f"{name}-beside-{count}", SMP=9, machine={"QEMU_ARGS": "-icount shift=7,sleep=on"},
                       **{f"idle{n}": idle(n) for n in range(count)}, eighth=eighth)
    shell.console.expect(r"hv: VM eighth: is manual: vm create makes it" + EOL)
    shell.open()
    for n in range(count):
        wait_for(shell, f"idle{n}", "running")
    return shell


def test_a_call_costs_the_same_in_the_eighth_vm(boot_shell):
    """To the instruction, and so does a timer: seven VMs beside it, or none."""
    jitter = guest("brief", str(MEASURED), kernel=building.build(A="apps/jitter", HV="n").bin,
                   memory="<0x0 0x10000000>", manual=True)
    figures = []
    for count in (0, MEASURED):
        shell = boot_beside(boot_shell, "call", count, jitter)
        shell.run("vm create eighth")
        shell.enter("vm start eighth")
        shell.console.expect(r"\[eighth\] BENCH done")
        figures.append(re.findall(r"BENCH ((?:null_sbi|sbi_set_timer|timer_busy)\S* \d+ insn)",
                                  shell.console.text()))
    assert len(figures[0]) == 6 and figures[0] == figures[1]


def time_to_start(shell, hart):
    """Ticks from the moment that the VM's hart takes the start to the guest's first instruction."""
    assert shell.run("trace on stop") == []
    assert shell.run("vm create eighth") == []
    shell.enter("vm start eighth")
    shell.console.expect(r"\[eighth\] brief: here" + EOL)
    events = [re.fullmatch(rf"@event {hart} (\d+) (\S+) (\S+) (\S+) (\S+)", row)
              for row in shell.run("trace dump")]
    times = {}
    for event in filter(None, events):
        times.setdefault((event[2], event[5] if event[2] == "state" else ""), int(event[1]))
    return times["state", "0x0"] - times["mailbox", ""]


def quickest_start(shell):
    """Of some, since QEMU runs the harts in turn: what the console's hart draws meanwhile takes time too."""
    times = []
    for _ in range(4):
        times.append(time_to_start(shell, MEASURED))
        shell.run("vm stop eighth")
        wait_for(shell, "eighth", "ended")
        shell.run("vm destroy eighth")
    return min(times)


def test_the_eighth_vm_starts_as_fast_as_the_first(boot_shell):
    """Within 2 %: seven VMs beside it, or none."""
    alone, beside = (quickest_start(boot_beside(boot_shell, "start", count, idle(MEASURED, manual=True)))
                     for count in (0, MEASURED))
    assert abs(beside - alone) <= alone // 50


def test_the_log_of_each_vm(boot_shell):
    """What each one wrote, whether it had the focus or was labelled; and the log of one that is gone is gone."""
    shell = boot_shell("log", SMP=3, echo=guest("echo", "0"), heart=guest("heartbeat", "1",
                                                                          bootargs='"rounds=4000"'))
    shell.console.expect("echo> ")
    shell.console.send("hello\r")
    shell.console.expect("got hello" + EOL)
    shell.console.expect("echo> ")
    shell.open()
    assert shell.run("vm log echo") == ["echo: here", "echo> ", "got hello", "echo> "]
    assert shell.run("vm log echo 2") == ["got hello", "echo> "]
    shell.check_heart(r"\[heart\] ")
    beats = [int(row.removeprefix("beat ")) for row in shell.run("vm log heart 9")]
    assert len(beats) == 9 and beats == list(range(beats[0], beats[0] + 9))
    shell.run("vm stop echo")
    wait_for(shell, "echo", "ended")
    assert shell.run("vm log echo 2") == ["got hello", "echo> "]
    shell.run("vm destroy echo")
    shell.run("vm create echo")
    assert shell.run("vm log echo") == []
