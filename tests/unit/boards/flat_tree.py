"""Device trees, read from their bytes (Devicetree 0.4 §5): by nothing that the host has, to compare with it."""
import dataclasses
import struct

BEGIN, END, PROPERTY, NOP = 1, 2, 3, 4


@dataclasses.dataclass
class Node:
    name: str
    parent: "Node"
    properties: dict = dataclasses.field(default_factory=dict)
    children: list = dataclasses.field(default_factory=list)

    def __iter__(self):
        yield self
        for child in self.children:
            yield from child

    def cells(self, name):
        value = self.properties.get(name, b"")
        return struct.unpack(f">{len(value) // 4}I", value[:len(value) // 4 * 4])

    def cell(self, name, fallback):
        return (*self.cells(name), fallback)[0]

    def texts(self, name):
        return [text.decode() for text in self.properties.get(name, b"").split(b"\0")[:-1]]

    def enabled(self):
        return self.texts("status") in ([], ["okay"], ["ok"]) and (self.parent is None or self.parent.enabled())

    def child(self, path):
        node = self
        for name in path.strip("/").split("/"):
            node = next((n for n in node.children if name in (n.name, n.name.split("@")[0])), None)
            if node is None:
                return None
        return node

    def widths(self):
        return self.cell("#address-cells", 2), self.cell("#size-cells", 1)

    def reg(self):
        """[(address on the bus, size)]"""
        if self.parent is None:
            return []
        addresses, sizes = self.parent.widths()
        return [(number(row[:addresses]), number(row[addresses:]))
                for row in rows(self.cells("reg"), addresses + sizes)] if addresses in (1, 2) else []

    def registers(self):
        """[(address for harts, size)] of those that harts reach."""
        found = ((self.parent.to_harts(base, size), size) for base, size in self.reg())
        return [(base, size) for base, size in found if base is not None]

    def to_harts(self, base, size):
        if self.parent is None:
            return base
        if "ranges" not in self.properties or self.widths()[0] > 2:
            return None
        if not self.properties["ranges"]:
            return self.parent.to_harts(base, size)
        own, sizes = self.widths()
        above = self.parent.widths()[0]
        for row in rows(self.cells("ranges"), own + above + sizes):
            start, length = number(row[:own]), number(row[own + above:])
            if start <= base and base + size <= start + length:
                return self.parent.to_harts(base - start + number(row[own:own + above]), size)
        return None


def number(cells):
    value = 0
    for cell in cells:
        value = value << 32 | cell
    return value


def rows(cells, width):
    return [cells[at:at + width] for at in range(0, len(cells) - width + 1, width)] if width else []


def read(data):
    """(root, [(address, size)] of the list of reserved memory)"""
    structure, strings, reserved_at = struct.unpack(">3I", data[8:20])
    reserved = []
    while (entry := struct.unpack(">2Q", data[reserved_at:reserved_at + 16])) != (0, 0):
        reserved.append(entry)
        reserved_at += 16
    at, node, root = structure, None, None
    while True:
        token, = struct.unpack(">I", data[at:at + 4])
        at += 4
        if token == BEGIN:
            end = data.index(b"\0", at)
            node = Node(data[at:end].decode(), node)
            if node.parent is not None:
                node.parent.children.append(node)
            root = root or node
            at = (end + 4) // 4 * 4
        elif token == END:
            if node.parent is None:
                return root, reserved
            node = node.parent
        elif token == PROPERTY:
            size, name = struct.unpack(">2I", data[at:at + 8])
            end = data.index(b"\0", strings + name)
            node.properties[data[strings + name:end].decode()] = data[at + 8:at + 8 + size]
            at = (at + 8 + size + 3) // 4 * 4
        else:
            assert token == NOP, token
