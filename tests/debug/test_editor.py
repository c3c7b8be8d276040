"""What an editor needs: clangd without an error in any C file or header, labels in the tags, and VS Code's
tasks and launches that name things that exist."""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess

import pytest
from session import BUILD, build

ROOT = pathlib.Path(__file__).resolve().parents[2]
AT_ONCE, FILE_S = 2, 60


@pytest.fixture(name="commands", scope="module")
def fixture_commands():
    subprocess.run(["make", "-s", "compile_commands.json", "tags"], cwd=ROOT, check=True, timeout=300)
    return json.loads((ROOT / "compile_commands.json").read_text(encoding="utf-8"))


def sources(pattern):
    """All sources that are the repository's, the tests' own apps included."""
    listed = subprocess.run(["git", "ls-files", "modules", "apps", "tests/apps", "tests/unit"], cwd=ROOT,
                            check=True, capture_output=True, text=True).stdout.split()
    return {name for name in listed if re.search(pattern, name)}


def test_every_source_has_a_command(commands):
    named = {entry["file"] for entry in commands}
    assert sources(r"\.[cS]$") - named == set()


def test_every_header_stands_alone(commands):
    """Opened first, a header is compiled by its own command, with all that it needs included."""
    entries = [entry for entry in commands if entry["file"].endswith(".h")]
    assert sources(r"\.h$") - {entry["file"] for entry in entries} == set()

    def compile_header(entry):
        command = [*entry["arguments"][:-2], "-fsyntax-only", "-x", "c", entry["file"]]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=FILE_S, check=False)
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(compile_header, entries))
    assert len(results) > 100
    assert [done.stderr for done in results if done.returncode != 0] == []


def check(name):
    # Diagnostics are the whole file's; on these lines clangd also tries its refactorings.
    done = subprocess.run(["clangd", f"--check={name}", "--check-lines=1-1", "--log=error"], cwd=ROOT,
                          timeout=FILE_S, capture_output=True, text=True)
    return name, done.returncode, done.stderr


def test_clangd_finds_no_error(commands):
    files = sorted({entry["file"] for entry in commands if entry["file"].endswith(".c")})
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(check, files))
    assert len(results) > 100
    assert [(name, text) for name, status, text in results if status != 0] == []


def definitions(name):
    """The files where VS Code's second source finds a definition, by the command that it is given."""
    command = vscode("settings.json")["ctags-companion.readtagsGoToDefinitionCommand"]
    command = command.replace("build/", os.environ.get("BUILD", "build") + "/").split()  # a lane of scripts/test
    found = subprocess.run([*command, name], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return {line.split("\t")[1] for line in found.splitlines()}


def names_in_assembly(pattern):
    """Each name that matches in the modules' assembly, and the file."""
    return [(name, path) for path in sorted(sources(r"^modules/.*\.S$"))
            for name in re.findall(pattern, (ROOT / path).read_text(encoding="utf-8"), re.M)]


def test_labels_are_found(commands):
    labels = names_in_assembly(r"^\s*\.globl\s+(\w+)")
    assert len(labels) > 5
    assert [(name, path) for name, path in labels if path not in definitions(name)] == []
    assert "modules/axhal/arch/riscv64/link.ld" in definitions("bss_start")


def test_names_that_assembly_uses_are_found(commands):
    names = {name for name, _ in names_in_assembly(r"^\s*(?:call|tail)\s+(\w+)")}
    assert {"primary_entry", "secondary_entry", "exit_fast"} <= names
    assert {name for name in names if not definitions(name)} == set()
    assert definitions("HART_STACK_TOP") == {"modules/axhal/arch/riscv64/offsets.c"}


def test_names_of_c_alone_are_clangds(commands):
    assert definitions("mailbox_post") == set()


def vscode(name):
    return json.loads((ROOT / ".vscode" / name).read_text(encoding="utf-8"))


def test_tasks_name_targets_that_make_has():
    targets = set(subprocess.run(["make", "-s", "help"], cwd=ROOT, check=True, capture_output=True,
                                 text=True).stdout.split())
    for task in vscode("tasks.json")["tasks"]:
        for words in re.findall(r"make ([^&]*)", task["command"]):
            assert {w for w in words.split() if "=" not in w} <= targets | {"compile_commands.json"}


def test_the_guests_symbols_hide_no_line_of_the_hypervisor():
    """VS Code has gdb do setupCommands, then load the program, connect, and do postRemoteConnectCommands. Where
    host and guest have one address gdb shows the file that it loaded first."""
    build()
    launch = vscode("launch.json")["configurations"][1]
    commands = [command["text"] for command in launch["setupCommands"]]
    commands += [f"file {launch['program']}"]
    commands += [command["text"] for command in launch["postRemoteConnectCommands"]]
    words = [word for text in [*commands, "info line *&runtime_main"]
             for word in ("-ex", text.replace("${workspaceFolder}/build", os.path.join(ROOT, BUILD))
                          .replace("${workspaceFolder}", str(ROOT)))]
    shown = subprocess.run([launch["miDebuggerPath"], "-q", "-batch", *words], cwd=ROOT, check=True,
                           timeout=FILE_S, capture_output=True, text=True).stdout
    assert "symbols of the guest" in shown
    assert re.search(r'^Line \d+ of "modules/axruntime/main.c" starts at', shown, re.M)


# Of the extensions' documentation: cppdbg's launch, and what VS Code itself adds; of a task. True: it must be there.
LAUNCH = {"name": True, "type": True, "request": True, "program": True, "args": False, "cwd": False, "environment": False,
          "MIMode": False, "miDebuggerPath": False, "miDebuggerArgs": False, "miDebuggerServerAddress": False,
          "stopAtConnect": False, "stopAtEntry": False, "setupCommands": False, "postRemoteConnectCommands": False,
          "customLaunchSetupCommands": False, "launchCompleteCommand": False, "symbolLoadInfo": False,
          "externalConsole": False, "logging": False, "preLaunchTask": False, "postDebugTask": False,
          "presentation": False}
COMMAND = {"text": True, "description": False, "ignoreFailures": False}
TASK = {"label": True, "type": True, "command": True, "args": False, "group": False, "isBackground": False,
        "problemMatcher": False, "options": False, "presentation": False, "dependsOn": False, "dependsOrder": False}


def assert_fields(thing, fields):
    assert set(thing) - set(fields) == set()
    assert {name for name, needed in fields.items() if needed} - set(thing) == set()


def test_launches_and_tasks_have_the_documented_fields():
    assert set(vscode("launch.json")) == {"version", "configurations"}
    for launch in vscode("launch.json")["configurations"]:
        assert_fields(launch, LAUNCH)
        assert (launch["type"], launch["request"], launch["MIMode"]) == ("cppdbg", "launch", "gdb")
        for command in launch["setupCommands"] + launch.get("postRemoteConnectCommands", []):
            assert_fields(command, COMMAND)
    assert set(vscode("tasks.json")) == {"version", "tasks"}
    for task in vscode("tasks.json")["tasks"]:
        assert_fields(task, TASK)
        background = task["problemMatcher"]["background"] if task.get("isBackground") else {}
        assert set(background) in (set(), {"activeOnStart", "beginsPattern", "endsPattern"})


def test_recommended_extensions():
    """For C, its debugger, labels, assembly and device trees; the file types are associated with what they know."""
    assert len(vscode("extensions.json")["recommendations"]) == 5
    assert vscode("settings.json")["files.associations"]["*.S"] == "riscv"
    assert vscode("settings.json")["files.associations"]["*.dts"] == "dts"


def test_debugserver_says_what_the_tasks_wait_for():
    """On the port that is asked for, and how it ends; VS Code's background task ends its start with that line."""
    said = subprocess.run(["make", "-n", "debugserver", "GDB_PORT=4711"], cwd=ROOT, check=True, capture_output=True,
                          text=True).stdout
    for task in vscode("tasks.json")["tasks"]:
        if task.get("isBackground"):
            assert re.search(task["problemMatcher"]["background"]["endsPattern"], said)
    assert "QEMU waits for gdb on localhost:4711, stopped before the first instruction; Ctrl-A X ends it." in said
    assert "-S -gdb tcp:localhost:4711" in said
    addresses = {launch["miDebuggerServerAddress"] for launch in vscode("launch.json")["configurations"]}
    assert addresses == {"localhost:1234"}  # GDB_PORT's default


def test_launches_name_tasks_and_files_that_exist():
    labels = {task["label"] for task in vscode("tasks.json")["tasks"]}
    launches = vscode("launch.json")["configurations"]
    assert [launch["name"] for launch in launches] == ["hypervisor", "hypervisor + guest"]
    for launch in launches:
        assert launch["preLaunchTask"] in labels
        assert pathlib.Path(launch["miDebuggerPath"]).exists()
        for command in launch["setupCommands"] + launch.get("postRemoteConnectCommands", []):
            path = command["text"].split()[1].replace("${workspaceFolder}/", "")
            assert path.startswith("build/") or (ROOT / path).exists()
