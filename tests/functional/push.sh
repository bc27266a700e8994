#!/bin/bash
# SPDX-License-Identifier: ISC
# push.sh: the real git pushes through $GITCELL_RECEIVE_PACK, and the real git judges what became
# of it. Prints TAP.
set -eu

: "${GITCELL_RECEIVE_PACK:?the program that serves receive-pack}"
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/push.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null HOME=$scratch LC_ALL=C
export GIT_AUTHOR_NAME='A U Thor' GIT_AUTHOR_EMAIL=author@example.com
export GIT_COMMITTER_NAME='C O Mitter' GIT_COMMITTER_EMAIL=committer@example.com
unset GIT_DIR GIT_WORK_TREE

number=0
failures=0
result() { # ok|"not ok" TEXT
	number=$((number + 1))
	echo "$1 $number - $2"
	[ "$1" = ok ] || failures=$((failures + 1))
}

# check TEXT COMMAND...: one test
check() {
	local text=$1
	shift
	if "$@" >"$scratch/check.log" 2>&1; then
		result ok "$text"
	else
		result 'not ok' "$text"
		sed 's/^/# /' "$scratch/check.log" "$scratch/push.log" | tail -n 40
	fi
}

remote=$scratch/remote.git
work=$scratch/work

fresh_remote() { # [git init options]
	rm -rf "$remote"
	git init -q --bare -b main "$@" "$remote"
}

fresh_work() {
	rm -rf "$work"
	git init -q -b main "$work"
	git -C "$work" config gc.auto 0
	commit one
}

commit() { # TEXT
	echo "$1" >>"$work/file"
	git -C "$work" add file
	git -C "$work" commit -q -m "$1"
}

push() { # arguments of git push after the URL; the log is kept
	git -C "$work" push --receive-pack="$GITCELL_RECEIVE_PACK" "file://$remote" "$@" \
		>"$scratch/push.log" 2>&1
}

# What must hold after each push, taken or refused.
sound() {
	git -C "$remote" fsck --full --strict &&
		[ -z "$(find "$remote" -name '*.lock' -o -name 'tmp_*')" ]
}

says() { grep -q -e "$1" "$scratch/push.log"; }

tip() { git -C "$remote" rev-parse -q --verify "$1"; }
same() { [ "$(tip "$1")" = "$(git -C "$work" rev-parse "${2:-$1}")" ]; }
gone() { ! tip "$1"; }

accepts() { push "$@" && sound; }

refuses() { # WORDS ARGUMENTS: refused with these words, and no ref has moved
	local words=$1 before after
	shift
	before=$(git -C "$remote" for-each-ref)
	! push "$@" || return 1
	after=$(git -C "$remote" for-each-ref)
	[ "$before" = "$after" ] && sound && says "$words"
}

# --- the ordinary ------------------------------------------------------------------------------

fresh_remote
fresh_work
check 'a push into an empty repository' accepts main
check '... moves the ref' same refs/heads/main
commit two
check 'an update' accepts main
check '... moves the ref' same refs/heads/main
check 'nothing to do' accepts main
check 'a branch at a commit that is there' accepts main~1:refs/heads/old
check '... is made' same refs/heads/old main~1
check 'a rewind without force is refused by git itself' refuses 'non-fast-forward\|fetch first' main~1:refs/heads/main
check 'a rewind with force' accepts +main~1:refs/heads/main
check '... moves the ref' same refs/heads/main main~1
check 'a rename: create and delete at once' accepts main~1:refs/heads/new :refs/heads/old
check '... has made one' same refs/heads/new main~1
check '... has removed the other' gone refs/heads/old
git -C "$work" tag light
git -C "$work" tag -a -m note annotated
git -C "$work" tag -a -m nested nested annotated 2>/dev/null
check 'tags, light, annotated and nested' accepts --tags
check '... the annotated one is there' same refs/tags/annotated
check '... the nested one is there' same refs/tags/nested
check 'a delete of a tag' accepts :refs/tags/light
check '... removes it' gone refs/tags/light
check 'a blob as a ref outside of refs/heads' accepts "$(git -C "$work" rev-parse main:file):refs/blobs/x"
check 'a ref in a name space of its own' accepts main:refs/notes/deep/er/x
check 'a packed ref is updated' bash -c "git -C '$remote' pack-refs --all --prune"
check '... by a push' accepts main:refs/heads/new
check '... and deleted by one' accepts :refs/heads/new
check '... and is gone' gone refs/heads/new
check 'protocol version 1' git -C "$work" -c protocol.version=1 push \
	--receive-pack="$GITCELL_RECEIVE_PACK" "file://$remote" main:refs/heads/v1
check '... moves the ref' same refs/heads/v1 main
check 'quiet says nothing' accepts -q main:refs/heads/quiet
check '... really nothing' [ ! -s "$scratch/push.log" ]
check '--porcelain' accepts --porcelain main:refs/heads/porcelain
check '--mirror' accepts --mirror
check '... leaves the same refs' bash -c "diff <(git -C '$remote' for-each-ref) <(git -C '$work' for-each-ref)"

# --- packs -------------------------------------------------------------------------------------

fresh_remote
fresh_work
seq 20000 >"$work/big"
git -C "$work" add big
git -C "$work" commit -q -m big
check 'a file of some size' accepts main
sed -i s/777/seven/ "$work/big"
git -C "$work" commit -q -a -m change
check 'a thin pack' accepts --progress main
check '... is completed' says 'completed with [0-9]* local object'
check '... and the pack is whole' git -C "$remote" verify-pack "$remote"/objects/pack/*.idx
sed -i s/888/eight/ "$work/big"
git -C "$work" commit -q -a -m 'no thin'
check 'a pack that is not thin' accepts --no-thin main
head -c 3000000 /dev/urandom >"$work/random"
git -C "$work" add random
git -C "$work" commit -q -m random
check 'a file that does not compress' accepts main
check 'the clone of it' git clone -q "file://$remote" "$scratch/clone"
rm -rf "$scratch/clone"

fresh_remote
fresh_work
{
	for ((i = 1; i <= 2000; i++)); do
		echo "commit refs/heads/long"
		echo "committer C <c@example.com> $((1700000000 + i)) +0000"
		echo "data 4"
		echo "txt"
		echo "M 100644 inline dir$((i % 7))/file$((i % 50))"
		text=$(seq "$i" $((i + 60)))
		echo "data ${#text}"
		echo "$text"
	done
} | git -C "$work" fast-import --quiet
check 'a history of 2,000 commits' accepts --progress long
check '... deltas are resolved and told of' says 'Resolving deltas: 100%'
check '... is the same' same refs/heads/long
{
	for ((i = 1; i <= 2000; i++)); do
		echo "create refs/heads/many/$i long~$((i % 300))"
	done
} | git -C "$work" update-ref --stdin
check '2,000 refs at once' accepts 'refs/heads/many/*:refs/heads/many/*'
check '... are there' [ "$(git -C "$remote" for-each-ref refs/heads/many | wc -l)" = 2000 ]
check '2,000 deletes at once' push --prune 'refs/heads/nothing/*:refs/heads/many/*'
check '... are gone' [ "$(git -C "$remote" for-each-ref refs/heads/many | wc -l)" = 0 ]
check '... and all is sound' sound
git -C "$remote" repack -q -a -d
check 'after gc, more of it' accepts long~5:refs/heads/aftergc

# --- what the repository's config says ---------------------------------------------------------

fresh_remote
fresh_work
commit two
push main main~1:refs/heads/other
git -C "$remote" symbolic-ref HEAD refs/heads/main
check 'the current branch is not deleted' refuses 'deletion of the current branch prohibited' :main
git -C "$remote" config receive.denyDeleteCurrent ignore
check '... unless the config allows it' accepts :main
push main
git -C "$remote" config receive.denyDeletes true
check 'receive.denyDeletes' refuses 'deletion prohibited' :other
git -C "$remote" config receive.denyDeletes false
git -C "$remote" config receive.denyNonFastForwards true
check 'receive.denyNonFastForwards' refuses 'non-fast-forward' +main~1:main
check '... lets a fast-forward pass' accepts main:other
git -C "$work" checkout -q --orphan unrelated
git -C "$work" commit -q -m unrelated
check '... but not an unrelated history' refuses 'non-fast-forward' +unrelated:main
git -C "$remote" config receive.denyNonFastForwards false
check '... if it is not set, an unrelated history is taken' accepts +unrelated:main
git -C "$remote" config core.bare false
check 'the checked out branch of a non-bare repository' refuses 'branch is currently checked out' +main:main
git -C "$remote" config receive.denyCurrentBranch ignore
check '... unless the config allows it' accepts +main:main

# --- conflicts ---------------------------------------------------------------------------------

fresh_remote
fresh_work
push main:refs/heads/dir/leaf
check 'a ref where a directory of refs is' refuses 'refname conflict' main:refs/heads/dir
check 'a ref below a ref' refuses 'refname conflict' main:refs/heads/dir/leaf/below
check 'one bad ref does not stop the other' bash -c '! "$@"' - git -C "$work" push \
	--receive-pack="$GITCELL_RECEIVE_PACK" "file://$remote" main:refs/heads/dir main:refs/heads/fine
check '... which is there' same refs/heads/fine main
check 'D/F in one push: delete and create' accepts :refs/heads/dir/leaf main:refs/heads/dir
check '... leaves the new one' same refs/heads/dir main

# --- what no git sends -------------------------------------------------------------------------

while IFS= read -r line; do
	case $line in
	'ok '*) result ok "${line#ok }" ;;
	'not ok '*) result 'not ok' "${line#not ok }" ;;
	*) echo "$line" ;;
	esac
done < <(python3 "$here/push-crafted.py" "$GITCELL_RECEIVE_PACK" "$scratch" 2>&1 ||
	echo "not ok push-crafted.py ends well")

echo "1..$number"
[ "$failures" = 0 ]
