# shellcheck shell=bash disable=SC2154 # $here, $cache, $work: set by setup
# The ramdisk with the kernel's UIO drivers, by which a program in user space has a PCI device's interrupt:
# the ramdisk as it is, then an archive of modules, unpacked as busybox' insmod wants them.

uio_inputs() {
	printf 'scripts/setup/%s\n' part-uio.sh part-linux.sh
	initrd_inputs
}

uio_make() {
	local modules=(uio uio_pci_generic) root=$work/root stage=$work/stage module found
	[[ -f $cache/guests/linux/initrd.cpio.gz ]] || die "uio: there is no ramdisk yet: setup initrd uio"
	apt_fetch riscv64 linux linux_resolve
	apt_unpack linux 'linux-image-*' "$root" --wildcards \
		'./usr/lib/modules/*/kernel/drivers/uio/uio*.ko.xz'
	mkdir -p "$stage/lib/modules" "$work/out/guests/linux"
	for module in "${modules[@]}"; do
		found=$(find "$root" -name "$module.ko.xz")
		[[ -n $found ]] || die "uio: the kernel's package has no module $module"
		xz -dc "$found" >"$stage/lib/modules/$module.ko"
	done
	/usr/bin/python3 "$here/mkcpio.py" "$stage" "$work/modules.cpio.gz"
	cat "$cache/guests/linux/initrd.cpio.gz" "$work/modules.cpio.gz" >"$work/out/guests/linux/initrd-uio.cpio.gz"
}
