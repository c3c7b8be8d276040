"""What the ledgers of real guests say: every tick is in a column, every late timer has a blame."""
import re
import sys

import building
import vms
from linux import Linux

sys.path.insert(0, str(building.ROOT / "tools" / "trace"))
import dump  # noqa: E402
import trace_check  # noqa: E402
import trace_names  # noqa: E402

SECONDS = 60  # of the workload, in the guest's time
TICKS_AN_INSTRUCTION = 1.28  # -icount shift=7 and a time CSR of 10 MHz


def report_vms(name, node, root=""):
    return vms.write(f"ledger-{name}.dts",
                     f'/dts-v1/;\n/ {{ compatible = "stillhart,vms"; {root}\n'
                     f"    guest {{ {vms.render(node)} report; }};\n}};\n")


def read(console):
    """The one dump on the console, which adds up."""
    [found] = dump.parse(console.text())
    assert trace_check.check(found) == []
    return found


def late_events(found, vcpu):
    return [e for e in found.events if e.name == "late" and (e.vm, e.vcpu) == (vcpu.vm, vcpu.index)]


def p99(late):
    """The lateness that 99 of 100 timers do not exceed."""
    left = late.count // 100
    for bucket in reversed(late.buckets):
        left -= bucket.count
        if left < 0:
            return bucket.highest
    return 0


def columns_of(found, vcpu, begin, end):
    """What the vCPU's time between two moments went to, as the pieces have it."""
    return {trace_names.COLUMNS[e.a] for e in found.events
            if e.name == "piece" and (e.vm, e.vcpu) == (vcpu.vm, vcpu.index)
            and e.time > begin and e.time - e.b < end}


def test_linux_under_cyclictest_and_hackbench(boot):
    path = report_vms("load", vms.linux("0 1"), root='trace = "overwrite";')
    console = boot(SMP="2", VMS=path, LOG="info")
    linux = Linux(console, 2)
    linux.run(f"hackbench -l 1000000 -g 2 > /dev/null 2>&1 & cyclictest -q -m -S -p 80 -i 1000 "
              f"-D {SECONDS} && kill $!", timeout=10 * SECONDS)
    assert linux.power_off() == 0
    found = read(console)
    assert len(found.vcpus) == 2
    for vcpu in found.vcpus.values():
        assert vcpu.exact == 1
        assert vcpu.now - vcpu.start > SECONDS * found.timebase
        events = late_events(found, vcpu)
        assert events, "no timer was seen to be late in what the ring has kept"
        check_blames(found, vcpu, [e for e in events if e.b >> 16 > p99(vcpu.late)] or events)


def check_blames(found, vcpu, events):
    """What a late timer is blamed on was really going on between its deadline and its end."""
    first = min(e.time for e in found.rings[vcpu.hart].events if e.name == "piece")
    for event in events:
        ticks, blame = event.b >> 16, event.b >> 8 & 0xff
        assert blame < len(trace_names.BLAME_KEYS)
        went_to = columns_of(found, vcpu, event.a, event.a + ticks)
        if event.a < first or not went_to:
            continue  # the ring has lost its beginning, or what lies before the events that are kept
        key = trace_names.BLAME_KEYS[blame]
        if key in ("masked", "firmware"):
            assert "guest" in went_to, event
        elif key == "exit":
            assert went_to - {"guest", "idle"}, event
        elif key in ("hart", "lock"):
            assert f"wait.{key}" in went_to, event


def spikes(console, name):
    """{deadline: lateness in ticks} of the worst timers that the guest itself saw."""
    found = re.findall(rf"^SPIKE {name} (\d+) (\d+) insn", console.text().replace("\r", ""), re.M)
    return {int(due): int(late) * TICKS_AN_INSTRUCTION for due, late in found}


ENTRY = 130  # ticks, some 100 instructions: the last of the exit, after the booking, and the guest's own vector


DELIVERY = 100  # ticks more without Sstc: the account ends before the interrupt is put into hvip


def check_agreement(boot, cpu, between=ENTRY):
    path = report_vms("jitter", vms.vm("0", kernel="build:jitter/jitter.bin"))
    console = boot(SMP="1", VMS=path, ICOUNT="7", CPU=cpu)
    assert console.finish() == 0
    [vcpu] = read(console).vcpus.values()
    seen = spikes(console, "timer_call")
    assert max(seen, key=seen.get) == vcpu.late.worst.deadline
    assert 0 <= max(seen.values()) - vcpu.late.max < between
    return vcpu


def test_guest_and_host_agree_on_the_worst_timer(boot):
    vcpu = check_agreement(boot, "rv64")
    assert vcpu.late.worst.column == "sbi.dbcn.write"
    assert vcpu.late.worst.blames["exit"] == vcpu.late.max


def test_guest_and_host_agree_without_sstc(boot):
    check_agreement(boot, "rv64,sstc=off", ENTRY + DELIVERY)


def test_the_mechanisms_that_are_off(boot):
    """Each leaves its mark on the ledger, and the guest's results are right all the same."""
    ledgers = {}
    for name in (None, "fast-path", "free-wfi", "vmid", "superpages"):
        node = vms.vm("0", kernel="build:jitter/jitter.bin",
                      without=None if name is None else f'"{name}"')
        console = boot(SMP="1", VMS=report_vms(f"without-{name}", node), ICOUNT="7")
        assert console.finish() == 0
        [ledgers[name]] = read(console).vcpus.values()
    assert ledgers["free-wfi"].columns["idle"].count >= 1000  # a timer_idle each
    assert "idle" not in ledgers[None].columns
    mean = {name: v.columns["sbi.base"].sum / v.columns["sbi.base"].count
            for name, v in ledgers.items()}
    assert mean["fast-path"] > 2 * mean[None]
