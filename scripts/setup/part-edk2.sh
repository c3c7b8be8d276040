# shellcheck shell=bash disable=SC2154 # $work: set by setup
# EDK2 for QEMU's virt machine, UEFI firmware in two banks of flash: a guest that starts from flash.

edk2_inputs() { printf 'scripts/setup/%s\n' part-edk2.sh lib-apt.sh; }
edk2_resolve() { echo qemu-efi-riscv64; }

edk2_make() {
	local f
	apt_fetch riscv64 edk2 edk2_resolve
	apt_unpack edk2 'qemu-efi-riscv64_*' "$work/root" ./usr/share/qemu-efi-riscv64
	mkdir -p "$work/out/guests/edk2"
	for f in RISCV_VIRT_CODE.fd RISCV_VIRT_VARS.fd; do
		cp "$work/root/usr/share/qemu-efi-riscv64/$f" "$work/out/guests/edk2/"
	done
}
