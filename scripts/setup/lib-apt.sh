# shellcheck shell=bash disable=SC2154 # $cache: set by setup
# Packages of other suites and another architecture, without touching the machine's apt: a private apt
# with its own configuration, sources, lists and an empty dpkg status. Which mirror, keyring and proxy to
# use is what the machine's own apt already says, and signatures are checked as there.
# A set is one such apt: `native` (bookworm with backports), `riscv64` (trixie) or `boards` (sid).

# The URI of the mirror that serves Debian's main archive to this machine.
apt_mirror() {
	# $(…) is apt's own notation here.
	# shellcheck disable=SC2016
	apt-get indextargets --no-release-info --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' \
		'Created-By: Packages' 2>/dev/null |
		awk '$1 ~ /^(bookworm|stable|oldstable)$/ && $2 == "main" { print $3; exit }'
}

# The keyrings: what the machine's sources name beside that mirror, and Debian's own, as "a,b".
apt_keyrings() {
	local dir
	dir=$(apt-config shell d Dir::Etc/d | sed "s/^d='\(.*\)'$/\1/")
	{
		find "$dir/sources.list" "$dir/sources.list.d" -name '*.list' -exec cat {} + 2>/dev/null |
			sed -n '/^deb .* bookworm\(-[a-z]*\)\? .*main/s/.*signed-by=\([^] ]*\).*/\1/p' | tr ',' '\n'
		find "$dir/sources.list.d" -name '*.sources' -exec cat {} + 2>/dev/null | awk -v RS= \
			'/Suites:[^\n]*bookworm/ && match($0, /Signed-By: *\/[^\n]*/) {
				print substr($0, RSTART + 10, RLENGTH - 10) }' | tr -s ' ,' '\n'
		echo /usr/share/keyrings/debian-archive-keyring.gpg
	} | awk '/^\// && !seen[$0]++' | while IFS= read -r f; do
		if [[ -r $f ]]; then echo "$f"; fi
	done | paste -sd,
}

# Writes the configuration and sources of a set. Its main suite may go by another name of the archive's.
apt_configure() { # SET [SUITE]
	local dir=$cache/apt/$1 mirror keys arch suites suite
	mirror=$(apt_mirror)
	[[ -n $mirror ]] || die "apt on this machine names no mirror with 'bookworm main' (see sources.list(5))"
	keys=$(apt_keyrings)
	case $1 in
	native) arch=$(dpkg --print-architecture) suites='bookworm bookworm-backports' ;;
	riscv64) arch=riscv64 suites=${2-trixie} ;;
	boards) arch=riscv64 suites=sid ;;
	esac
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	: >"$dir/status"
	for suite in $suites; do
		echo "deb ${keys:+[signed-by=$keys] }$mirror $suite main"
	done >"$dir/sources.list"
	{
		apt-config dump | grep '^Acquire::' | grep -vE '^Acquire::(IndexTargets|Languages|Changelogs)' || true
		cat <<-EOF
			Acquire::Languages "none";
			Acquire::GzipIndexes "true";
			Acquire::Retries "1";
			APT::Architecture "$arch";
			APT::Architectures { "$arch"; };
			APT::Install-Recommends "false";
			APT::Update::Error-Mode "any";
			Dir::Etc::main "/dev/null";
			Dir::Etc::parts "/dev/null";
			Dir::Etc::preferences "/dev/null";
			Dir::Etc::preferencesparts "/dev/null";
			Dir::Etc::sourcelist "$dir/sources.list";
			Dir::Etc::sourceparts "/dev/null";
			Dir::State "$dir";
			Dir::State::lists "$dir/lists";
			Dir::State::status "$dir/status";
			Dir::Cache "$dir/cache";
			Dir::Cache::pkgcache "";
			Dir::Cache::srcpkgcache "";
		EOF
		# apt's unprivileged helper could not write into root's own cache folder.
		if [[ $(id -u) -eq 0 ]]; then echo 'APT::Sandbox::User "root";'; fi
	} >"$dir/apt.conf"
}

apt_in() { # SET COMMAND…
	APT_CONFIG=$cache/apt/$1/apt.conf LC_ALL=C "${@:2}"
}

# Prints the name=version of packages and of what they depend on.
apt_closure() { # SET PACKAGE…
	apt_in "$1" apt-get install -s -y -t "$(apt_default_release "$1")" "${@:2}" |
		sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p'
}

apt_default_release() { # SET
	if [[ $1 == native ]]; then echo bookworm-backports; else echo trixie; fi
}

# One attempt of apt_fetch with the lists that there are. The file list comes from an empty folder, so
# that it names files that are there already too; apt checks those against the signed hashes as well.
apt_try_fetch() { # SET PART RESOLVER
	local debs=$cache/debs/$2 names
	names=$("$3") && [[ -n $names ]] || return 1
	mkdir -p "$work/empty" "$debs"
	# shellcheck disable=SC2086 # a list of words
	(cd "$work/empty" && apt_in "$1" apt-get download --print-uris $names) |
		awk '/^\x27/ { print $2 }' >"$work/debs" || return 1
	[[ -s $work/debs ]] || return 1
	(cd "$debs" && find . -name '*.deb' | sed 's|^\./||' | grep -vxFf "$work/debs" | xargs -r rm -f)
	# shellcheck disable=SC2086
	(cd "$debs" && apt_in "$1" apt-get download $names) || return 1
}

# Reads the lists. A mirror in the middle of its own update has lists that do not fit its signed
# release for some minutes, a caching one for days: it is asked again, for ten minutes at most, and by
# the release's other name too, under which it keeps other copies of the same files.
apt_update() { # SET PART LOG
	local tries=20 pause=30
	if [[ $1 == boards ]]; then tries=1; fi # there is something else to take (part-boards.sh)
	until apt_in "$1" apt-get update >"$3" 2>&1; do
		grep -qE 'Mirror sync in progress|Hash Sum mismatch' "$3" && ((--tries > 0)) || return 1
		if apt_update_by_alias "$1" "$3.alias"; then return; fi
		say "$2: the mirror is being updated, asking again in $pause s ($tries times more)"
		sleep "$pause"
	done
}

# trixie by the name `stable`, as long as that is what the signed release says of itself.
apt_update_by_alias() { # SET LOG
	[[ $1 == riscv64 ]] || return 1
	apt_configure "$1" stable
	if apt_in "$1" apt-get update >"$2" 2>&1 &&
		grep -qs '^Codename: trixie$' "$cache/apt/$1"/lists/*_dists_stable_*Release; then
		return
	fi
	rm -f "$cache/apt/$1"/lists/*_dists_stable_*
	apt_configure "$1"
	return 1
}

# Brings the packages that the function RESOLVER names into debs/PART; $work/debs lists the files.
# Lists that are there are tried first, so a part can be made anew from kept packages without network.
apt_fetch() { # SET PART RESOLVER
	local log=$cache/log/$2.log
	if compgen -G "$cache/apt/$1/lists/*_dists_stable_*Packages*" >/dev/null; then
		apt_configure "$1" stable
	else
		apt_configure "$1"
	fi
	if compgen -G "$cache/apt/$1/lists/*Packages*" >/dev/null && apt_try_fetch "$@" >"$log" 2>&1; then
		return
	fi
	apt_configure "$1"
	say "$2: reading the package lists of the mirror"
	apt_update "$1" "$2" "$log" || apt_failed "the package lists for '$2'" "$log"
	say "$2: downloading"
	apt_try_fetch "$@" >"$log" 2>&1 || apt_failed "the packages for '$2'" "$log"
}

# Ends the set-up, telling a mirror that can't be reached from one that answers with something wrong.
apt_failed() { # WHAT LOG
	if grep -qE 'Temporary failure resolving|Could not (connect|resolve)|Unable to connect|unreachable|timed out' "$2"; then
		die_offline "$1" "$2"
	fi
	die "can't get $1" "$2"
}

# Unpacks all packages of debs/PART whose file name matches GLOB into a folder.
apt_unpack() { # PART GLOB DIR [MEMBER…]
	local f found=''
	mkdir -p "$3"
	while IFS= read -r f; do
		# shellcheck disable=SC2053 # a pattern
		[[ $f == $2 ]] || continue
		found=1
		dpkg-deb --fsys-tarfile "$cache/debs/$1/$f" | tar -x -C "$3" "${@:4}" ||
			die "$1: can't unpack $cache/debs/$1/$f"
	done <"$work/debs"
	[[ -n $found ]] || die "$1: no package $2 among those downloaded"
}
