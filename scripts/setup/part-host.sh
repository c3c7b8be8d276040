# shellcheck shell=bash disable=SC2154 # $cache: set by setup
# Packages of this machine. python3 is always called as /usr/bin/python3, which sees their modules.

host_packages=(
	make gcc libc6-dev binutils git
	gcc-riscv64-unknown-elf binutils-riscv64-unknown-elf picolibc-riscv64-unknown-elf
	device-tree-compiler libfdt-dev libcmocka-dev
	python3 python3-pytest python3-pexpect python3-libfdt universal-ctags
	gdb-multiarch spin babeltrace2 clangd clang-format clang-tidy universal-ctags shellcheck
	cpio gzip xz-utils
	python3-matplotlib chromium
)

# Prints those that are not installed.
host_missing() {
	# shellcheck disable=SC2016 # dpkg's notation
	dpkg-query -W -f '${binary:Package} ${db:Status-Abbrev}\n' "${host_packages[@]}" 2>/dev/null |
		awk -v all="${host_packages[*]}" '
			$2 ~ /^.i/ { sub(/:.*/, "", $1); have[$1] = 1 }
			END { n = split(all, p, " "); for (i = 1; i <= n; i++) if (!(p[i] in have)) print p[i] }'
}

host_ready() {
	command -v dpkg-query >/dev/null && [[ -z $(host_missing) ]]
}

host_make() {
	local log=$cache/log/host.log sudo=() missing
	command -v apt-get >/dev/null || die "this machine has no apt-get; the set-up is for Debian 12"
	mapfile -t missing < <(host_missing)
	if [[ $(id -u) -ne 0 ]]; then
		command -v sudo >/dev/null ||
			die "not root, and no sudo. Let an administrator run: apt-get install ${missing[*]}"
		sudo=(sudo)
	fi
	say "host: reading the package lists"
	# Another source of this machine may be broken: only the installation decides.
	"${sudo[@]}" apt-get update >"$log" 2>&1 || true
	say "host: installing ${missing[*]}"
	if ! "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get install -y \
		--no-install-recommends -o DPkg::Lock::Timeout=300 "${missing[@]}" >>"$log" 2>&1; then
		apt_failed "the packages ${missing[*]}" "$log"
	fi
	host_ready || die "host: still not installed: $(host_missing | paste -sd' ')" "$log"
}
