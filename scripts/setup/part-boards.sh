# shellcheck shell=bash disable=SC2154 # $cache, $work: set by setup
# Device trees of real boards, as Debian's kernels bring them: of the newest kernel, which has a small package
# of them, or, where that can't be had, those of the guests' kernel.

boards_inputs() { printf 'scripts/setup/%s\n' part-boards.sh lib-apt.sh; }

# linux-base-VERSION-riscv64, beside the image that the metapackage stands for.
boards_resolve() {
	apt_in boards apt-cache depends linux-image-riscv64 |
		awk '$1 == "Depends:" && $2 ~ /^linux-image-[0-9]/ { sub("image", "base", $2); print $2 }'
}

boards_make() {
	local found
	if (apt_fetch boards boards boards_resolve); then
		apt_unpack boards 'linux-base-*' "$work/root" ./usr/lib
	else
		say "boards: taking the trees of the guests' kernel"
		apt_fetch riscv64 linux linux_resolve
		apt_unpack linux 'linux-image-*' "$work/root" ./usr/lib
	fi
	mkdir -p "$work/out/boards"
	find "$work/root" -name '*.dtb' -exec cp -t "$work/out/boards" {} +
	found=$(find "$work/out/boards" -name '*.dtb' | wc -l)
	[[ $found -ge 30 ]] || die "boards: $found device trees in the package; expected 30 at least"
}
