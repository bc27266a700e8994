#!/bin/bash
# SPDX-License-Identifier: ISC
# tests/functional/crash.sh: the crash table of ARCHITECTURE.md, proved. Pushes of the real git are
# struck by something at each of the system calls that change or tell anything (tests/crash/mishap.c):
# a kill of the process that makes the call, a power cut, an error, a short write. What is left must be
# sound, and the next push must go through and leave nothing behind. Prints TAP.
#
#	tests/functional/crash.sh          every k-th point, about a minute
#	tests/functional/crash.sh --all    all of them

. "$(dirname "$0")/lib.sh"

every=11
[ "${1:-}" != --all ] || every=1

if [ "$(uname -m)" != x86_64 ] || [ "$(id -u)" -ne 0 ]; then
	skip 'a push survives what strikes it' 'the tracer is written for x86-64 and for root'
	finish
fi
mishap=$scratch/mishap
ok 'the tracer is built' "${CC:-cc}" -D_GNU_SOURCE -std=gnu11 -O1 -o "$mishap" \
	"$source_root/tests/crash/mishap.c" "$source_root/tests/crash/calls.c" || finish

# --- the repository, and the pushes ----------------------------------------------------------------

work=$scratch/work
base=$scratch/base.git

commit() { # NAME: on top of HEAD; big files are worth a delta
	echo "$1" >>"$work/log"
	{ seq 1 4000; echo "$1"; } >"$work/numbers"
	git -C "$work" add -A
	git -C "$work" commit -q -m "$1"
	git -C "$work" tag "$1"
}

git init -q "$work"
for i in 1 2 3 4; do
	commit "c$i"
done
git init -q --bare "$base"
git -C "$base" config gc.auto 0
git -C "$work" push -q "$base" c4:refs/heads/main c3:refs/heads/topic c1:refs/heads/packed \
	c1:refs/heads/both c1:refs/tags/t1 c2:refs/heads/deep/er/packed 2>/dev/null
git -C "$base" repack -q -a -d
git -C "$base" pack-refs --all --prune
git -C "$work" push -q "$base" c2:refs/heads/both c2:refs/heads/loose c1:refs/heads/dir/loose 2>/dev/null
commit next
commit next2
git -C "$work" checkout -q c2
commit other
twenty=()
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	twenty+=("next:refs/heads/many/$((i % 4))/$i")
done
twenty+=(next2:refs/heads/main +next:refs/heads/both :refs/heads/packed :refs/heads/loose)

declare -A pushes=(
	[create]='c3:refs/heads/new/branch'
	[update]='next:refs/heads/main next2:refs/heads/newest'
	[delete]=':refs/heads/packed'
	[deletes]=':refs/heads/both :refs/heads/dir/loose :refs/heads/deep/er/packed :refs/tags/t1'
	[force]='+other:refs/heads/main'
	[rename]='c3:refs/heads/renamed :refs/heads/topic'
	[twenty]="${twenty[*]}"
	[thin]='next2:refs/heads/topic'
)
order='create update delete deletes force rename twenty thin'

# --- one push, and what it leaves ------------------------------------------------------------------

ended() {
	[ "$(tail -n 1 "$at/trace")" = end ]
}

# Each push has its own $at: remote, trace, and what was seen. git may be gone before the keeper is.
push() { # WHAT NUMBER REFSPEC...
	local receive_pack="'$mishap' '$at/trace' $1 $2 '$gitcell_serve' receive-pack" status=0
	shift 2
	: >"$at/trace"
	git -C "$work" push --porcelain --thin --receive-pack="$receive_pack" \
		"file://$at/remote.git" "$@" || status=$?
	ended || wait_for 10 ended || echo 'the server does not end'
	return $status
}

struck() { # WHAT NUMBER REFSPEC...
	rm -rf "$at/remote.git"
	cp -a "$base" "$at/remote.git"
	push "$@" >"$at/said" 2>"$at/errors"
}

values() {
	git -C "$at/remote.git" for-each-ref --format='%(refname) %(objectname)'
}

# Each ref has its old or its new value; none that git calls refused has moved, and all that it calls
# done have.
judge_refs() {
	awk -v OLD="$at/old" -v NEW="$at/new" -v NOW="$at/now" '
		FILENAME == OLD { old[$1] = $2; all[$1] }
		FILENAME == NEW { new[$1] = $2; all[$1] }
		FILENAME == NOW { now[$1] = $2; all[$1] }
		FILENAME != OLD && FILENAME != NEW && FILENAME != NOW {
			split($0, field, "\t")
			ref = field[2]
			sub(/^[^:]*:/, "", ref)
			if (field[1] == "!" && field[3] ~ /remote rejected/ && now[ref] != old[ref])
				print ref " is called refused, but has moved"
			if (field[1] ~ /^[-+* ]$/ && now[ref] != new[ref])
				print ref " is called done, but has not moved"
		}
		END {
			for (ref in all)
				if (now[ref] != old[ref] && now[ref] != new[ref])
					print ref " is neither old nor new: " now[ref]
		}' "$at/old" "$at/new" "$at/now" "$at/said"
}

leftovers() {
	local pack
	find "$at/remote.git" \( -name '*.lock' -o -name 'tmp_*' -o -name 'gitcell.*' \) -printf 'left: %P\n'
	for pack in "$at"/remote.git/objects/pack/pack-*; do
		[ -e "${pack%.*}.idx" ] && [ -e "${pack%.*}.pack" ] || echo "left: $pack"
	done
}

fsck() {
	git -C "$at/remote.git" fsck --full --strict --no-dangling 2>&1 |
		grep -v '^notice: HEAD points to an unborn branch'
}

# Those that are not done: git calls it an error to delete what is gone.
remaining() { # REFSPEC...
	local spec
	for spec; do
		case $spec in
		:*) grep -q "^${spec#:} " "$at/now" && echo "$spec" ;;
		*) echo "$spec" ;;
		esac
	done
}

# The same again, undisturbed.
retry() { # REFSPEC...
	local again
	mapfile -t again < <(remaining "$@")
	[ ${#again[@]} -gt 0 ] || again=(c4:refs/heads/main)
	push none 0 "${again[@]}" >"$at/retried" 2>&1 || {
		echo 'the next push fails:'
		cat "$at/retried"
	}
	values | diff "$at/new" - | sed 's/^/after the next push: /'
	leftovers | sed 's/^/after the next push, /'
}

# Where nobody is left to tidy up, or cannot, only the next push does; state 3 of the table may stay.
may_leave() { # WHAT PROCESS CALL WHERE
	case $1.$2.$3.$4 in
	cut.* | kill.1.* | *.unlinkat.* | *.rmdir.* | *.flock.*) true ;;
	*.linkat.*/tmp_objdir-*/idx) true ;;
	*) false ;;
	esac
}

judge() { # WHAT REFSPEC...: prints what is wrong
	local what=$1 process call where
	shift
	# the two processes run side by side: this call of this one it was this time
	grep '^struck ' "$at/trace" >"$at/struck"
	read -r _ process call where <"$at/struck"
	values >"$at/now"
	judge_refs
	fsck
	may_leave "$what" "$process" "$call" "$where" || leftovers
	retry "$@"
	fsck
}

# --- all points of a push --------------------------------------------------------------------------

# The points at which WHAT can strike, by their numbers.
points_for() { # WHAT
	case $1 in
	kill | cut) cat "$at/points" ;;
	short) awk '$3 ~ /^p?write/ && $NF > 1' "$at/points" ;;
	EPIPE) awk '$3 == "write" && $4 !~ /^\//' "$at/points" ;;
	*) awk '$4 ~ /^\//' "$at/points" ;;
	esac
}

strike_everywhere() { # NAME WHAT REFSPEC...
	local name=$1 what=$2 number wrong count=0 bad=0
	shift 2
	while read -r number _; do
		turn=$((turn + 1))
		[ $((turn % every)) -eq 0 ] || continue
		struck "$what" "$number" "$@"
		wrong=$(judge "$what" "$@")
		count=$((count + 1))
		[ -n "$wrong" ] || continue
		bad=$((bad + 1))
		diag "$name: $what at $number, $(cat "$at/struck")"
		diag "$wrong"
		diag "$(cat "$at/said" "$at/errors")"
	done < <(points_for "$what")
	echo "$count" >>"$at/count"
	[ "$count" -eq 0 ] || is "$name: $what, $count points" "$bad" 0
}

prove() { # NAME
	local at=$scratch/$1 turn=${#1} refspecs what
	mkdir "$at"
	read -ra refspecs <<<"${pushes[$1]}"
	struck none 0 "${refspecs[@]}"
	ok "$1: undisturbed" test $? -eq 0
	grep -v '^end$' "$at/trace" | sort -n >"$at/points"
	git -C "$base" for-each-ref --format='%(refname) %(objectname)' >"$at/old"
	values >"$at/new"
	is "$1: undisturbed, leaves nothing" "$(leftovers)" ''
	is "$1: writes in order" \
		"$(python3 "$source_root/tests/crash/order.py" "$at/remote.git" "$at/points" 2>&1)" ''
	for what in kill cut ENOSPC EIO EDQUOT EINTR short EPIPE; do
		strike_everywhere "$1" "$what" "${refspecs[@]}"
	done
	finish
}

# Two at a time.
lane() { # NAME...
	local name
	for name; do
		(tap_run=0 tap_failed=0; prove "$name") >"$scratch/$name.tap"
	done
}
lane create delete force twenty & lanes=$!
lane update deletes rename thin & lanes="$lanes $!"
# shellcheck disable=SC2086
wait $lanes
for name in $order; do
	adopt '' <"$scratch/$name.tap"
done
diag "$(cat "$scratch"/*/count | awk '{ n += $1 } END { print n }') points"

# What has moved is not called refused because the disk fails afterwards.
at=$scratch/update
read -ra refspecs <<<"${pushes[update]}"
struck EIO "$(awk '$3 == "fsync" && $4 ~ /refs.heads$/ { n = $1 } END { print n }' "$at/points")" \
	"${refspecs[@]}"
like 'an error after the refs have moved: it was fsync() of their directory' \
	"$(grep '^struck' "$at/trace")" 'fsync .*/refs/heads$'
is '... they have' "$(values)" "$(cat "$at/new")"
unlike '... none is called refused' "$(cat "$at/said")" '^!'
like '... and the client is warned' "$(cat "$at/errors")" "perhaps not on the server's disk"
finish
