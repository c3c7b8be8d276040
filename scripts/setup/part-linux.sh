# shellcheck shell=bash disable=SC2154 # $cache, $work: set by setup
# The guest kernel: Debian's riscv64 Linux as a plain Image, with its configuration.

linux_inputs() { printf 'scripts/setup/%s\n' part-linux.sh lib-apt.sh; }

# The real package that the metapackage stands for: linux-image-6.12.…-riscv64.
linux_resolve() {
	apt_in riscv64 apt-cache depends linux-image-riscv64 | awk '$1 == "Depends:" && $2 ~ /^linux-image-6\.12/ { print $2 }'
}

linux_make() {
	local out=$work/out/guests/linux boot=$work/root/boot
	apt_fetch riscv64 linux linux_resolve
	say "linux: unpacking $(cut -d_ -f1 "$work/debs")"
	apt_unpack linux 'linux-image-*' "$work/root" ./boot
	mkdir -p "$out"
	linux_plain "$(echo "$boot"/vmlinu[xz]-*)" "$out/Image"
	cp "$boot"/config-* "$out/config"
	# The package has only a stub where the symbols would be, so there is no System.map to offer.
	if grep -q ' T _start$' "$boot"/System.map-*; then cp "$boot"/System.map-* "$out/System.map"; fi
}

# An uncompressed kernel, told by the magic of the RISC-V boot image header ("RSC\x05" at 0x38).
linux_plain() { # FROM TO
	if [[ $(head -c 2 "$1" | od -An -tx1) == ' 1f 8b' ]]; then gzip -dc "$1" >"$2"; else cp "$1" "$2"; fi
	[[ $(od -An -tx1 -j56 -N4 "$2") == ' 52 53 43 05' ]] ||
		die "linux: $(basename "$1") is not a RISC-V Image: no magic RSC\\x05 at offset 0x38"
}
