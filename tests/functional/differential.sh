#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# tests/functional/differential.sh: git's own servers and ours, side by side. Every row does one thing
# twice, on copies of the same repositories, and whatever can be seen from outside must be the same:
# exit status, messages, refs, objects. gitcell-serve runs under git's program names, sandbox on.
# shellcheck disable=SC2154,SC2016 # lib.sh sets them; repositories run their own dollars
# Many small files that need not last: in memory, where there is room.
if [ -z "${TMPDIR:-}" ] && [ -w /dev/shm ]; then
	export TMPDIR=/dev/shm
fi
. "$(dirname "$0")/lib.sh"

# --- the two sides -----------------------------------------------------------------------------------

theirs=$scratch/git-programs
ours=$scratch/gitcell-programs
mkdir "$theirs" "$ours"
for program in git-upload-pack git-receive-pack; do
	ln -s "$(git --exec-path)/$program" "$theirs/$program"
	ln -s "$gitcell_serve" "$ours/$program"
done

# --- repositories ------------------------------------------------------------------------------------

git config --global receive.autogc false
git config --global transfer.advertiseSID true
mkdir "$scratch/template" && git config --global init.templateDir "$scratch/template"

repositories=$scratch/repositories
sample=$scratch/sample
sample_repository "$sample"

repository() { # NAME [COMMAND LINE]: a bare copy of the sample, changed from within
	local at=$repositories/$1
	git clone -q --mirror --no-hardlinks "$sample" "$at" 2>/dev/null
	git -C "$at" config --remove-section remote.origin
	(cd "$at" && eval "${2:-:}") >/dev/null 2>&1
}

mkdir "$repositories"
main=$(git -C "$sample" rev-parse main)
older=$(git -C "$sample" rev-parse main~1)
repository sample
git init -q --bare "$repositories/empty"
git -C "$repositories/empty" symbolic-ref HEAD refs/heads/trunk
repository packed 'git pack-refs --all'
repository loose 'git for-each-ref --format="create %(refname) %(objectname)" >r; rm packed-refs
	git update-ref --stdin <r; rm r'
repository detached "git update-ref --no-deref HEAD $older"
repository unborn 'git symbolic-ref HEAD refs/heads/nowhere'
repository symrefs 'for i in 1 2 3 4 5 6 7; do
	git symbolic-ref refs/heads/level$i refs/heads/level$((i - 1)); done
	git update-ref --no-deref refs/heads/level0 main
	git symbolic-ref refs/tags/to-tag refs/tags/nested
	git symbolic-ref HEAD refs/heads/level2'
repository dangling "git symbolic-ref refs/heads/dangling refs/heads/nowhere
	echo 1234567890123456789012345678901234567890 >refs/heads/missing
	echo 1234567890123456789012345678901234567890 >refs/heads/topic/one
	: >refs/heads/empty; echo ref: >refs/heads/ref; echo nonsense >refs/heads/nonsense
	echo 0000000000000000000000000000000000000000 >refs/heads/null
	printf '%s' $main >refs/heads/no-newline
	printf '%s  \n\n' $main >refs/heads/blanks
	printf '%s more\n' $main >refs/heads/more
	printf '%smore\n' $main >refs/heads/longer
	printf 'ref:   refs/heads/main  \n' >refs/heads/spaces
	printf 'ref:refs/heads/main' >refs/heads/tight
	printf 'ref: refs/heads/../../x\n' >refs/heads/outside
	printf '%s\n' ${main^^} >refs/heads/upper
	for name in x.lock a..b 'a b' .hidden 'a~1' '@{x' trailing. '@'; do
		echo $main >\"refs/heads/\$name\"; done
	echo $main >refs/top; mkdir refs/.dots; echo $main >refs/.dots/x; mkdir -p refs/heads/void/void"
repository dangling-packed "git pack-refs --all
	echo 1234567890123456789012345678901234567890 refs/zzz/missing >>packed-refs
	git symbolic-ref HEAD refs/heads/topic/one; : >refs/heads/main"
repository broken-head ': >refs/heads/main'
repository lost-head 'echo 1234567890123456789012345678901234567890 >refs/heads/main'
repository unpeeled 'git pack-refs --all; sed -i -e "/^[#^]/d" packed-refs'
repository broken-tag "git tag -d v1; git update-ref refs/tags/broken \"\$(printf 'object %s\ntype commit\ntag broken\ntagger C <c@example.org> 1700000000 +0000\n\nx\n' 1234567890123456789012345678901234567890 | git hash-object -t tag -w --stdin --literally)\""
repository odd 'git update-ref refs/misc/tree "main^{tree}"; git update-ref refs/misc/blob main:log
	git update-ref refs/notes/commits main; git symbolic-ref refs/heads/alias refs/heads/main
	git update-ref refs/heads/HEAD main'
repository many 'for i in $(seq 1000); do echo "create refs/heads/many/$i main~$((i % 5))"; done |
	git update-ref --stdin; git pack-refs --all; for i in $(seq 900 1100); do
	echo "update refs/heads/many/$i v1^{}"; echo "update refs/tags/many/$i v1"; done |
	git update-ref --stdin'


# --- pushes -----------------------------------------------------------------------------------------

remote=$scratch/remote.git
said=$scratch/said

# What the client says of it. What the server says besides ("remote: ...") is advice in its own words,
# progress differs with the machine, and git's servers die of a client that has hung up.
messages() {
	sed -E -e '/^remote: /d' -e '/^fatal: the remote end hung up unexpectedly$/d' \
		-e '/^(Enumerating|Counting|Compressing|Writing|Receiving|Resolving|Unpacking|Total|Delta comp)/d' \
		-e '/^fatal: (git )?upload-pack: /d' -e 's/[[:space:]]+$//' "$said"
}

# The reason of a refusal where ours is that of newer git.
newer_words() { # WORDS, of which git 2.39 says "failed to update ref"
	sed -i -e "s/(failed to update ref)/($1)/" "$scratch/seen.git"
}

# What became of a repository: its refs, its HEAD, and what should be gone.
state() { # REPOSITORY
	git -C "$1" for-each-ref --format='%(objectname) %(refname) %(symref)'
	printf 'HEAD: %s\n' "$(<"$1/HEAD")"
	find "$1" -name '*.lock' -o -name 'tmp_*' -o -name '*.keep'
}

check_objects() { # REPOSITORY
	git -C "$1" fsck --full --strict --no-dangling 2>&1 | grep -v '^notice: '
}

# Where both sides have the same refs, and ours is whole, both have the same objects. What fsck finds
# in ours it must find in git's, too.
same_objects() {
	local found
	[ -d "$scratch/left.gitcell" ] || return 0
	found=$(check_objects "$scratch/left.gitcell")
	[ -z "$found" ] || [ "$found" = "$(check_objects "$scratch/left.git")" ] || printf '%s\n' "$found"
}

# Reports whether the two sides left the same behind.
compare_sides() { # DESCRIPTION
	local differs
	differs=$(diff -U 2 --label git --label gitcell "$scratch/seen.git" "$scratch/seen.gitcell" |
		head -n 30)
	[ -n "$differs" ] || differs=$(same_objects)
	if [ -z "$differs" ]; then
		tap_result ok "$1"
		return 0
	fi
	tap_result 'not ok' "$1"
	diag "$differs"
	return 1
}

push_to() { # PROGRAMS NAME ARGUMENT...
	local programs=$1 name=$2 status=0
	shift 2
	rm -rf "$remote" "$scratch/left.$name"
	cp -a "$before" "$remote"
	(cd "$remote" && eval "${arrange:-:}") >/dev/null 2>&1
	# shellcheck disable=SC2086 # options are words
	git -C "$work" ${options:-} push --receive-pack="$programs/git-receive-pack" "file://$remote" \
		"$@" >"$said" 2>&1 </dev/null || status=$?
	{
		printf 'exit status %d\n' "$status"
		messages
		state "$remote"
	} >"$scratch/seen.$name"
	mv "$remote" "$scratch/left.$name"
}

# The same push to both. $before is copied to be the remote, $arrange run in it; $work pushes, with
# $options. Git 2.39 may give another $reason for a refusal: "failed to update ref".
push_row() { # DESCRIPTION ARGUMENT...
	local text=$1
	shift
	push_to "$theirs" git "$@"
	push_to "$ours" gitcell "$@"
	[ -z "${reason:-}" ] || newer_words "$reason"
	compare_sides "push: $text"
}

# What only git's server can do: ours says so, and nothing moves.
refused_row() { # DESCRIPTION WORDS ARGUMENT...
	local text=$1 words=$2
	shift 2
	push_to "$ours" gitcell "$@"
	like "push: $text is refused" "$(messages)" "^$words"
	is "... and nothing has moved" "$(refs_of "$scratch/left.gitcell")" "$(refs_of "$before")"
}

work=$scratch/work
cp -a "$sample" "$work"
(
	cd "$work" || exit
	echo more >>log && git commit -q -a -m more && echo more >>log && git commit -q -a -m 'yet more'
	git branch side main~1 && git checkout -q -b fork main~3 && echo fork >fork && git add fork
	git commit -q -m fork && git checkout -q --orphan alone && git commit -q -m alone
	git checkout -q main && git notes add -m note
	git tag -a -m 'of a blob' tag-of-blob HEAD:log && git tag -a -m 'of a tree' tag-of-tree 'HEAD^{tree}'
	git tag -a -m follows follows HEAD && git tag unreleased side
	git update-ref refs/misc/deep/er main
) >/dev/null 2>&1
tree=$(git -C "$work" rev-parse 'main^{tree}')
blob=$(git -C "$work" rev-parse main:log)
before=$repositories/sample
git clone -q --depth 2 "file://$sample" "$scratch/shallow"
git -C "$scratch/shallow" commit -q --allow-empty -m shallow

rows_of_pushes() {
	before=$repositories/sample
	push_row 'an update' main
	push_row 'nothing to do' topic/one
	push_row 'a create' fork
	push_row 'several at once' main fork alone side
	push_row 'a branch at a commit that is there' main~4:refs/heads/old
	push_row 'a rewind is refused by the client' main~4:refs/heads/main
	push_row 'a rewind, forced' +main~4:refs/heads/main
	push_row 'an unrelated history, forced' -f alone:main
	push_row 'a delete' :topic/one
	push_row 'a delete of what is not there' :nothing
	push_row 'a delete of what is not there, by its full name' :refs/heads/nothing
	push_row 'a rename' main~3:refs/heads/renamed :topic/one
	push_row 'a create and deletes of missing and present' fork :refs/heads/nothing :topic/one
	push_row 'tags of all kinds' --tags
	push_row 'a tag that is there and differs' main:refs/tags/v1
	push_row 'a tag that is there and differs, forced' +main:refs/tags/v1
	push_row 'notes' refs/notes/commits
	push_row 'a ref outside of heads and tags' refs/misc/deep/er
	push_row 'a tree as a ref' "$tree:refs/misc/tree"
	push_row 'a blob as a ref' "$blob:refs/misc/blob"
	reason='invalid new value provided' push_row 'a blob as a branch' "$blob:refs/heads/blob"
	reason='invalid new value provided' push_row 'a tag as a branch' v1:refs/heads/tag
	reason='invalid new value provided' push_row 'a tag as a branch, forced' +v1:refs/heads/main
	push_row 'HEAD' HEAD
	push_row 'HEAD under another name' HEAD:refs/heads/other
	push_row '--all' --all
	push_row '--all --follow-tags' --all --follow-tags
	push_row '--mirror' --mirror
	push_row '--prune' --prune 'refs/heads/*:refs/heads/*'
	push_row '--follow-tags' --follow-tags main
	push_row '--dry-run' --dry-run main fork :topic/one
	push_row '--porcelain' --porcelain main fork :topic/one +alone:refs/heads/main2
	push_row 'a lease that holds' --force-with-lease=main:"$(git -C "$sample" rev-parse main)" alone:main
	push_row 'a lease that does not' --force-with-lease=main:"$(git -C "$sample" rev-parse main~2)" alone:main
	push_row 'a lease on what must not be there' --force-with-lease=fork: fork
	push_row '--no-thin' --no-thin main
	push_row '--quiet' --quiet main fork
	push_row '--verbose' --verbose main fork
	push_row 'nothing, matching' :
	reason='refname conflict' push_row 'a ref below a ref' main:refs/heads/main/below
	reason='refname conflict' push_row 'a ref above refs' main:refs/heads/topic
	reason='refname conflict' push_row 'a ref below a ref, and a good one' main:refs/heads/main/below fork
	push_to "$ours" gitcell main:refs/heads/x/y fork:refs/heads/x
	is 'push: of two refs that exclude one another the first by name moves' \
		"$(refs_of "$scratch/left.gitcell" | grep refs/heads/x)" "$(git -C "$work" rev-parse fork) refs/heads/x"
	push_row 'a directory becomes a ref' :topic/one main:refs/heads/topic
	push_row 'a ref becomes a directory' :topic/one main:refs/heads/topic/one/below
	push_row 'a ref called HEAD below heads' main:refs/heads/HEAD
	push_row 'a one-level ref' main:refs/one
	push_row 'a stash' main:refs/stash
	push_row 'a name with every odd sign' 'main:refs/heads/a&b;c%d$e"f#g'
	push_row 'a name in UTF-8' $'main:refs/heads/gr\xc3\xbc\xc3\x9fe'
	push_row 'a name that ends as a lock' main:refs/heads/x.lock
	push_row 'a long name' "main:refs/heads/$(printf 'n%.0s' $(seq 200))"
	reason='funny refname' push_row 'a name too long for a file' "main:refs/heads/$(printf 'n%.0s' $(seq 300))"
	refused_row '--atomic' 'fatal: the receiving end does not support --atomic push' --atomic main fork
	for version in 1 2; do
		options="-c protocol.version=$version" push_row "in v$version" main fork :topic/one
	done
	arrange='git config receive.advertiseAtomic false' push_row '--atomic is not offered' --atomic main fork
	push_row 'push options are not offered' -o x main
	push_row 'signed pushes are not offered' --signed main
	push_row 'signed if asked' --signed=if-asked main
	options='-c push.negotiate=true' push_row 'with negotiation' main
}

# What the remote's configuration and state say.
rows_of_remotes() {
	before=$repositories/sample
	arrange='git config receive.denyDeletes true' push_row 'denyDeletes' :topic/one fork
	arrange='git config receive.denyDeletes true' push_row 'denyDeletes and a tag' :refs/tags/light
	arrange='git config receive.denyNonFastForwards true' push_row 'denyNonFastForwards' +alone:main fork
	arrange='git config receive.denyNonFastForwards true' push_row 'denyNonFastForwards, rewind' +main~5:main
	arrange='git config receive.denyNonFastForwards true' push_row 'denyNonFastForwards, update' main
	arrange='git config receive.denyNonFastForwards true' push_row 'denyNonFastForwards, tag' +main:refs/tags/light
	push_row 'a delete of the current branch' :main fork
	arrange='git config receive.denyDeleteCurrent ignore' push_row 'denyDeleteCurrent ignore' :main
	arrange='git config receive.denyDeleteCurrent warn' push_row 'denyDeleteCurrent warn' :main
	arrange='git config core.bare false' push_row 'the checked out branch' main fork
	arrange='git config core.bare false' push_row 'a delete of the checked out branch' :main
	arrange='git config core.bare false; git config receive.denyCurrentBranch ignore' \
		push_row 'denyCurrentBranch ignore' main
	arrange='git config core.bare false; git config receive.denyCurrentBranch warn' \
		push_row 'denyCurrentBranch warn' main
	arrange='git config core.logAllRefUpdates true' push_row 'with reflogs' main fork :topic/one
	arrange='git pack-refs --all' push_row 'to packed refs' main fork :topic/one :refs/tags/v1
	arrange='git pack-refs --all' reason='refname conflict' \
		push_row 'a ref below a packed ref' main:refs/heads/main/below
	arrange='git pack-refs --all' reason='refname conflict' \
		push_row 'a ref above packed refs' main:refs/heads/topic
	arrange='git symbolic-ref refs/heads/alias refs/heads/main' push_row 'to an alias' main:alias
	arrange='git symbolic-ref refs/heads/alias refs/heads/main' push_row 'to an alias and its branch' main:alias main
	arrange='git symbolic-ref refs/heads/alias refs/heads/main' \
		push_row 'to an alias and its branch, differently' main~1:alias main
	arrange='git symbolic-ref refs/heads/alias refs/heads/main' push_row 'a delete of an alias' :alias
	arrange='git symbolic-ref refs/heads/alias refs/heads/topic/one' \
		push_row 'a delete of an alias and its branch' :alias :topic/one
	arrange='git symbolic-ref refs/heads/alias refs/heads/nowhere' push_row 'to an alias of nothing' main:alias
	arrange='git update-ref --no-deref HEAD main~2' push_row 'to a detached HEAD' main
	arrange='mkdir -p refs/heads/fork/empty' push_row 'to where empty directories are' fork
	arrange='mkdir -p refs/heads/fork; echo x >refs/heads/fork/x.lock' reason='refname conflict' \
		push_row 'to where a lock is' fork main
	arrange='touch refs/heads/main.lock' push_row 'to a locked ref' main fork
	arrange='touch packed-refs.lock' push_row 'a delete while packed-refs is locked' :topic/one
	arrange='echo 1234567890123456789012345678901234567890 >refs/heads/lost' push_row 'over a lost ref' main:lost
	arrange='echo 1234567890123456789012345678901234567890 >refs/heads/lost' push_row 'a delete of a lost ref' :refs/heads/lost
	arrange='git gc -q' push_row 'after gc' main fork --tags
}

rows_of_layouts() {
	before=$repositories/empty
	push_row 'to an empty repository' main
	push_row 'to an empty repository, its HEAD' main:trunk
	push_row 'all to an empty repository' --mirror
	push_row 'a tag alone' v1
	push_row 'a nested tag alone' nested
	push_to "$ours" gitcell :
	like 'push: nothing to an empty repository is no error' "$(cat "$said")" '^Everything up-to-date$'
	before=$repositories/unborn
	push_row 'to an unborn HEAD' main:nowhere
	before=$repositories/symrefs
	push_row 'to a chain of aliases' main:level2 main:level0
	before=$repositories/many
	push_row 'many deletes' --prune 'refs/heads/none/*:refs/heads/many/1*'
	push_row 'many creates' 'refs/heads/*:refs/heads/copy/*' main:refs/heads/many/1
	push_row 'many updates' -f main:refs/heads/many/{1,2,3,4,5,6,7,8,9}

	before=$repositories/sample work=$scratch/shallow push_row 'from a shallow clone' main
	before=$repositories/empty work=$scratch/shallow push_row 'from a shallow clone to where the rest is missing' main
}

# --- fetches -----------------------------------------------------------------------------------------

client=$scratch/client

fetched() { # NAME STATUS
	{
		printf 'exit status %d\n' "$2"
		messages
		[ ! -d "$client" ] || state_of_client
	} >"$scratch/seen.$1"
	rm -rf "$scratch/left.$1"
	[ ! -d "$client" ] || mv "$client" "$scratch/left.$1"
}

state_of_client() {
	local gitdir=$client/.git
	[ -d "$gitdir" ] || gitdir=$client
	state "$gitdir"
	[ ! -f "$gitdir/FETCH_HEAD" ] || printf '%s\n' "$(<"$gitdir/FETCH_HEAD")"
	printf '%s\n' "$(<"$gitdir/config")"
}

clone_from() { # PROGRAMS NAME FROM OPTION...
	local programs=$1 name=$2 from=$3 status=0
	shift 3
	git -c protocol.version="$version" clone --upload-pack="$programs/git-upload-pack" "$@" \
		"file://$repositories/$from" "$client" >"$said" 2>&1 </dev/null || status=$?
	fetched "$name" "$status"
}

clone_row() { # DESCRIPTION FROM OPTION...: in each version
	local text=$1
	shift
	for version in ${versions:-0 2}; do
		clone_from "$theirs" git "$@"
		clone_from "$ours" gitcell "$@"
		compare_sides "clone: $text, v$version"
	done
}

fetch_from() { # PROGRAMS NAME FROM ARGUMENT...
	local programs=$1 name=$2 from=$3 status=0
	shift 3
	cp -a "$have" "$client"
	git -C "$client" -c protocol.version="$version" fetch \
		--upload-pack="$programs/git-upload-pack" "file://$repositories/$from" \
		"$@" >"$said" 2>&1 </dev/null || status=$?
	fetched "$name" "$status"
}

# The same fetch by a copy of $have.
fetch_row() { # DESCRIPTION FROM ARGUMENT...: in each version
	local text=$1
	shift
	for version in ${versions:-0 2}; do
		fetch_from "$theirs" git "$@"
		fetch_from "$ours" gitcell "$@"
		compare_sides "fetch: $text, v$version"
	done
}

rows_of_clones() {
	versions='0 1 2' clone_row 'as it is' sample
	clone_row 'bare' sample --bare
	clone_row 'a mirror' sample --mirror
	clone_row 'quiet' sample --quiet
	clone_row 'verbose' sample --verbose --bare
	clone_row 'one branch' sample --single-branch --branch topic/one
	clone_row 'without tags' sample --no-tags --bare
	clone_row 'a tag' sample --branch nested
	clone_row 'a branch that is not there' sample --branch nothing
	clone_row 'a filter, which is not offered' sample --filter=blob:none --bare
	clone_row 'with another name for origin' sample --origin upstream --bare
	clone_row 'of an empty repository' empty
	clone_row 'of a detached HEAD' detached
	clone_row 'of an unborn HEAD' unborn
	clone_row 'of a chain of symbolic refs' symrefs --mirror
	clone_row 'of aliases, trees, blobs and notes' odd --mirror
	clone_row 'of packed refs that do not say what tags are' unpeeled
	clone_row 'of 2,000 refs' many --mirror
	for version in 0 2; do
		clone_from "$ours" gitcell sample --depth 1
		like "clone: with a depth, which is not offered, v$version" "$(cat "$said")" \
			'^(fatal: Server does not support|warning: .*shallow|fatal: .*shallow)'
		not_ok '... makes no clone' test -e "$scratch/left.gitcell"
	done
}

have=$scratch/have # half of the sample, and something of its own
git init -q "$have"
git -C "$have" pull -q "$sample" topic/one 2>/dev/null
git -C "$have" update-ref refs/heads/main HEAD~2
git -C "$have" update-ref refs/heads/stale HEAD
git -C "$have" update-ref refs/remotes/origin/stale HEAD
git -C "$have" update-ref refs/remotes/origin/main "$(git -C "$have" commit-tree -m own -p HEAD 'HEAD^{tree}')"
git -C "$have" update-ref refs/tags/v1 HEAD
git -C "$have" checkout -q --detach
nothing=$scratch/nothing
git init -q --bare "$nothing"
ahead=$scratch/ahead
cp -a "$work" "$ahead"

rows_of_fetches() {
	fetch_row 'one branch' sample main
	fetch_row 'HEAD, by default' sample
	fetch_row 'branches' sample '+refs/heads/*:refs/remotes/origin/*'
	fetch_row 'branches, unless they are rewound' sample 'refs/heads/*:refs/remotes/origin/*'
	fetch_row 'branches, -f' sample -f 'refs/heads/*:refs/remotes/origin/*'
	fetch_row '--prune' sample --prune '+refs/heads/*:refs/remotes/origin/*'
	fetch_row '--tags' sample --tags
	fetch_row '--tags -f' sample --tags -f
	fetch_row '--no-tags' sample --no-tags main
	fetch_row '--dry-run' sample --dry-run '+refs/heads/*:refs/remotes/origin/*'
	fetch_row '--atomic' sample --atomic 'refs/heads/*:refs/remotes/origin/*'
	fetch_row 'everything' sample -f 'refs/*:refs/theirs/*'
	fetch_row 'a ref that is not there' sample nothing
	fetch_row 'the oid of a tip' sample "$main"
	fetch_row 'an oid that is not there' sample 1234567890123456789012345678901234567890
	versions=2 fetch_row 'the oid of a commit below' sample "$(git -C "$sample" rev-parse main~4)"
	versions=2 fetch_row 'the oid of a tree below' sample "$(git -C "$sample" rev-parse 'main~4^{tree}')"
	fetch_row 'a tag' sample refs/tags/nested:refs/tags/nested
	fetch_row 'a tag of a blob' sample refs/tags/blob:refs/tags/blob
	fetch_row 'trees, blobs and aliases' odd '+refs/*:refs/*'
	fetch_row 'from an empty repository' empty
	fetch_row 'from a detached HEAD' detached HEAD
	fetch_row 'from an unborn HEAD' unborn HEAD
	fetch_row 'all of 2,000 refs' many '+refs/heads/*:refs/remotes/origin/*'
	fetch_row 'one of 2,000 refs' many refs/heads/many/777
	have=$ahead fetch_row 'by who is ahead' sample '+refs/heads/*:refs/remotes/origin/*'
	have=$nothing fetch_row 'by who has nothing' sample '+refs/heads/*:refs/heads/*'
	have=$scratch/shallow fetch_row 'by a shallow clone with all of it' sample main:refs/remotes/origin/main
}

# --- another git -------------------------------------------------------------------------------------

# What a release of Debian with another git is asked to do, as client and as the other server.
rows_of_release() {
	before=$repositories/sample
	push_row 'several, and a delete' main fork alone side :topic/one
	push_row 'tags of all kinds' --tags
	push_row '--mirror' --mirror
	push_row 'a lease that does not hold' --force-with-lease=main:"$older" alone:main
	push_row 'a blob as a ref' "$blob:refs/misc/blob"
	push_row '--porcelain' --porcelain main fork :topic/one
	reason='refname conflict' push_row 'a ref below a ref, and a good one' main:refs/heads/main/below fork
	push_row 'push options are not offered' -o x main
	refused_row '--atomic' 'fatal: the receiving end does not support --atomic push' --atomic main fork
	arrange='git config receive.denyNonFastForwards true' push_row 'denyNonFastForwards' +alone:main fork
	arrange='git pack-refs --all' push_row 'to packed refs' main :refs/tags/v1
	arrange='git update-ref refs/stash main' push_row 'a delete of a stash' :refs/stash
	arrange='git update-ref refs/stash main; git pack-refs --all' push_row 'a delete of a packed stash' :refs/stash
	before=$repositories/empty
	push_row 'all to an empty repository' --mirror
	clone_row 'as it is' sample
	clone_row 'a mirror' odd --mirror
	clone_row 'of an empty repository' empty
	clone_row 'of a detached HEAD' detached
	clone_row 'a filter, which is not offered' sample --filter=blob:none --bare
	fetch_row 'branches and --prune' sample --prune '+refs/heads/*:refs/remotes/origin/*'
	fetch_row '--tags -f' sample --tags -f
	fetch_row 'all of 2,000 refs' many '+refs/heads/*:refs/remotes/origin/*'
	fetch_row 'an oid that is not there' sample 1234567890123456789012345678901234567890
}

same_bytes() { # THEIRS SECTION...
	python3 "$tests/differential.py" "$1" "$ours" "$repositories" "${@:2}" 2>&1
}

# In a mount namespace that ends with the subshell: the release's root file system below $1, ours in
# it, and what is written to it in memory.
mount_release() { # ROOT FILE-SYSTEM
	local over=$scratch/over
	mkdir -p "$1" "$over" && mount -t tmpfs tmpfs "$over" && mkdir "$over/upper" "$over/work" &&
		mount -t overlay overlay -o "lowerdir=$2,upperdir=$over/upper,workdir=$over/work" "$1" &&
		mkdir -p "$1/tests" "$1/build" "$1$scratch" &&
		mount --bind "$tests" "$1/tests" && mount --bind "$GITCELL_BUILD" "$1/build" &&
		mount --bind "$scratch" "$1$scratch" &&
		mount --rbind /dev "$1/dev" && mount -t proc proc "$1/proc"
}

# In that namespace: this script again, with the release's git as client and server; then the bytes of
# its upload-pack.
in_release() { # ROOT FILE-SYSTEM
	local programs=$scratch/release-programs
	mount_release "$1" "$2" || return
	mkdir "$programs"
	printf '#!/bin/sh\nexec chroot "%s" git-upload-pack "$@"\n' "$1" >"$programs/git-upload-pack"
	chmod 755 "$programs/git-upload-pack"
	chroot "$1" env -i PATH=/usr/bin:/bin GITCELL_BUILD=/build DIFFERENTIAL=release \
		bash /tests/differential.sh >"$scratch/release.rows" 2>&1
	same_bytes "$programs" negotiations fetches >"$scratch/release.bytes"
	[ -s "$scratch/release.rows" ]
}

other_release() { # RELEASE NAME
	local file_system
	if [ "$(id -u)" -ne 0 ]; then
		skip "$2: its git" 'needs root'
		return
	fi
	# shellcheck source=tests/functional/container.sh
	. "$tests/container.sh"
	file_system=$(container_root "$1") || return
	export -f in_release mount_release same_bytes
	export scratch tests ours repositories GITCELL_BUILD
	ok "$2: its git runs beside ours" \
		unshare -m bash -c 'in_release "$@"' - "$scratch/$1" "$file_system" || return
	diag "$2: $(chroot "$file_system" git --version)"
	adopt "$2: " <"$scratch/release.rows"
	adopt "$2: on the wire: " <"$scratch/release.bytes"
}

# --- all of it ---------------------------------------------------------------------------------------

if [ "${DIFFERENTIAL:-}" = release ]; then
	rows_of_release
	finish
fi
rows_of_pushes
rows_of_remotes
rows_of_layouts
rows_of_clones
rows_of_fetches
adopt 'on the wire: ' < <(same_bytes "$theirs")
other_release trixie 'Debian 13'

finish
