"""Debian's U-Boot: in a VM, to its prompt, commands, restart and end; and as a board's, which boots the hypervisor."""
import os
import pathlib

import machine
import vms
from building import build
from console import EOL
from shell import guest

PROMPT = "=> "
AUTOBOOT = "Hit any key to stop autoboot"


def to_prompt(console):
    console.expect(r"U-Boot 20\d\d\.\d\d")
    console.expect(AUTOBOOT)
    console.send("\n")
    console.expect(PROMPT)


def test_prompt_commands_reset_poweroff(boot):
    console = boot(VMS="configs/u-boot.dts")
    to_prompt(console)
    console.send("version\n")
    console.expect(r"version\r*\nU-Boot 20\d\d\.\d\d.*\r*\n")
    console.expect(PROMPT)
    console.send("bdinfo\n")
    console.expect(r"boot hart += 0x0+\r*\n")
    console.expect(PROMPT)
    console.send("reset\n")
    to_prompt(console)
    console.send("poweroff\n")
    assert console.finish() == 0


def test_booti_of_the_hypervisor(start):
    """As docs/porting.md has it. booti moves the image from where it was loaded to where its header says, and U-Boot
    hands over a tree of its own, with the bundle in it."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "stillhart"
    built = build(VMS=vms.describe("booti", vm=guest("heartbeat", "0", bootargs='"rounds=3"')), SMP=2, LOG="info")
    image, bundle = 0x90000000, 0xA0000001
    command = machine.with_options(built, kernel=cache / "guests/u-boot/u-boot.bin")
    at = command.index("-initrd")
    command[at:at + 2] = ["-device", f"loader,file={built.bin},addr={image:#x},force-raw=on",
                          "-device", f"loader,file={built.bundle},addr={bundle:#x},force-raw=on"]
    console = start(command)
    to_prompt(console)
    console.send(f"booti {image:#x} {bundle:#x}:{os.path.getsize(built.bundle):x} ${{fdtcontroladdr}}\n")
    console.expect(r"boot hart \d of 2, timebase 10000000 Hz" + ".*" + EOL)
    console.expect(r"heartbeat: 3 beats" + EOL)
    assert console.finish() == 0
