# shellcheck shell=bash
# Shared libraries that programs need, found by reading the files, so it works for any architecture.

elf_needed() { # FILE
	readelf -d "$1" 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p'
}

# Copies the libraries that the FILEs need, and theirs, from below ROOT to DEST under the names by which
# they are asked for. Names that match the extended regular expression SKIP are the machine's own.
elf_collect() { # ROOT DEST SKIP FILE…
	local root=$1 dest=$2 skip=$3 queue name lib
	queue=("${@:4}")
	mkdir -p "$dest"
	while [[ ${#queue[@]} -gt 0 ]]; do
		local file=${queue[0]}
		queue=("${queue[@]:1}")
		while IFS= read -r name; do
			if [[ -e $dest/$name ]] || { [[ -n $skip ]] && [[ $name =~ $skip ]]; }; then continue; fi
			lib=$(find "$root" -name "$name" -not -type d | head -n 1)
			[[ -n $lib ]] || die "$(basename "$file") needs $name, which none of the packages has"
			cp -L "$lib" "$dest/$name"
			queue+=("$dest/$name")
		done < <(elf_needed "$file")
	done
}
