#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# tests/functional/fetch.sh: what git's clients ask of upload-pack, from every layout that git leaves
# behind; gitcell-serve stands in for git-upload-pack, sandbox on. git is the judge.
# shellcheck disable=SC2154 # lib.sh sets them
. "$(dirname "$0")/lib.sh"

# git, with our server and a protocol version.
via() { # VERSION COMMAND [ARG...]
	local version=$1
	shift
	git -c protocol.version="$version" -c remote.origin.uploadpack="$gitcell_serve upload-pack" "$@"
}

clone() { # VERSION FROM TO [OPTION...]
	local version=$1 from=$2 to=$3
	shift 3
	rm -rf "$to"
	git -c protocol.version="$version" clone -q --upload-pack="$gitcell_serve upload-pack" \
		"$@" "file://$from" "$to"
}

objects_of() { # REPOSITORY: everything that is reachable there
	git -C "$1" rev-list --objects --all | cut -d' ' -f1 | sort -u
}

# A mirror of FROM has its refs and its objects, and is sound.
mirrors() { # VERSION FROM
	clone "$1" "$2" "$scratch/mirror" --mirror &&
		git -C "$scratch/mirror" fsck --full --strict --no-dangling &&
		[ "$(refs_of "$2")" = "$(refs_of "$scratch/mirror")" ] &&
		[ "$(objects_of "$2")" = "$(objects_of "$scratch/mirror")" ]
}

pack_bytes() { # REPOSITORY
	cat "$1"/objects/pack/*.pack | wc -c
}

sample=$scratch/sample
sample_repository "$sample"

# --- layouts -----------------------------------------------------------------------------------------

make_layout() { # NAME: a bare copy of the sample, arranged
	local at=$scratch/layout-$1
	git clone -q --mirror --no-hardlinks "$sample" "$at" 2>/dev/null
	(
		cd "$at" || exit 1
		case $1 in
		loose) mkdir "$scratch/aside" && mv objects/pack/* "$scratch/aside" &&
			for p in "$scratch"/aside/*.pack; do git unpack-objects -q <"$p"; done ;;
		packed) git repack -q -a -d && git pack-refs --all ;;
		gc) git gc -q ;;
		aggressive) git gc -q --aggressive --prune=now ;;
		idx-v1) git -c pack.indexVersion=1 repack -q -a -d -f ;;
		ref-delta) git -c repack.useDeltaBaseOffset=false repack -q -a -d -f ;;
		deep) git repack -q -a -d -f --depth=200 --window=250 ;;
		many-packs) for i in 8 6 4 2 0; do
			git rev-list --objects "main~$i" | cut -d' ' -f1 |
				git pack-objects -q objects/pack/pack >/dev/null
		done ;;
		mixed) git repack -q -a -d && git commit-tree -m loose -p main 'main^{tree}' \
			>../loose-commit && git update-ref refs/heads/loose "$(cat ../loose-commit)" ;;
		bitmap) git repack -q -a -d -b ;;
		cruft) git -c gc.cruftPacks=true gc -q --cruft ;;
		midx) git repack -q && git multi-pack-index write --bitmap ;;
		graph) git commit-graph write --reachable ;;
		uncompressed) git -c core.compression=0 repack -q -a -d -f ;;
		esac
	) >/dev/null 2>&1
}

for layout in loose packed gc aggressive idx-v1 ref-delta deep many-packs mixed bitmap cruft midx graph \
	uncompressed; do
	make_layout "$layout"
	for version in 0 1 2; do
		ok "a mirror of a repository that is $layout, in v$version" \
			mirrors "$version" "$scratch/layout-$layout"
	done
done

# --- what a clone is ----------------------------------------------------------------------------------

for version in 0 1 2; do
	ok "v$version: a clone checks out" clone "$version" "$sample" "$scratch/work"
	is "v$version: its branch is the one that HEAD names" \
		"$(git -C "$scratch/work" symbolic-ref HEAD)" refs/heads/main
	is "v$version: the same ls-remote as git's" \
		"$(via "$version" ls-remote --upload-pack="$gitcell_serve upload-pack" "file://$sample")" \
		"$(git -c protocol.version="$version" ls-remote "file://$sample")"
	is "v$version: the same ls-remote --symref as git's" \
		"$(via "$version" ls-remote --symref --upload-pack="$gitcell_serve upload-pack" "file://$sample" 'refs/heads/*' HEAD)" \
		"$(git -c protocol.version="$version" ls-remote --symref "file://$sample" 'refs/heads/*' HEAD)"
	ok "v$version: one branch alone" clone "$version" "$sample" "$scratch/single" \
		--single-branch --branch topic/one
	ok "v$version: one branch alone brings the tags that point into it" \
		git -C "$scratch/single" fsck --full --strict
	ok "v$version: a tag alone" clone "$version" "$sample" "$scratch/tagged" --branch v1
	ok "v$version: without tags" clone "$version" "$sample" "$scratch/untagged" --no-tags
	is "v$version: and there are none" "$(git -C "$scratch/untagged" tag)" ''
done

git init -q --bare "$scratch/empty"
git -C "$scratch/empty" symbolic-ref HEAD refs/heads/trunk
for version in 0 1 2; do
	ok "v$version: a clone of an empty repository" clone "$version" "$scratch/empty" "$scratch/void"
done
is 'v2: an unborn HEAD names the branch' "$(git -C "$scratch/void" symbolic-ref HEAD)" refs/heads/trunk

git clone -q --mirror "$sample" "$scratch/detached" 2>/dev/null
git -C "$scratch/detached" update-ref --no-deref HEAD "$(git -C "$sample" rev-parse main~1)"
for version in 0 1 2; do
	ok "v$version: a clone with a detached HEAD" clone "$version" "$scratch/detached" "$scratch/headless"
	is "v$version: is detached too" "$(git -C "$scratch/headless" rev-parse HEAD)" \
		"$(git -C "$sample" rev-parse main~1)"
done

git clone -q --mirror "$sample" "$scratch/odd" 2>/dev/null
git -C "$scratch/odd" update-ref refs/misc/tree "$(git -C "$sample" rev-parse 'main^{tree}')"
git -C "$scratch/odd" update-ref refs/misc/blob "$(git -C "$sample" rev-parse main:log)"
git -C "$scratch/odd" symbolic-ref refs/heads/alias refs/heads/main
for version in 0 2; do
	ok "v$version: refs to trees, blobs and refs" mirrors "$version" "$scratch/odd"
done

ok 'a work tree is served by its .git' clone 2 "$sample/.git" "$scratch/from-git"
not_ok 'a directory that is no repository is refused' clone 2 "$scratch/home" "$scratch/none"

# --- fetching what is new ------------------------------------------------------------------------------

# ACK dialects are chosen by capabilities: v0 with all of them, and v2.
for version in 0 2; do
	rm -rf "$scratch/up" "$scratch/down"
	git clone -q --bare "$sample" "$scratch/up" 2>/dev/null
	git -C "$scratch/up" repack -q -a -d
	clone "$version" "$scratch/up" "$scratch/down"
	ok "v$version: a fetch with nothing new" via "$version" -C "$scratch/down" fetch -q origin
	git clone -q "$scratch/up" "$scratch/edit" 2>/dev/null
	for i in 1 2 3 4 5; do
		(
			cd "$scratch/edit" || exit
			echo "$i" >>log && git commit -q -a -m "new $i" && git tag -a -m "t$i" "t$version-$i"
			git push -q origin main --tags
		) >/dev/null 2>&1
		ok "v$version: an incremental fetch, $i" via "$version" -C "$scratch/down" fetch -q origin
		is "v$version: brings what is there, $i" \
			"$(git -C "$scratch/down" rev-parse origin/main)" \
			"$(git -C "$scratch/up" rev-parse main)"
	done
	is "v$version: tags follow" "$(git -C "$scratch/down" tag -l 't*')" \
		"$(git -C "$scratch/up" tag -l 't*')"
	ok "v$version: and all is sound" git -C "$scratch/down" fsck --full --strict
	git -C "$scratch/down" checkout -q -b mine && (
		cd "$scratch/down" && for i in 1 2 3; do git commit -q --allow-empty -m "mine $i"; done
	)
	(cd "$scratch/edit" && git commit -q --allow-empty -m theirs && git push -q origin main) 2>/dev/null
	ok "v$version: a fetch into diverged history" via "$version" -C "$scratch/down" fetch -q origin
	rm -rf "$scratch/edit"
done

# A client that knows nothing of ours, and one that has everything.
git init -q "$scratch/other" && git -C "$scratch/other" commit -q --allow-empty -m other
for version in 0 2; do
	ok "v$version: a fetch into an unrelated history" \
		git -C "$scratch/other" -c protocol.version="$version" fetch -q \
		--upload-pack="$gitcell_serve upload-pack" "file://$sample" "+refs/heads/*:refs/v$version/*"
done
ok 'which is sound' git -C "$scratch/other" fsck --full --strict

# --- wants ---------------------------------------------------------------------------------------------

buried=$(git -C "$sample" rev-parse main~4)
gone=$(git -C "$sample" commit-tree -m gone 'main^{tree}')
want() { # VERSION OID
	rm -rf "$scratch/w" && git init -q "$scratch/w" &&
		git -C "$scratch/w" -c protocol.version="$1" fetch -q \
			--upload-pack="$gitcell_serve upload-pack" "file://$sample" "$2"
}
ok 'v2: a commit below a branch may be wanted' want 2 "$buried"
not_ok 'v0: only tips may be wanted' want 0 "$buried"
not_ok 'v2: what no ref reaches may not be wanted' want 2 "$gone"
like 'and the words are git'\''s' "$(want 2 "$gone" 2>&1)" "not our ref $gone"
like 'as for what is not there at all' \
	"$(want 2 1234567890123456789012345678901234567890 2>&1)" 'not our ref 1234567890'
ok 'v2: a blob that a branch holds may be wanted' want 2 "$(git -C "$sample" rev-parse main~2:numbers)"

# --- options --------------------------------------------------------------------------------------------

traced() { # what the client is sent, with the options
	rm -rf "$scratch/t" && git init -q "$scratch/t" &&
		GIT_TRACE_PACKET=1 git -C "$scratch/t" fetch "$@" \
			--upload-pack="$gitcell_serve upload-pack" "file://$sample" main 2>&1
}
like 'progress is shown as git shows it' "$(traced --progress)" 'remote: Enumerating objects: [0-9]+, done'
like 'and counted' "$(traced --progress)" 'Counting objects: 100% \(([0-9]+)/\1\), done'
like 'and summed up' "$(traced --progress)" 'Total [0-9]+ \(delta [0-9]+\), reused [0-9]+'
unlike 'a quiet client is left in peace' "$(traced -q)" 'remote: '
like 'a server-option is accepted' "$(traced -o hello)" 'server-option=hello'
like 'push negotiation: wait-for-done' "$(git -C "$sample" -c protocol.version=2 fetch --negotiate-only \
	--negotiation-tip=main --upload-pack="$gitcell_serve upload-pack" "file://$scratch/layout-gc" 2>&1)" \
	"$(git -C "$sample" rev-parse main)"

# --- size -----------------------------------------------------------------------------------------------

# git asks with ofs-delta; without it every delta must name its base.
clone 2 "$scratch/layout-gc" "$scratch/ours" --bare
git clone -q --bare --no-local "$scratch/layout-gc" "$scratch/theirs" 2>/dev/null
ours=$(pack_bytes "$scratch/ours")
theirs=$(pack_bytes "$scratch/theirs")
diag "pack sizes: ours $ours, git's $theirs"
ok 'our pack is at most 10 % larger than git'\''s' test $((ours * 10)) -le $((theirs * 11))

# The same where nothing is stored as a delta yet, and where the client has most of it.
clone 2 "$scratch/layout-loose" "$scratch/ours-loose" --bare
git clone -q --bare --no-local "$scratch/layout-loose" "$scratch/theirs-loose" 2>/dev/null
ours=$(pack_bytes "$scratch/ours-loose")
theirs=$(pack_bytes "$scratch/theirs-loose")
diag "of loose objects: ours $ours, git's $theirs"
ok 'nor is that of loose objects' test $((ours * 10)) -le $((theirs * 11))

newest_pack_bytes() { # REPOSITORY
	find "$1/objects/pack" -name '*.pack' -newer "$1/mark" -printf '%s\n' | awk '{ n += $1 } END { print n }'
}
step() { # DIRECTORY [OPTION...]: a client at main~8 comes for the rest
	local at=$1
	shift
	git init -q --bare "$at" && git -C "$at" config fetch.unpackLimit 1 &&
		git -C "$at" fetch -q "file://$scratch/layout-gc" refs/tags/old:refs/heads/main 2>/dev/null
	touch "$at/mark"
	sleep 0.02
	git -C "$at" fetch -q "$@" "file://$scratch/layout-gc" +main:refs/heads/main
}
git -C "$scratch/layout-gc" tag old main~8
step "$scratch/step-ours" --upload-pack="$gitcell_serve upload-pack"
step "$scratch/step-theirs"
ours=$(newest_pack_bytes "$scratch/step-ours")
theirs=$(newest_pack_bytes "$scratch/step-theirs")
diag "of a fetch: ours $ours, git's $theirs"
ok 'nor is that of a fetch' test $((ours * 10)) -le $((theirs * 11))

# The types of all objects of a repository's packs, as they are stored: 6 is OFS_DELTA, 7 REF_DELTA.
stored_types() { # REPOSITORY
	local idx
	for idx in "$1"/objects/pack/*.idx; do
		git show-index <"$idx" | python3 -c '
import sys
pack = open(sys.argv[1], "rb").read()
for line in sys.stdin:
    print(pack[int(line.split()[0])] >> 4 & 7)' "${idx%.idx}.pack"
	done | sort -u | tr '\n' ' '
}
like 'deltas by offset for who asks for them' "$(stored_types "$scratch/ours")" 6
for version in 0 2; do
	git config --global repack.useDeltaBaseOffset false
	clone "$version" "$scratch/layout-gc" "$scratch/plain" --bare
	git config --global --unset repack.useDeltaBaseOffset
	unlike "v$version: none for who does not" "$(stored_types "$scratch/plain")" 6
	like "v$version: but by name" "$(stored_types "$scratch/plain")" 7
done

# --- nothing is changed -----------------------------------------------------------------------------------

before=$(cd "$scratch/layout-gc" && find . -type f -printf '%p %T@ %s\n' | sort)
clone 2 "$scratch/layout-gc" "$scratch/again" --mirror
is 'a clone leaves the repository as it was' \
	"$(cd "$scratch/layout-gc" && find . -type f -printf '%p %T@ %s\n' | sort)" "$before"

finish
