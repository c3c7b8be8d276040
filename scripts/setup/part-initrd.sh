# shellcheck shell=bash disable=SC2154 # $here, $top, $work: set by setup
# The ramdisk of the Linux guest: guests/linux/rootfs, busybox, and from rt-tests what measures jitter (its oslat does not know riscv64).
# The same packages always give the same bytes.

initrd_inputs() {
	printf 'scripts/setup/%s\n' part-initrd.sh lib-apt.sh lib-elf.sh mkcpio.py
	find guests/linux/rootfs -type f
}

initrd_resolve() { echo busybox-static rt-tests libc6 libnuma1; }

initrd_make() {
	local root=$work/root stage=$work/stage tool tools=(cyclictest hackbench pi_stress)
	apt_fetch riscv64 initrd initrd_resolve
	apt_unpack initrd '*.deb' "$root"
	mkdir -p "$stage"/{bin,dev,lib,proc,root,run,sbin,sys,tmp,usr/bin,usr/sbin,var}
	cp -r "$top/guests/linux/rootfs/." "$stage/"
	cp "$root/usr/bin/busybox" "$stage/bin/"
	ln -s bin/busybox "$stage/init"
	for tool in "${tools[@]}"; do
		cp "$root/usr/bin/$tool" "$stage/usr/bin/"
	done
	elf_collect "$root" "$stage/lib" '' "${tools[@]/#/$stage/usr/bin/}"
	mkdir -p "$work/out/guests/linux"
	/usr/bin/python3 "$here/mkcpio.py" "$stage" "$work/out/guests/linux/initrd.cpio.gz"
}
