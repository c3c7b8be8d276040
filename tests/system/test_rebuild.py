"""A changed value, or file, rebuilds what depends on it and nothing else."""
import os
import re
import subprocess

import pytest

from building import copy_tree, environment_of_a_copy

ENVIRONMENT = environment_of_a_copy()
WITHOUT_BUILD = {name: value for name, value in ENVIRONMENT.items() if name != "BUILD"}


def included_by(source):
    """The headers that it includes: those beside it by their paths, as modules have some of one name."""
    names = re.findall(r"#include [<\"]([^>\"]+)[>\"]", source.read_text())
    return {str(source.parent / name) if (source.parent / name).exists() else name for name in names}


class Tree:
    """A copy of the sources; build() returns the sources that were compiled, and the linked."""

    def __init__(self, folder):
        self.folder = copy_tree(folder)
        self.sources, _ = self.build()

    def build(self, **parameters):
        words = [f"{name}={value}" for name, value in parameters.items()]
        result = subprocess.run(["make", "-j2", "A=apps/smp", "HV=n", *words], cwd=self.folder,
                                env=ENVIRONMENT, capture_output=True, text=True,
                                timeout=300, check=True)
        return (set(re.findall(r"^  (?:CC|AS) +(\S+)$", result.stdout, re.M)),
                set(re.findall(r"^  (?:LD|BIN) +(\S+)$", result.stdout, re.M)))

    def users_of(self, header):
        """The sources that include this header, directly or through others: as grep finds them."""
        found, wanted = set(), {header}
        includes = {p: included_by(p) for top in ("modules", "apps/smp") for p in (self.folder / top).rglob("*")
                    if p.suffix in (".c", ".h", ".S") and "fake" not in p.parts}
        while new := {p for p, names in includes.items() if names & wanted} - found:
            found |= new
            wanted |= {re.sub(r".*/include/", "", str(p)) for p in new if p.suffix == ".h"}
        return {str(p.relative_to(self.folder)) for p in found} & self.sources


@pytest.fixture(name="tree", scope="module")
def fixture_tree(tmp_path_factory):
    return Tree(tmp_path_factory.mktemp("tree"))


def test_rebuilds_only_what_changed(tree):
    assert len(tree.sources) > 30
    assert tree.build() == (set(), set())
    images = {f"build/riscv64/release/smp/smp.{kind}" for kind in ("elf", "bin")}
    for parameter, value, header in (("SMP", 3, "config/smp.h"), ("LOG", "debug", "config/log.h")):
        changed = {"SMP": 3, parameter: value}
        expected = tree.users_of(header)
        assert 0 < len(expected) < 10
        assert tree.build(**changed) == (expected, images)
        assert tree.build(**changed) == (set(), set())


def test_rebuilds_what_includes_a_touched_header(tree):
    tree.build()
    os.utime(tree.folder / "modules/axsync/include/axsync/spinlock.h")
    compiled, _ = tree.build()
    assert compiled == tree.users_of("axsync/spinlock.h")
    assert "modules/axsync/spinlock.c" in compiled and "modules/lib/bulk.c" not in compiled


def test_rebuilds_what_a_module_says_of_its_files(tree):
    """Flags of one file, set and taken away again."""
    tree.build()
    module = tree.folder / "modules/axsync/module.mk"
    text = module.read_text()
    sources = {source for source in tree.sources if source.startswith("modules/axsync/")}
    for change in (text + "CFLAGS_modules/axsync/spinlock.c += -DCHANGED\n", text):
        module.write_text(change)
        assert tree.build()[0] == sources and "modules/axsync/spinlock.c" in sources
        assert tree.build() == (set(), set())


def test_makes_at_once_are_one_after_the_other(tree):
    """Two of one folder, with other values: the second waits and says so; each has its own at its end."""
    command = ["make", "A=apps/smp", "HV=n", "BUILD=build/shared"]
    with subprocess.Popen([*command, "SMP=3"], cwd=tree.folder, env=WITHOUT_BUILD, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as first:
        first.stdout.readline()  # it compiles
        second = subprocess.run([*command, "SMP=4"], cwd=tree.folder, env=WITHOUT_BUILD, capture_output=True,
                                text=True, timeout=300, check=True)
        said = first.communicate(timeout=300)
    assert first.returncode == 0 and said[1] == ""
    assert second.stderr == (f"make: build/shared: another make builds there, process {first.pid}: waiting for it "
                             "(BUILD=build/NAME builds beside it)\n")
    assert set(re.findall(r"^  (?:CC|AS) +(\S+)$", second.stdout, re.M)) == tree.users_of("config/smp.h")


def test_a_killed_make_holds_nobody_up(tree):
    command = ["make", "A=apps/smp", "HV=n", "BUILD=build/killed"]
    with subprocess.Popen(command, cwd=tree.folder, env=WITHOUT_BUILD, stdout=subprocess.PIPE) as first:
        first.stdout.readline()
        first.kill()
    again = subprocess.run(command, cwd=tree.folder, env=WITHOUT_BUILD, capture_output=True, text=True, timeout=300,
                           check=True)
    assert again.stderr == ""


def test_modes_and_apps_keep_apart(tree):
    """Going back to what was built before builds nothing."""
    tree.build()
    assert tree.build(MODE="debug")[0]
    assert tree.build(A="apps/helloworld")[0]
    assert tree.build() == tree.build(MODE="debug") == (set(), set())
