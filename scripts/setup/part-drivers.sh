# shellcheck shell=bash disable=SC2154 # $here, $cache, $work: set by setup
# The ramdisk with drivers out of the kernel's package, unpacked as busybox' insmod wants them: UIO's, by which a
# program in user space has a PCI device's interrupt, and the one of a VM's watchdog. Its archive follows the ramdisk's.

drivers_inputs() {
	printf 'scripts/setup/%s\n' part-drivers.sh part-linux.sh
	initrd_inputs
}

drivers_make() {
	local modules=(uio uio_pci_generic watchdog sunxi_wdt) root=$work/root stage=$work/stage module found
	[[ -f $cache/guests/linux/initrd.cpio.gz ]] || die "drivers: there is no ramdisk yet: setup initrd drivers"
	apt_fetch riscv64 linux linux_resolve
	apt_unpack linux 'linux-image-*' "$root" --wildcards \
		'./usr/lib/modules/*/kernel/drivers/uio/uio*.ko.xz' \
		'./usr/lib/modules/*/kernel/drivers/watchdog/*.ko.xz'
	mkdir -p "$stage/lib/modules" "$work/out/guests/linux"
	for module in "${modules[@]}"; do
		found=$(find "$root" -name "$module.ko.xz")
		[[ -n $found ]] || die "drivers: the kernel's package has no module $module"
		xz -dc "$found" >"$stage/lib/modules/$module.ko"
	done
	/usr/bin/python3 "$here/mkcpio.py" "$stage" "$work/modules.cpio.gz"
	cat "$cache/guests/linux/initrd.cpio.gz" "$work/modules.cpio.gz" >"$work/out/guests/linux/initrd-drivers.cpio.gz"
}
