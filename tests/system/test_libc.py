"""C's library in native apps: printf with floating point, malloc, errno, exit; and what is missing without it."""
import re

import pytest

from building import ROOT, build, run_make


@pytest.mark.parametrize("mode", ["release", "debug"])
def test_an_app_over_the_c_library(start, mode):
    console = start(build(A="apps/libc", HV="n", SMP=4, MODE=mode).command)
    assert console.finish() == 0
    lines = re.findall(r"libc: hart (\d): pi is about 3\.141, 9\.545974e-04 of it missing(?=\n)", console.text())
    assert sorted(lines) == ["0", "1", "2", "3"]
    assert console.text().rstrip("\n").endswith("libc: 4 harts, 0 checks failed")  # it ends without a line end


def app(folder, deps, text):
    (folder / "app.mk").write_text(f"app-deps := {deps}\napp-srcs := main.c\n", encoding="ascii")
    (folder / "main.c").write_text(text, encoding="ascii")
    return folder


@pytest.mark.parametrize("name, text", [
    ("printf", "#include <stdio.h>\nint main(void)\n{\n    printf(\"x\");\n    return 0;\n}\n"),
    ("malloc", "#include <stdlib.h>\nint main(void)\n{\n    return malloc(16) == NULL;\n}\n"),
    ("errno", "#include <errno.h>\nint main(void)\n{\n    return errno;\n}\n")],
    ids=["printf", "malloc", "errno"])
def test_an_app_without_it_is_told_what_it_lacks(tmp_path, name, text):
    """errno most of all: it would lie in the hart's own data."""
    result = run_make("build", A=app(tmp_path, "lib axruntime", text), HV="n")
    assert result.returncode == 2, name
    assert (f"{tmp_path}/app.mk: app-deps: expected axlibc among them: C's printf, malloc, exit and errno are there\n"
            in result.stderr)


def test_the_exit_status_is_the_machines(start, tmp_path):
    text = "#include <stdio.h>\n#include <stdlib.h>\nint main(void)\n{\n    fputs(\"half a line\", stderr);\n    exit(3);\n}\n"
    console = start(build(A=app(tmp_path, "axlibc", text), HV="n").command)
    assert console.finish() == 1
    assert console.text().endswith("half a line")


def test_the_hypervisor_can_not_have_it(tmp_path):
    (tmp_path / "app.mk").write_text((ROOT / "apps/hv/app.mk").read_text().replace("app-deps :=", "app-deps := axlibc "))
    (tmp_path / "main.c").write_text((ROOT / "apps/hv/main.c").read_text())
    result = run_make("build", A=tmp_path)
    assert result.returncode == 2
    assert "its app-deps name axlibc, whose printf uses floating point; expected none" in result.stderr
