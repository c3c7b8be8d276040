# shellcheck shell=bash disable=SC2154 # $cache, $work: set by setup
# QEMU 10 with OpenSBI from bookworm-backports, run from the cache by a wrapper: bookworm's own QEMU is
# too old (no Sstc fixes, no SUSP), and a backport installed on the machine would change it for everyone.

qemu_inputs() { printf 'scripts/setup/%s\n' part-qemu.sh lib-apt.sh lib-elf.sh; }

# The C library and its parts stay the machine's own: they belong to its dynamic loader.
qemu_resolve() {
	apt_closure native qemu-system-riscv |
		grep -E '^(qemu-system-riscv|opensbi|zlib1g|lib[^=]*)=' | grep -vE '^(libc6=|libpam|libsemanage)'
}

qemu_make() {
	local out=$work/out/qemu root=$work/root version
	apt_fetch native qemu qemu_resolve
	say "qemu: unpacking"
	apt_unpack qemu '*.deb' "$root"
	mkdir -p "$out/share" "$work/out/bin"
	cp "$root/usr/bin/qemu-system-riscv64" "$out/"
	elf_collect "$root" "$out/lib" '^(ld-linux|lib(c|m|dl|rt|pthread|resolv|util)\.so)' "$out/qemu-system-riscv64"
	cp "$root/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin" \
		"$out/share/opensbi-riscv64-generic-fw_dynamic.bin"
	cat >"$work/out/bin/qemu-system-riscv64" <<-'EOF'
		#!/bin/sh
		# QEMU from the cache with its own libraries and firmware; becomes QEMU, so the pid is QEMU's.
		q=${0%/*}/../qemu
		LD_LIBRARY_PATH=$q/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
		export LD_LIBRARY_PATH
		exec "$q/qemu-system-riscv64" -L "$q/share" "$@"
	EOF
	chmod 755 "$work/out/bin/qemu-system-riscv64"
	version=$("$work/out/bin/qemu-system-riscv64" --version 2>&1 | head -n 1) || true
	[[ $version == 'QEMU emulator version 10.'* ]] || die "the QEMU that was unpacked says: $version; expected version 10"
	say "qemu: $version"
}
