"""What the docs name exists: links, files, functions; README's parameters are those of make."""
import collections
import pathlib
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
PATH = re.compile(r"\b((?:modules|apps|tests|scripts|tools)/[\w./-]*\w)")


def names(paths):
    return [str(path.relative_to(ROOT)) for path in paths]


def test_there_are_docs():
    assert {"README.md", "CONTRIBUTING.md", "docs/boot.md", "docs/vms.md"} <= set(names(DOCS))


@pytest.mark.parametrize("doc", DOCS, ids=names(DOCS))
def test_links_lead_somewhere(doc):
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", doc.read_text(encoding="utf-8"))
    assert [t for t in targets if not (doc.parent / t).exists()] == []


@pytest.mark.parametrize("doc", DOCS, ids=names(DOCS))
def test_named_files_exist(doc):
    made = re.findall(r"^New file `([^`]+)`", doc.read_text(encoding="utf-8"), re.M)  # by a recipe

    def exists(name):
        return (ROOT / name).exists() or name in made or "ARCH" in name or "MODULE" in name or "NAME" in name
    found = PATH.findall(doc.read_text(encoding="utf-8"))
    assert [name for name in found if not exists(name)] == []


@pytest.mark.parametrize("doc", [ROOT / "docs/boot.md"], ids=["docs/boot.md"])
def test_functions_stand_in_the_named_files(doc):
    """Of the host's table: the function of the first column is in the file of the second."""
    rows = re.findall(r"^\| `(\w+)` \| ([\w./]+) \|", doc.read_text(encoding="utf-8"), re.M)
    assert len(rows) >= 10
    missing = [f"{file}: {name}" for name, file in rows
               if not re.search(rf"\b{name}\b", (ROOT / file).read_text(encoding="utf-8"))]
    assert missing == []


def test_readmes_parameters_are_makes():
    """README has those that a user needs first, as `make help` has them all."""
    result = subprocess.run(["make", "-s", "help"], cwd=ROOT, check=True, capture_output=True,
                            text=True)
    parameters = result.stdout.split("Targets:")[0]
    expected = [tuple(part.strip() for part in re.split(r"  +", line.strip(), maxsplit=2))
                for line in parameters.splitlines()[1:] if line.strip()]
    expected = [row if len(row) == 3 else (row[0], "", row[1]) for row in expected]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z_]+)` \| ?`?(.*?)`? \| (.*?) \|$", readme, re.M)
    assert len(rows) >= 8
    assert [row for row in rows if row not in expected] == []


def test_readme_is_short():
    """And its figures are those of docs/measured.md."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 100
    measured = (ROOT / "docs/measured.md").read_text(encoding="utf-8")
    rows = re.findall(r"^(\| (?:null SBI|sbi_set|IPI to)[^|]*\|[^|]*\|[^|]*\|)", text, re.M)
    assert len(rows) == 3
    assert [row for row in rows if row not in measured] == []


SVGS = sorted(ROOT.glob("docs/images/*.svg"))


@pytest.mark.parametrize("svg", SVGS, ids=names(SVGS))
def test_chromium_shows_each_line_of_a_picture(svg, tmp_path):
    """As a page shows it, in <img>: where a line of text is there are pixels of its colour."""
    import matplotlib.image  # pylint: disable=import-outside-toplevel
    root = ElementTree.parse(svg).getroot()
    texts = [node for node in root.iter("{http://www.w3.org/2000/svg}text") if node.text]
    assert len(texts) > 10 and not any(name.endswith("space") for node in root.iter() for name in node.attrib)
    width, height = int(root.get("width")), int(root.get("height"))
    (tmp_path / "page.html").write_text(f'<body style="margin:0"><img src="{svg}"></body>', encoding="utf-8")
    subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                    f"--window-size={width},{height}", f"--user-data-dir={tmp_path}/user",
                    f"--screenshot={tmp_path}/shot.png", tmp_path / "page.html"],
                   check=True, capture_output=True, timeout=120)
    shot = matplotlib.image.imread(tmp_path / "shot.png")[:, :, :3].mean(axis=2)
    for node in texts:
        x, y = float(node.get("x")), int(node.get("y"))
        row = shot[y - 11:y + 1, int(x):]
        assert (row > 0.5).any(), node.text
        width = int(float(node.get("textLength", 9)))  # the last character is where the text ends
        assert (row[:, max(0, width - 10):width] > 0.4).any(), node.text


def test_bounds_are_the_budgets():
    """The table of docs/bounds.md is that of bench/budgets."""
    sys.path.insert(0, str(ROOT / "tools"))
    import budget_file  # pylint: disable=import-outside-toplevel
    budgets = budget_file.parse((ROOT / "bench/budgets").read_text(encoding="utf-8"), "bench/budgets")
    text = (ROOT / "docs/bounds.md").read_text(encoding="utf-8")
    assert budget_file.put_table(text, budgets.instructions) == text
    assert text.count("| `ecall_") >= 15


def test_tour_draws_what_modules_declare():
    """Each arrow of the layers' chart is a dependency that the module's own module.mk declares, and each
    dependency is an arrow or follows from arrows; no module is left out."""
    chart = (ROOT / "docs/tour.md").read_text(encoding="utf-8").split("```mermaid")[1].split("```")[0]
    arrows = [(left, right) for left, rights in re.findall(r"^ *(\w+) --> (.+)$", chart, re.M)
              for right in rights.split(" & ")]
    assert len(arrows) >= 15
    declared = {}
    for path in ROOT.glob("modules/*/module.mk"):
        text = path.read_text(encoding="utf-8").replace("\\\n", " ")
        declared[path.parent.name] = set(re.search(r"^\w+-deps := *(.*)$", text, re.M)[1].split())
    assert [arrow for arrow in arrows if arrow[1] not in declared[arrow[0]]] == []

    def reached(module):
        below = {right for left, right in arrows if left == module}
        return below.union(*map(reached, below))
    assert {module: below - reached(module) for module, below in declared.items() if below - reached(module)} == {}
    assert set(declared) == {end for arrow in arrows for end in arrow}


def test_porting_names_what_an_architecture_has():
    """Every file of RISC-V's is in the table of what another architecture must provide."""
    porting = (ROOT / "docs/porting.md").read_text(encoding="utf-8")
    table = porting.split("| module | under arch/ARCH | provides |")[1].split("\n\n")[0]
    listed = collections.defaultdict(str)
    for module, row in re.findall(r"^\| (\w+)(.*)$", table, re.M):
        listed[module] += row
    files = [path for path in ROOT.glob("modules/*/arch/riscv64/**/*.*") if path.is_file()]
    assert len(files) >= 20
    missing = [str(path.relative_to(ROOT)) for path in files
               if not re.search(rf"(?<![\w/.]){re.escape(path.name)}\b", listed[path.relative_to(ROOT).parts[1]])]
    assert missing == []
