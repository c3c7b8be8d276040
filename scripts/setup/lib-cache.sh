# shellcheck shell=bash disable=SC2154 # $here, $top, $cache: set by setup
# Parts in the cache. A part NAME is made by NAME_make, which leaves files below $work/out as they shall
# lie below $cache. stamps/NAME then holds its key and the checksum of every file; it is written last,
# so a part that was interrupted has no stamp. NAME_inputs lists the files that the key depends on;
# a part that is not in the cache (host) has NAME_ready instead.

part_key() { # NAME
	(cd "$top" && "$1_inputs" | LC_ALL=C sort | while IFS= read -r f; do sha256sum "$f"; done) |
		sha256sum | cut -d' ' -f1
}

part_ready() { # NAME
	local stamp=$cache/stamps/$1 key
	if declare -F "$1_ready" >/dev/null; then
		"$1_ready"
		return
	fi
	[[ -f $stamp ]] || return 1
	IFS= read -r key <"$stamp"
	[[ $key == "$(part_key "$1")" ]] || return 1
	(cd "$cache" && tail -n +2 "$stamp" | sha256sum --check --status --strict 2>/dev/null)
}

part_make() { # NAME
	local start=$SECONDS
	work=$(mktemp -d "$cache/tmp.XXXXXX")
	mkdir "$work/out"
	"$1_make"
	if ! declare -F "$1_ready" >/dev/null; then part_install "$1"; fi
	rm -rf "$work"
	say "$1: done ($((SECONDS - start)) s)"
}

# Moves the files of a part to their places, each by a rename, and removes those of its predecessor.
part_install() { # NAME
	local stamp=$cache/stamps/$1 f
	(cd "$work/out" && find . -type f | sed 's|^\./||' | LC_ALL=C sort) >"$work/files"
	[[ -s $work/files ]] || die "$1: nothing was made"
	{
		part_key "$1"
		(cd "$work/out" && xargs -d '\n' sha256sum <"$work/files")
	} >"$work/stamp"
	mkdir -p "$cache/stamps"
	if [[ -f $stamp ]]; then
		tail -n +2 "$stamp" | cut -c67- | LC_ALL=C sort | LC_ALL=C comm -23 - "$work/files" >"$work/old"
		rm -f "$stamp"
		(cd "$cache" && xargs -r -d '\n' rm -f <"$work/old" &&
			xargs -r -d '\n' dirname <"$work/old" | sort -u | xargs -r rmdir -p --ignore-fail-on-non-empty 2>/dev/null) || true
	fi
	while IFS= read -r f; do
		mkdir -p "$cache/$(dirname "$f")"
		mv -f "$work/out/$f" "$cache/$f"
	done <"$work/files"
	mv -f "$work/stamp" "$stamp"
}

# One set-up at a time; also clears what a killed one left.
cache_lock() {
	mkdir -p "$cache/log" || die "can't make the cache folder $cache"
	exec 9>"$cache/lock"
	if ! flock -n 9; then
		say "another setup is at work on $cache; waiting for it"
		flock 9
	fi
	rm -rf "$cache"/tmp.??????
	trap 'rm -rf "$cache"/tmp.??????' EXIT
	trap 'exit 130' INT TERM HUP
}
