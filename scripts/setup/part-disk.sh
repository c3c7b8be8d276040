# shellcheck shell=bash disable=SC2154 # $cache, $here, $top, $work: set by setup
# The ramdisk of a Linux guest that has a disk: the usual one followed by the kernel's virtio
# modules in /lib/modules. In the usual one they would be unpacked at every boot for nothing.

disk_inputs() {
	printf 'scripts/setup/%s\n' part-disk.sh part-linux.sh
	initrd_inputs
}

disk_make() {
	local root=$work/root stage=$work/stage from name
	(cd "$cache/debs/linux" && ls -- *.deb) >"$work/debs" # what the part linux has kept
	apt_unpack linux 'linux-image-*' "$root" ./usr/lib/modules
	from=("$root"/usr/lib/modules/*/kernel/drivers)
	mkdir -p "$stage/lib/modules" "$work/out/guests/linux"
	for name in virtio/virtio_mmio block/virtio_blk char/hw_random/virtio-rng; do
		xz -dc "${from[0]}/$name.ko.xz" >"$stage/lib/modules/${name##*/}.ko"
	done
	/usr/bin/python3 "$here/mkcpio.py" "$stage" "$work/modules.cpio.gz"
	cat "$cache/guests/linux/initrd.cpio.gz" "$work/modules.cpio.gz" >"$work/out/guests/linux/disk.cpio.gz"
}
