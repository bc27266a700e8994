#!/bin/bash
# SPDX-License-Identifier: ISC
# bench/transfer.sh REPOSITORY [ROUNDS]: a whole clone, an incremental fetch and a whole push of a
# repository, against git's own upload-pack and receive-pack in the same run. Ratios below 1 are in our
# favour. REPOSITORY is only read; there must be room for three copies of it.
. "$(dirname "$0")/lib.bash"
source_repository=$(cd "${1:?usage: transfer.sh REPOSITORY [ROUNDS]}" && pwd) || exit 1
rounds=${2:-3}
servers='git gitcell'

start_servers
git clone -q --bare --no-hardlinks "$source_repository" "$root/whole.git"
git -C "$root/whole.git" pack-refs --all

pack_bytes() { # REPOSITORY
	find "$1/objects/pack" -name '*.pack' -printf '%s\n' | awk '{ n += $1 } END { print n + 0 }'
}

new_pack_bytes() { # REPOSITORY: what came after .mark
	find "$1/objects/pack" -name '*.pack' -newer "$1/.mark" -printf '%s\n' |
		awk '{ n += $1 } END { print n + 0 }'
}

clone() { # SERVER
	rm -rf "$scratch/$1.clone"
	with_server "$1" git clone -q --mirror gitcell::/whole "$scratch/$1.clone"
	size[$1]=$(pack_bytes "$scratch/$1.clone")
}

# A clone that stands where the first-parent history was a hundred commits ago.
prepare_fetch() {
	local old
	old=$(git -C "$root/whole.git" rev-list --first-parent --max-count=101 HEAD | tail -n 1)
	git init -q --bare "$scratch/old.git"
	git -C "$scratch/old.git" config fetch.unpackLimit 1
	git -C "$scratch/old.git" fetch -q "$root/whole.git" "$old:refs/heads/main"
}

fetch() { # SERVER
	rm -rf "$scratch/$1.fetch"
	cp -rl "$scratch/old.git" "$scratch/$1.fetch"
	touch "$scratch/$1.fetch/.mark"
	sleep 0.02
	with_server "$1" git -C "$scratch/$1.fetch" fetch -q gitcell::/whole \
		'+HEAD:refs/heads/fetched'
	size[$1]=$(new_pack_bytes "$scratch/$1.fetch")
}

push() { # SERVER
	rm -rf "$root/pushed.git"
	git init -q --bare "$root/pushed.git"
	with_server "$1" git -C "$root/whole.git" push -q --mirror gitcell::/pushed
	size[$1]=$(pack_bytes "$root/pushed.git")
}

row() { # WHAT THEIRS OURS DIVISOR UNIT
	printf '%-8s %-22s %12s %12s %-4s %6s\n' "$operation" "$1" "$(scaled "$2" "$4")" \
		"$(scaled "$3" "$4")" "$5" "$(ratio "$3" "$2")"
}

declare -A size
prepare_fetch
printf '%-8s %-22s %12s %12s %-4s %6s\n' '' "median of $rounds" git gitcell '' ratio
for operation in clone fetch push; do
	# shellcheck disable=SC2086
	forget $servers
	for ((i = 0; i < rounds; i++)); do
		for server in $servers; do
			"$operation" "$server"
		done
	done
	row 'server CPU' "$(median "$scratch/git.server" 2)" "$(median "$scratch/gitcell.server" 2)" 1000000 s
	row 'client wall' "$(median "$scratch/git.client" 1)" "$(median "$scratch/gitcell.client" 1)" 1000000 s
	row 'server peak memory' "$(peak "$scratch/git.server")" "$(peak "$scratch/gitcell.server")" 1024 MiB
	row 'pack' "${size[git]}" "${size[gitcell]}" 1048576 MiB
done
