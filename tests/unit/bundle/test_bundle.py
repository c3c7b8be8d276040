"""tools/bundle: what it packs, and its message for every mistake; cpio(1) reads the result."""
import os
import pathlib
import subprocess

import libfdt
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
APPS = " ".join(sorted(path.parent.name for path in ROOT.glob("apps/**/app.mk") if path.parent.name != "hv"))


@pytest.fixture(name="folder")
def in_folder(tmp_path, monkeypatch):
    """A folder to work in, with a cache and a build folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    (tmp_path / "xdg/stillhart/guests").mkdir(parents=True)
    (tmp_path / "configs").mkdir()
    (tmp_path / "out/jitter").mkdir(parents=True)
    return tmp_path


def describe(body, path="configs/x.dts"):
    pathlib.Path(path).write_text(
        f'/dts-v1/;\n/ {{ compatible = "stillhart,vms";\n{body}\n}};\n', encoding="utf-8")


def bundle(*extra, path="configs/x.dts"):
    return subprocess.run([ROOT / "tools/bundle", "-o", "x.cpio", *extra, path],
                          capture_output=True, text=True, check=False)


def fails(message, *extra, **named):
    result = bundle(*extra, **named)
    assert result.stderr == message + "\n"
    assert result.returncode == 1
    assert not os.path.exists("x.cpio")


def packs(*extra):
    result = bundle(*extra)
    assert (result.returncode, result.stderr) == (0, "")


def members():
    with open("x.cpio", "rb") as archive:
        names = subprocess.run(["cpio", "-it", "--quiet"], stdin=archive, capture_output=True,
                               text=True, check=True)
    return names.stdout.split()


def member(name):
    with open("x.cpio", "rb") as archive:
        return subprocess.run(["cpio", "-i", "--quiet", "--to-stdout", name], stdin=archive,
                              capture_output=True, check=True).stdout


def test_packs_description_and_images(folder):
    (folder / "configs/Image").write_bytes(b"kernel")
    (folder / "xdg/stillhart/guests/initrd").write_bytes(b"ramdisk")
    (folder / "out/jitter/jitter.bin").write_bytes(b"j")
    describe('a { kernel = "Image"; ramdisk = "cache:guests/initrd"; };'
             'b { kernel = "build:jitter/jitter.bin"; };')
    packs("-b", "out")
    assert members() == ["vms.dtb", "Image", "cache:guests/initrd", "build:jitter/jitter.bin"]
    assert member("Image") == b"kernel"
    assert member("cache:guests/initrd") == b"ramdisk"
    assert member("build:jitter/jitter.bin") == b"j"
    tree = libfdt.FdtRo(member("vms.dtb"))
    assert tree.getprop(0, "source").as_str() == "configs/x.dts"
    assert tree.getprop(tree.path_offset("/a"), "kernel").as_str() == "Image"


def test_packs_flash(folder):
    """A file for each bank; another number of them is left to apps/hv to report."""
    for name in ("code", "vars"):
        (folder / "configs" / name).write_bytes(name.encode())
    describe('a { flash = "code", "vars"; }; b { flash = "code"; };')
    packs()
    assert members() == ["vms.dtb", "code", "vars"]
    assert member("vars") == b"vars"
    describe('a { flash = "code", "no"; };')
    os.remove("x.cpio")
    fails(f'configs/x.dts: /a: flash = "no": no such file (looked for {folder}/configs/no)')
    describe('a { flash = "a", "b", "c"; };')
    packs()
    assert members() == ["vms.dtb"]


def test_data_is_aligned(folder):
    for size in range(5):
        (folder / "configs/k").write_bytes(b"#" * size)
        describe('a { kernel = "k"; };')
        packs()
        assert (folder / "x.cpio").stat().st_size % 4 == 0
        assert member("k") == b"#" * size


def test_an_image_is_packed_once(folder):
    (folder / "configs/Image").touch()
    describe('a { kernel = "Image"; }; b { kernel = "Image"; ramdisk = "Image"; };')
    packs()
    assert members() == ["vms.dtb", "Image"]


def test_same_input_same_bytes(folder):
    (folder / "configs/Image").write_bytes(b"kernel")
    describe('a { kernel = "Image"; };')
    packs()
    first = (folder / "x.cpio").read_bytes()
    os.utime(folder / "configs/Image", (1, 1))
    packs()
    assert (folder / "x.cpio").read_bytes() == first


def test_paths_outside_the_folder(folder):
    (folder / "up").write_bytes(b"up")
    describe(f'a {{ kernel = "../up"; ramdisk = "{folder}/up"; }};')
    packs()
    assert members() == ["vms.dtb", "../up", f"{folder}/up"]


def test_missing_image(folder):
    describe('linux { kernel = "Image"; };')
    fails('configs/x.dts: /linux: kernel = "Image": no such file '
          f"(looked for {folder}/configs/Image)")


def test_all_missing_images_are_named(folder):
    describe('a { kernel = "cache:guests/Image"; }; b { kernel = "k"; ramdisk = "build:zzz"; };')
    fails('configs/x.dts: /a: kernel = "cache:guests/Image": no such file (looked for '
          f"{folder}/xdg/stillhart/guests/Image; make setup brings the guests)\n"
          f'configs/x.dts: /b: kernel = "k": no such file (looked for {folder}/configs/k)\n'
          'configs/x.dts: /b: ramdisk = "build:zzz": no such file (looked for '
          f"{folder}/out/zzz; expected build:NAME/NAME.bin, the apps are: {APPS})", "-b", "out")


@pytest.mark.parametrize("name, hint", [
    ("jitter/jitter.bin", "make builds it"), ("jitter", "expected build:jitter/jitter.bin, the apps are: "),
    ("jiter/jiter.bin", "expected build:jitter/jitter.bin, the apps are: "),
    ("brief/brief.bin", "make builds it"), ("", "expected build:NAME/NAME.bin, the apps are: ")])
def test_build_names_say_what_makes_them(folder, name, hint):
    describe(f'a {{ kernel = "build:{name}"; }};')
    hint += APPS if hint.endswith(": ") else ""
    what = "is a folder: expected a file" if (folder / "out" / name).is_dir() else "no such file"
    fails(f'configs/x.dts: /a: kernel = "build:{name}": {what} (looked for '
          f"{folder}/out{'/' * bool(name)}{name}; {hint})", "-b", "out")


def test_build_name_without_build_folder(folder):
    describe('a { kernel = "build:k"; };')
    fails('configs/x.dts: /a: kernel = "build:k": expected the option -b FOLDER for names that '
          "begin with build:")


def test_folder_as_image(folder):
    describe('a { kernel = "../configs"; };')
    fails('configs/x.dts: /a: kernel = "../configs": is a folder: expected a file '
          f"(looked for {folder}/configs/../configs)")


@pytest.mark.parametrize("name", ["vms.dtb", "TRAILER!!!"])
def test_reserved_names(folder, name):
    (folder / "configs" / name).touch()
    describe(f'a {{ kernel = "{name}"; }};')
    fails(f'configs/x.dts: /a: kernel = "{name}": this name is the bundle\'s own: '
          "expected another")


def test_image_too_large_for_newc(folder):
    with open(folder / "configs/k", "wb") as image:
        image.truncate(2**32)
    describe('a { kernel = "k"; };')
    fails('configs/x.dts: /a: kernel = "k": has 4294967296 bytes: expected less than 4 GiB '
          f"(looked for {folder}/configs/k)")


def test_two_nodes_of_one_name(folder):
    describe("a { };\na { };")
    fails("configs/x.dts: /a: there are two nodes of this name: expected another for each")
    describe("a { b { }; b { }; };")  # dtc's own words
    result = bundle()
    assert "ERROR (duplicate_node_names): /a/b: Duplicate node name" in result.stderr


def test_syntax_error(folder):
    describe("a { cpus = ; };")
    fails("Error: configs/x.dts:3.12-13 syntax error\nFATAL ERROR: Unable to parse input tree")


def test_no_description(folder):
    fails("configs/y.dts: no such file; expected a VM description", path="configs/y.dts")
    fails("configs: no such file; expected a VM description", path="configs")


def test_output_that_can_not_be_written(folder):
    describe("a { };")
    result = bundle("-o", "none/x.cpio")
    assert (result.returncode, result.stderr) == (1, "bundle: none/x.cpio: No such file or directory\n")


def test_what_is_no_string_is_left_to_the_hypervisor(folder):
    describe('a { kernel = <1>; ramdisk = "a", "b"; }; b { kernel; }; c { kernel = ""; };')
    result = bundle()
    assert result.returncode == 0, result.stderr
    assert members() == ["vms.dtb"]


def test_depfile(folder):
    (folder / "configs/my image").touch()
    pathlib.Path("configs/common.dtsi").write_text('/ { a { kernel = "my image"; }; };',
                                                   encoding="utf-8")
    pathlib.Path("configs/x.dts").write_text('/dts-v1/;\n/include/ "common.dtsi"\n',
                                             encoding="utf-8")
    packs("-d", "x.d")
    assert (folder / "x.d").read_text(encoding="utf-8") == (
        "x.cpio: configs/x.dts configs/common.dtsi configs/my\\ image\n"
        "configs/x.dts:\nconfigs/common.dtsi:\nconfigs/my\\ image:\n")
