"""Debian's U-Boot in a VM: to its prompt, commands, restart and end."""
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
