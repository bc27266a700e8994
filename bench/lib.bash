# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2034,SC2154
# bench/lib.bash: two servers side by side, git's and ours, reached by the same client over Unix sockets,
# each process of them measured. Sourced; GITCELL_BUILD names an optimised build.
. "$(dirname "$0")/../tests/functional/lib.sh"

measure=$GITCELL_BUILD/bench/measure
[ -x "$measure" ] || {
	echo "$measure is missing: build first, and name the build in GITCELL_BUILD" >&2
	exit 1
}
me=$(id -u)

# Starts a listener called NAME, with its socket and its measurements.
listen_as() { # NAME OPTION COMMAND...
	local name=$1 option=$2
	shift 2
	# shellcheck disable=SC2086 # no option is no word
	background systemd-socket-activate --accept $option -l "$scratch/$name.sock" \
		"$measure" "$scratch/$name.server" "$@" 2>>"$scratch/$name.log"
	wait_for 5 test -S "$scratch/$name.sock"
}

# Serves what is below $root/$name.
start_servers() {
	mkdir -p "$root"
	write_policy 'idle-timeout = 1h' 'session-timeout = 10h' 'max-pack-size = 0'
	add_rule '**' "read = $me" "write = $me"
	listen_as git --inetd env HOME="$HOME" git daemon --inetd --export-all \
		--base-path="$root" --enable=receive-pack
	listen_as gitcell --inetd "$gitcell_serve" --config "$policy"
}

# One client command against the server NAME; returns when the server's process is accounted for.
with_server() { # NAME COMMAND...
	local name=$1 lines
	shift
	lines=$(wc -l <"$scratch/$name.server")
	GITCELL_SOCKET=$scratch/$name.sock "$measure" "$scratch/$name.client" "$@" \
		>"$scratch/output" 2>&1 </dev/null || {
		cat "$scratch/output" "$scratch/$name.log" >&2
		exit 1
	}
	wait_for 60 more_lines_than "$lines" "$scratch/$name.server"
}

more_lines_than() { # COUNT FILE
	[ "$(wc -l <"$2")" -gt "$1" ]
}

forget() { # NAME...
	local name
	for name in "$@"; do
		: >"$scratch/$name.server"
		: >"$scratch/$name.client"
	done
}

# The median of a column of measurements: 1 wall, 2 CPU (microseconds), 3 memory (KiB).
median() { # FILE COLUMN
	awk -v c="$2" '{ print $c }' "$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

peak() { # FILE
	awk '$3 > m { m = $3 } END { print m }' "$1"
}

ratio() { # OURS THEIRS
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", b ? a / b : 0 }'
}

scaled() { # VALUE DIVISOR
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'
}
