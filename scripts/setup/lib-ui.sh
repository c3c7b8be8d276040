# shellcheck shell=bash disable=SC2154 # $cache, $work: set by setup
# What the user sees: a line a step, and errors that say what to do next.

say() { printf 'setup: %s\n' "$*"; }

# Ends the set-up: the error, and the end of a log where there is one.
die() { # MESSAGE [LOG]
	printf 'setup: error: %s\n' "$1" >&2
	if [[ -s ${2-} ]]; then
		tail -n 12 "$2" | sed 's/^/  | /' >&2
		printf '  (all of it: %s)\n' "$2" >&2
	fi
	exit 1
}

# The mirror does not answer and the cache lacks something: says what, and what works all the same.
die_offline() { # WHAT LOG
	local part tools=()
	for part in host qemu fdt; do
		part_ready "$part" || tools+=("$part")
	done
	{
		echo "setup: error: offline: can't download $1, and it is not in the cache ($cache)."
		grep -E '^(E|W|Err)' "$2" | sort -u | head -n 6 | sed 's/^/  | /' || true
		echo "  Connect to the network and run it again: what is already there is kept."
		echo "  The embedded guest needs no download of a guest: make run VMS=configs/jitter.dts"
		if [[ ${#tools[@]} -gt 0 ]]; then
			echo "  (it does need the tools, of which these parts are missing: ${tools[*]})"
		fi
	} >&2
	exit 1
}
