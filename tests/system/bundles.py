"""newc archives: where their members are (cpio(5))."""
import dataclasses

HEADER = 110
TRAILER = "TRAILER!!!"


@dataclasses.dataclass(frozen=True)
class Member:
    name: str
    at: int  # of the header, in bytes from the archive's start
    data: int
    size: int


def round_up(number):
    return (number + 3) // 4 * 4


def members(archive):
    """{name: Member} of an archive's bytes, with its trailer."""
    found, at = {}, 0
    while TRAILER not in found:
        fields = [int(archive[at + 6 + 8 * n:at + 14 + 8 * n], 16) for n in range(13)]
        size, name_size = fields[6], fields[11]
        name = archive[at + HEADER:at + HEADER + name_size].split(b"\0")[0].decode()
        data = round_up(at + HEADER + name_size)
        found[name] = Member(name, at, data, size)
        at = round_up(data + size)
    return found
