#!/bin/bash
# SPDX-License-Identifier: ISC
# tests/functional/race.sh: twenty pushers at one repository, some of them through stock git, on refs of
# their own and on the same ones, while others clone it and git tidies it up. Each push that git called
# done must be a link of the chain that leads from the first value of its ref to the last one. Prints
# TAP; takes about 40 seconds, or as many as the first argument says.

. "$(dirname "$0")/lib.sh"

seconds=${1:-30}
pushers=20
remote=$scratch/remote.git
gitcell_receive="$gitcell_serve receive-pack"
gitcell_upload="$gitcell_serve upload-pack"

git init -q "$scratch/seed"
for i in 1 2 3 4 5 6 7 8 9 10; do
	seq "$i" 500 >"$scratch/seed/numbers"
	git -C "$scratch/seed" add -A
	git -C "$scratch/seed" commit -q -m "$i"
done
git init -q --bare "$remote"
git -C "$remote" config gc.auto 0
seeds=(HEAD:refs/heads/main HEAD~1:refs/heads/forced)
for i in 0 1 2; do
	seeds+=("HEAD~2:refs/heads/shared/$i")
done
git -C "$scratch/seed" push -q "$remote" "${seeds[@]}"
git -C "$remote" for-each-ref --format='%(refname) %(objectname)' >"$scratch/first"
until_time=$((SECONDS + seconds))

# --- pushers ---------------------------------------------------------------------------------------

# Logs "done REF OLD NEW", with an OLD of "-" for a new branch; "lost REF REASON"; or "odd ...".
push_logged() { # RECEIVE-PACK REFSPEC...
	local receive_pack=$1 said flag refs text
	shift
	said=$(git -c core.abbrev=40 push --porcelain --receive-pack="$receive_pack" "file://$remote" "$@" \
		2>>"$log.errors")
	while IFS=$'\t' read -r flag refs text; do
		case $flag in
		'!') echo "lost ${refs#*:} $text" ;;
		'*') echo "done ${refs#*:} - $(git rev-parse "${refs%%:*}")" ;;
		-) echo "deleted ${refs#*:}" ;;
		' ' | +) echo "done ${refs#*:} $(sed -E 's/\.\.+/ /; s/ \(.*//' <<<"$text")" ;;
		'To '* | Done) ;;
		*) echo "odd $flag $refs $text" ;;
		esac
	done <<<"$said" >>"$log"
	grep -q $'\t' <<<"$said" || echo 'odd: no answer at all' >>"$log"
}

commit_on() { # PARENT: a new one
	git commit-tree -p "$1" -m "$number.$round" "$1^{tree}"
}

# A branch of its own, and one that comes and goes.
push_own() {
	local own=refs/heads/own/$number specs
	tip=$(commit_on "$tip")
	specs=("$tip:$own/branch")
	if [ $((round % 2)) -eq 0 ]; then
		specs+=("$tip:$own/guest")
	else
		specs+=(":$own/guest")
	fi
	push_logged "$gitcell_receive" "${specs[@]}"
}

push_shared() { # RECEIVE-PACK
	local ref=refs/heads/shared/$((number % 3))
	git fetch -q --upload-pack="$gitcell_upload" "file://$remote" "+$ref:refs/heads/there" \
		2>>"$log.errors" || echo "odd: cannot fetch $ref" >>"$log"
	push_logged "$1" "$(commit_on refs/heads/there):$ref"
}

pusher() { # NUMBER
	local number=$1 round=0 tip log=$scratch/log.$1
	git clone -q --bare "$scratch/seed" "$scratch/pusher.$number" 2>/dev/null
	cd "$scratch/pusher.$number" || exit
	tip=$(git rev-parse HEAD)
	while [ "$SECONDS" -lt "$until_time" ]; do
		case $((number % 10)) in
		0 | 1 | 2 | 3) push_own ;;
		4) push_logged "$gitcell_receive" "+$(commit_on HEAD):refs/heads/forced" ;;
		5) push_shared git-receive-pack ;;
		*) push_shared "$gitcell_receive" ;;
		esac
		round=$((round + 1))
	done
}

# --- readers, and git's housekeeping ---------------------------------------------------------------

cloner() {
	while [ "$SECONDS" -lt "$until_time" ]; do
		rm -rf "$scratch/clone"
		git clone -q --mirror --upload-pack="$gitcell_upload" "file://$remote" "$scratch/clone" &&
			git -C "$scratch/clone" fsck --connectivity-only --no-dangling &&
			echo cloned >>"$scratch/clones"
	done >"$scratch/log.cloner" 2>&1
}

reader() {
	while [ "$SECONDS" -lt "$until_time" ]; do
		git -C "$remote" rev-list --objects --all --quiet && echo read >>"$scratch/reads"
		sleep 0.2
	done >"$scratch/log.reader" 2>&1
}

# "repack -a" would throw away what a push in flight has installed and not yet named; gc does not.
housekeeper() {
	while [ "$SECONDS" -lt "$until_time" ]; do
		git -C "$remote" pack-refs --all --prune
		sleep 0.3
		git -C "$remote" repack -q -A -d
		git -C "$remote" pack-refs --all --prune
		sleep 0.3
		git -C "$remote" gc -q
		echo kept >>"$scratch/rounds"
	done >"$scratch/log.housekeeper" 2>&1
}

running=()
for ((i = 0; i < pushers; i++)); do
	pusher "$i" &
	running+=($!)
done
for who in cloner reader housekeeper; do
	$who &
	running+=($!)
done
wait "${running[@]}"

# --- the judgement ---------------------------------------------------------------------------------

for ((i = 0; i < pushers; i++)); do
	cat "$scratch/log.$i"
done >"$scratch/log"
git -C "$remote" for-each-ref --format='%(refname) %(objectname)' >"$scratch/last"

# Of each ref: walks from its first value along what was done to its last one, using all links.
chains() {
	awk -v FIRST="$scratch/first" -v LAST="$scratch/last" '
		FILENAME == FIRST { at[$1] = $2; next }
		FILENAME == LAST { last[$1] = $2; next }
		$1 == "done" && $2 !~ /guest$/ {
			if (($2, $3) in next_of)
				print $2 ": two pushes replaced " $3
			next_of[$2, $3] = $4
			left[$2]++
		}
		END {
			for (ref in last) {
				if (ref ~ /guest$/)
					continue
				value = ref in at ? at[ref] : "-"
				while ((ref, value) in next_of && left[ref]-- > 0)
					value = next_of[ref, value]
				if (value != last[ref])
					print ref ": the pushes lead to " value ", it is at " last[ref]
				if (left[ref] > 0)
					print ref ": " left[ref] " updates were lost"
			}
		}' "$scratch/first" "$scratch/last" "$scratch/log"
}

# What came and went is where its only pusher last put it.
guests() {
	awk -v LAST="$scratch/last" '
		FILENAME == LAST { last[$1] = $2; next }
		$1 == "done" && $2 ~ /guest$/ { want[$2] = $4 }
		$1 == "deleted" { want[$2] = "" }
		END { for (ref in want) if (want[ref] != last[ref]) print ref ": " last[ref] ", not " want[ref] }
	' "$scratch/last" "$scratch/log"
}

is 'no update is lost' "$(chains)" ''
is '... of a branch that comes and goes neither' "$(guests)" ''
is 'every push is answered' "$(grep '^odd' "$scratch/log" | sort | uniq -c)" ''
words='fetch first|non-fast-forward|incorrect old value provided|failed to update ref'
words="$words|reference already exists|reference does not exist|cannot lock ref|failed to lock"
is 'losers hear git'\''s words' "$(grep '^lost' "$scratch/log" | grep -v -E "\(($words)" | sort | uniq -c)" ''
is 'no clone misses anything' "$(cat "$scratch/log.cloner")" ''
is 'no reader beside us misses anything' "$(cat "$scratch/log.reader")" ''
is 'housekeeping goes on' "$(grep -v -e '^warning' -e '^error: cannot lock ref' \
	"$scratch/log.housekeeper")" '' # pack-refs leaves a ref alone that has moved
ok 'the repository is sound' git -C "$remote" fsck --full --strict --no-dangling
is 'nothing is left behind' \
	"$(find "$remote" -name '*.lock' -o -name 'tmp_*' -o -name 'gitcell.*' | sort)" ''
accepted=$(grep -c '^done' "$scratch/log")
lost=$(grep -c '^lost' "$scratch/log")
ok 'some pushes were done, and some lost' test "$accepted" -ge "$pushers" -a "$lost" -gt 0
diag "$accepted updates done, $(grep -c '^deleted' "$scratch/log") deletes, $lost lost, $(
	wc -l <"$scratch/clones") clones, $(wc -l <"$scratch/reads") readings, $(
	wc -l <"$scratch/rounds") rounds of housekeeping"
diag "$(sed -n 's/^lost [^ ]* /lost: /p' "$scratch/log" | sort | uniq -c)"
finish
