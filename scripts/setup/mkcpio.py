#!/usr/bin/python3
"""Packs a folder as a gzipped newc cpio archive for Linux's initramfs.

The bytes depend on names, contents and the execute bit alone: entries are sorted, owners and times are 0.
Device nodes that the first process needs before /dev is mounted are added here, so it takes no root.
usage: mkcpio.py FOLDER ARCHIVE
"""
import gzip
import os
import stat
import sys

NODES = {"dev/console": (5, 1), "dev/null": (1, 3)}


HEADER_SIZE = 110


def entry(number, name, mode, data=b"", device=(0, 0), at=0, align=4):
    """One archive member: header, name, contents, each padded to four bytes.

    With a larger `align` the contents of a member that begins at offset `at` begin at a multiple of
    it: the name gets more than one NUL.
    """
    links = 2 if stat.S_ISDIR(mode) else 1
    raw = name.encode() + b"\0"
    raw += bytes(-(at + HEADER_SIZE + len(raw)) % align) if align > 4 else b""
    fields = (number, mode, 0, 0, links, 0, len(data), 0, 0, *device, len(raw), 0)
    head = b"070701" + b"".join(b"%08x" % f for f in fields) + raw
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)


def member(folder, name):
    """Mode and contents of a file, folder or link, with the permissions that the archive gives it."""
    path = os.path.join(folder, name)
    mode = os.lstat(path).st_mode
    if stat.S_ISLNK(mode):
        return stat.S_IFLNK | 0o777, os.readlink(path).encode()
    if stat.S_ISDIR(mode):
        return stat.S_IFDIR | 0o755, b""
    with open(path, "rb") as file:
        return stat.S_IFREG | (0o755 if mode & 0o100 else 0o644), file.read()


def names(folder):
    """Every path below the folder, a folder before what is in it."""
    found = []
    for where, folders, files in os.walk(folder):
        found += [os.path.relpath(os.path.join(where, n), folder) for n in folders + files]
    return sorted(found)


def main():
    folder, archive = sys.argv[1:]
    parts = []
    for name in names(folder):
        parts.append(entry(len(parts) + 1, name, *member(folder, name)))
    for name, device in sorted(NODES.items()):
        parts.append(entry(len(parts) + 1, name, stat.S_IFCHR | 0o600, device=device))
    parts.append(entry(0, "TRAILER!!!", 0))
    with open(archive, "wb") as file:
        with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=file, mtime=0) as packed:
            packed.write(b"".join(parts))


if __name__ == "__main__":
    main()
