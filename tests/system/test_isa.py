"""What the tree lists works from the first instruction: as natively, extension by extension."""
import re

import pytest

import building
import vms
from console import EOL

LINE = re.compile(r"^isa (.+): (.+)$", re.M)
CPUS = {
    "default": ("rv64", set()),
    # A guest's tree does not name Zkr: the seed is the host's.
    "all": ("max", {"zkr: csrrw seed in S"}),
}


def outcomes(console):
    console.expect(r"isa: done" + EOL)
    found = dict(LINE.findall(console.text()))
    assert console.finish() == 0
    return found


@pytest.mark.parametrize("cpu, missing", CPUS.values(), ids=CPUS)
def test_extensions_are_as_natively(boot, cpu, missing):
    native = outcomes(boot(A="tests/guests/isa", HV="n", SMP=1, MEM="256M", CPU=f"{cpu},h=false"))
    image = building.build(A="tests/guests/isa", HV="n").bin
    description = vms.describe("isa", isa=vms.vm("0", kernel=image, memory="<0x0 0x10000000>"))
    guest = outcomes(boot(VMS=description, SMP=1, CPU=f"{cpu},h=true"))
    assert len(native) > 90
    assert guest.keys() == native.keys()
    assert {name for name, outcome in guest.items() if outcome != native[name]} == missing
    assert all(guest[name] == "cause 2" for name in missing)
