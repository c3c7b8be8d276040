"""Where the functions of an ELF are."""
import bisect

from machine import CROSS, run


class Symbols:
    def __init__(self, elf):
        lines = [line.split() for line in run(CROSS + "nm", "-n", elf).splitlines()]
        text = [(int(address, 16), name) for address, kind, name in lines if kind in "tT"]
        self.addresses = [address for address, _ in text]
        self.names = [name for _, name in text]
        self.of = {name: int(address, 16) for address, _, name in lines}

    def function_at(self, address):
        """The name of the function that the address is in."""
        return self.names[bisect.bisect_right(self.addresses, address) - 1]
