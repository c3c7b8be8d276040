"""docs/porting.md: what it says of another architecture is so."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import building  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOST = "lib axconfig axhal axsync axlog axalloc axipi axdriver axruntime".split()


def test_common_files_compile_for_another_architecture():
    building.make("portable")


def test_common_files_that_name_riscv():
    """The table has just the files that include the CSRs' accessors or their fields."""
    found = {str(path.relative_to(ROOT)) for module in HOST for path in (ROOT / "modules" / module).rglob("*.[ch]")
             if "arch" not in path.relative_to(ROOT / "modules" / module).parts
             and re.search(r"axhal/(csr_bits|arch/csr)\.h", path.read_text(encoding="utf-8"))}
    table = (ROOT / "docs/porting.md").read_text(encoding="utf-8").partition("test_porting.py compares -->")[2]
    assert set(re.findall(r"modules/[\w/.]+\.[ch]", table.partition("\n\n")[0])) == found
