# shellcheck shell=bash disable=SC2154 # $here, $work: set by setup
# stress-ng for the Linux guest, with its libraries: an archive of its own, which the lab appends to the
# ramdisk of the experiments that use it. In the ramdisk itself every boot would have to unpack it.

stress_inputs() { printf 'scripts/setup/%s\n' part-stress.sh lib-apt.sh lib-elf.sh mkcpio.py; }

# Its libraries without what these would load while they run: no Mesa and no LLVM, for it draws nothing.
stress_resolve() {
	echo stress-ng libc6 libgcc-s1 libstdc++6 zlib1g libacl1 libapparmor1 libbsd0 libcrypt1 libdrm2 \
		libegl1 libexpat1 libgbm1 libgles2 libglvnd0 libgmp10 libjpeg62-turbo libjudydebian1 libkmod2 \
		libmd0 libmpfr6 libsctp1 libssl3t64 libxxhash0 libzstd1
}

stress_make() {
	local root=$work/root stage=$work/stage
	apt_fetch riscv64 stress stress_resolve
	apt_unpack stress '*.deb' "$root"
	mkdir -p "$stage"/{lib,usr/bin} "$work/out/guests/linux"
	cp "$root/usr/bin/stress-ng" "$stage/usr/bin/"
	elf_collect "$root" "$stage/lib" '' "$stage/usr/bin/stress-ng"
	/usr/bin/python3 "$here/mkcpio.py" "$stage" "$work/out/guests/linux/stress-ng.cpio.gz"
}
