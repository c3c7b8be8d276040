"""The guest's RTC, driven from U-Boot's prompt: it knows the time, and its alarm comes by itself."""
import re
import time

import pytest

from test_uboot import PROMPT, to_prompt

RTC, PLIC_PENDING = 0x101000, 0xC001000
TIME_LOW, TIME_HIGH, ALARM_LOW, ALARM_HIGH, IRQ_ENABLED, ALARM_STATUS = 0, 4, 8, 0xC, 0x10, 0x18
RTC_IRQ = 1 << 11
AHEAD_NS = 1_500_000_000
DAY_S = 86400


class Registers:
    def __init__(self, console):
        self.console = console

    def command(self, text):
        self.console.send(text + "\n")
        self.console.expect(PROMPT)
        return self.console.child.before

    def read(self, address):
        line = self.command(f"md.l {address:x} 1")
        return int(re.search(rf"{address:08x}: ([0-9a-f]{{8}})", line)[1], 16)

    def write(self, address, value):
        self.command(f"mw.l {address:x} {value:x}")

    def time_ns(self):
        low = self.read(RTC + TIME_LOW)
        return self.read(RTC + TIME_HIGH) << 32 | low


@pytest.mark.parametrize("cpu", ["rv64", "rv64,h=true,sstc=off"])
def test_alarm(boot, cpu):
    """The PLIC is all that is looked at while the alarm is awaited: an access would fire it too."""
    console = boot(VMS="configs/u-boot.dts", CPU=cpu)
    to_prompt(console)
    registers = Registers(console)
    now = registers.time_ns()
    assert abs(now / 1e9 - time.time()) < DAY_S
    registers.write(RTC + ALARM_HIGH, (now + AHEAD_NS) >> 32)
    registers.write(RTC + IRQ_ENABLED, 1)
    registers.write(RTC + ALARM_LOW, (now + AHEAD_NS) & 0xFFFFFFFF)
    registers.command("sleep 2")
    assert registers.read(PLIC_PENDING) == RTC_IRQ
    assert registers.read(RTC + ALARM_STATUS) == 0
    registers.command("sleep 1")
    console.send("poweroff\n")
    assert console.finish() == 0
