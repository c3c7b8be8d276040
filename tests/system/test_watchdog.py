"""The watchdog of `with = "watchdog"`, by Debian's driver: it resets a Linux that does not feed it, also a paused
one, and no other VM."""
import pytest

import vms
from linux import Linux
from shell import Shell
from test_bad_guests import check_heart, guest

RAMDISK = '"cache:guests/linux/initrd-drivers.cpio.gz"'
WATCHDOG = "/sys/class/watchdog/watchdog0"


def insert_driver(linux):
    linux.run("cd /lib/modules && insmod watchdog.ko && insmod sunxi_wdt.ko")
    assert linux.run(f"cat {WATCHDOG}/identity {WATCHDOG}/state {WATCHDOG}/timeout").split("\n") == [
        "sunxi-wdt", "inactive", "16"]


@pytest.mark.parametrize("machine", ["virt", "virt,aia=aplic-imsic,aia-guests=2"], ids=["plic", "aia"])
def test_linux_that_hangs_is_reset(boot, machine):
    path = vms.describe("watchdog", linux=vms.linux("0", ramdisk=RAMDISK, **{"with": '"watchdog"'}),
                        heartbeat=guest("heartbeat", "1"))
    console = boot(VMS=path, MACHINE=machine, SMP=2, LOG="info")
    linux = Linux(console, harts=1)
    insert_driver(linux)
    linux.run("watchdog -t 1 -T 2 /dev/watchdog0")
    linux.run("sleep 3")
    assert linux.run(f"cat {WATCHDOG}/state {WATCHDOG}/timeout").split("\n") == ["active", "2"]
    linux.send_line("killall -9 watchdog")  # the driver's file closes without the letter that stops it
    console.expect(r"VM linux: reset by its watchdog")
    linux.wait_for_boot(harts=1)
    insert_driver(linux)
    linux.check_log()
    linux.run("watchdog -t 1 -T 2 /dev/watchdog0")
    shell = Shell(console)
    shell.open()
    shell.enter("vm pause linux")
    console.expect(r"VM linux: reset by its watchdog")
    shell.close()
    linux.wait_for_boot(harts=1)
    check_heart(console)


def test_a_vm_without_one_has_nothing_there(boot):
    path = vms.describe("no-watchdog", linux=vms.linux("0", ramdisk=RAMDISK))
    linux = Linux(boot(VMS=path, SMP=1), harts=1)
    assert linux.run("ls /proc/device-tree/soc | grep -c watchdog || true") == "0"
    status, _ = linux.try_run("devmem 0x6011018")
    assert status != 0
