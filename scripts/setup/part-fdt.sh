# shellcheck shell=bash disable=SC2154 # $work: set by setup
# libfdt for the target: headers and the static library of Debian's riscv64 package.

fdt_inputs() { printf 'scripts/setup/%s\n' part-fdt.sh lib-apt.sh; }
fdt_resolve() { echo libfdt-dev; }

fdt_make() {
	local out=$work/out/riscv64
	apt_fetch riscv64 fdt fdt_resolve
	apt_unpack fdt 'libfdt-dev_*' "$work/root"
	mkdir -p "$out/include" "$out/lib"
	cp "$work"/root/usr/include/{fdt,libfdt,libfdt_env}.h "$out/include/"
	cp "$work/root/usr/lib/riscv64-linux-gnu/libfdt.a" "$out/lib/"
}
