#!/bin/bash
# SPDX-License-Identifier: ISC
# tests/rooms.sh BUILD: holds the rooms of src/ to what ARCHITECTURE.md draws. TAP.
#
#  - a file includes headers of its own room and of the rooms that this one may use, no others;
#  - what a room's library leaves undefined is either defined by such a room, or an outside symbol that
#    rooms/every.symbols or rooms/ROOM.symbols lists: "wire may not call write".
#
# BUILD is an ordinary build: sanitizers bring symbols of their own.

set -u
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
src=$here/../src
build=${1:?usage: rooms.sh BUILD}
failed=0
run=0

# room: the rooms it may use
rooms='
base:
wire: base
io: base wire
object: base
repo: base object
serve: base wire io object repo
cell: base wire io object repo serve
cli: base wire io repo cell
'

verdict() { # DESCRIPTION OFFENCES
	run=$((run + 1))
	if [ -z "$2" ]; then
		printf 'ok %d - %s\n' "$run" "$1"
	else
		failed=$((failed + 1))
		printf 'not ok %d - %s\n' "$run" "$1"
		printf '%s\n' "$2" | sed 's/^/# /'
	fi
}

# Includes of ROOM that lead to a room of ours that is not among USABLE.
foreign_includes() { # ROOM USABLE...
	local room=$1 known usable
	known=$(printf '%s' "$rooms" | sed -n 's/:.*//p' | paste -sd'|')
	shift
	usable=$(printf '%s\n' "$room" "$@" | paste -sd'|')
	grep -n -E "^#include \"($known)/" "$src/$room"/*.[ch] 2>/dev/null |
		grep -v -E "#include \"($usable)/" | sed "s,^$src/,,"
}

# One symbol per line as the source spells it: without the names that fortification, large files and C
# standards give to the same function.
plain_names() {
	sed -E -e 's/@.*//' -e 's/^__(.*)_chk$/\1/' -e 's/^__isoc(99|23)_//' -e 's/^__(openat|open)_2$/\1/' \
		-e 's/^(open|openat|fstat|fstatat|lseek|pread|pwrite|ftruncate|fallocate|mmap|readdir|sendfile|posix_fallocate|posix_fadvise|getrlimit|setrlimit|fcntl)64$/\1/' |
		sort -u
}

undefined_in() { # LIBRARY...
	nm -u "$@" 2>/dev/null | awk '$1 == "U" { print $2 }' | grep -v '^_GLOBAL_OFFSET_TABLE_$' | sort -u
}

defined_in() { # LIBRARY...
	[ $# -gt 0 ] && nm --defined-only "$@" 2>/dev/null | awk 'NF == 3 { print $3 }' | sort -u
}

# A list of symbols: "#" begins a comment, which gives the reason.
listed() { # ROOM
	cat "$here/rooms/every.symbols" "$here/rooms/$1.symbols" 2>/dev/null |
		sed -e 's/#.*//' | tr -s ' \t' '\n' | grep . | sort -u
}

# Outside symbols that ROOM needs and may not.
foreign_symbols() { # ROOM USABLE...
	local room=$1 name libraries=()
	for name in "$@"; do
		[ ! -f "$build/lib$name.a" ] || libraries+=("$build/lib$name.a")
	done
	comm -23 <(undefined_in "$build/lib$room.a") <(defined_in "${libraries[@]}") |
		plain_names | comm -23 - <(listed "$room")
}

while IFS=: read -r room usable; do
	[ -n "$room" ] || continue
	# shellcheck disable=SC2086 # a list of words
	verdict "src/$room includes only itself${usable:+ and$usable}" \
		"$(foreign_includes "$room" $usable)"
	if [ -f "$build/lib$room.a" ]; then
		# shellcheck disable=SC2086
		verdict "src/$room calls only what it may" "$(foreign_symbols "$room" $usable)"
	fi
done <<EOF
$rooms
EOF
printf '1..%d\n' "$run"
[ "$failed" -eq 0 ]
