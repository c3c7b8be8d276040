"""host-symbols: the hypervisor's symbols where its image lies.

The image runs where it is loaded, and its ELF file is linked for 0x80200000, which is where QEMU loads it.
"""
import gdb

from . import target

HEADER_AT, HEADER = 48, b"RISCV\0\0\0RSC\x05"  # the magic numbers of a RISC-V Linux Image
PAGE = 4096
LARGEST = 4 << 20  # of an image

_offset = 0  # of the symbols as they are


def find_image():
    """Where the image begins that the selected hart is in: its header is at a page's start."""
    target.require_target()
    if target.in_guest():
        raise gdb.GdbError("host-symbols: the selected hart is in a guest: expected the image's address, or a hart "
                           "that is in the hypervisor")
    pc = target.unsigned("$pc")
    first = pc // PAGE * PAGE
    with target.host_memory():
        for at in range(first, max(first - LARGEST, -1), -PAGE):
            try:
                if gdb.selected_inferior().read_memory(at + HEADER_AT, len(HEADER)).tobytes() == HEADER:
                    return at
            except gdb.MemoryError:
                break
    raise gdb.GdbError(f"host-symbols: no image's header within 4 MiB below the pc, {pc:#x}: expected the image's "
                       "address")


class HostSymbolsCommand(gdb.Command):
    """host-symbols [ADDRESS]: moves the hypervisor's symbols to its image at ADDRESS, or to the one that the
    selected hart runs in. Needed where a boot loader put the image elsewhere than QEMU does."""

    def __init__(self):
        super().__init__("host-symbols", gdb.COMMAND_FILES, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        global _offset
        at = target.number(argument, "host-symbols:") if argument else find_image()
        linked = int(gdb.parse_and_eval("(unsigned long)&_start")) - _offset
        path = target.program()
        gdb.execute(f"symbol-file -o {(at - linked) & (1 << 64) - 1:#x} {path}", to_string=True)
        _offset = at - linked
        print(f"the image lies at {at:#x}, {_offset:#x} from where it is linked for")


HostSymbolsCommand()
