# shellcheck shell=bash disable=SC2154 # $work: set by setup
# Debian's U-Boot for QEMU's virt machine, built for S-mode: a guest that is not Linux.

uboot_inputs() { printf 'scripts/setup/%s\n' part-uboot.sh lib-apt.sh; }
uboot_resolve() { echo u-boot-qemu; }

uboot_make() {
	apt_fetch riscv64 uboot uboot_resolve
	apt_unpack uboot 'u-boot-qemu_*' "$work/root" ./usr/lib/u-boot/qemu-riscv64_smode
	mkdir -p "$work/out/guests/u-boot"
	cp "$work/root/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin" "$work/out/guests/u-boot/"
}
