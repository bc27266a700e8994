#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# tests/functional/large.sh: a large repository pushed whole into an empty one, cloned, and fetched
# from step by step, through the socket, sandbox on. GITCELL_LARGE names a real one to use (git's own,
# say); without it 20,000 commits are made up.
# shellcheck disable=SC2154 # lib.sh sets them
. "$(dirname "$0")/lib.sh"

# A history of N commits: wide trees, files that grow, branches that merge, tags.
make_up() { # DIRECTORY N
	git init -q --bare "$1" && python3 - "$2" <<'PYTHON' | git -C "$1" fast-import --quiet
import random, sys
random.seed(1)
out = sys.stdout
files = {}
for n in range(1, int(sys.argv[1]) + 1):
    path = "d%d/e%d/f%d" % (random.randrange(20), random.randrange(20), random.randrange(20))
    files[path] = files.get(path, "")[-4000:] + "line %d of %s %d\n" % (n, path, random.random() * 1e9)
    out.write("commit refs/heads/main\nmark :%d\ncommitter C <c@example.org> %d +0000\n" % (n, 1600000000 + n * 60))
    out.write("data <<E\ncommit %d\nE\n" % n)
    if n > 1:
        out.write("from :%d\n" % (n - 1))
    if n > 200 and n % 50 == 0:
        out.write("merge :%d\n" % (n - 1 - random.randrange(1, 150)))
    out.write("M 100644 inline %s\ndata %d\n%s\n" % (path, len(files[path]), files[path]))
    if n % 500 == 0:
        out.write("tag v%d\nfrom :%d\ntagger C <c@example.org> %d +0000\ndata 4\ntag\n\n" % (n, n, 1600000000 + n * 60))
PYTHON
}

large=${GITCELL_LARGE:-}
if [ -z "$large" ]; then
	large=$scratch/large
	make_up "$large" 20000
	git -C "$large" repack -q -a -d --depth=50 2>/dev/null
fi
objects=$(git -C "$large" rev-list --objects --all | wc -l)
diag "$objects objects, $(git -C "$large" for-each-ref | wc -l) refs"

serve
git init -q --bare "$root/whole.git"
ok 'it is pushed whole into an empty repository' \
	git -C "$large" push -q gitcell::whole '+refs/*:refs/*'
is 'with every ref' "$(refs_of "$root/whole.git")" "$(refs_of "$large")"
ok 'and is sound' git -C "$root/whole.git" fsck --full --no-dangling
git -C "$root/whole.git" symbolic-ref HEAD "$(git -C "$large" symbolic-ref HEAD)"

ok 'it is cloned' git clone -q --mirror gitcell::whole "$scratch/clone"
is 'with every ref' "$(refs_of "$scratch/clone")" "$(refs_of "$large")"
is 'and every object' "$(git -C "$scratch/clone" rev-list --objects --all | wc -l)" "$objects"
ok 'and is sound' git -C "$scratch/clone" fsck --full --no-dangling
ours=$(cat "$scratch"/clone/objects/pack/*.pack | wc -c)
git clone -q --mirror --no-local "$root/whole.git" "$scratch/theirs"
theirs=$(cat "$scratch"/theirs/objects/pack/*.pack | wc -c)
diag "pack: ours $ours bytes, git's $theirs"
ok 'its pack is at most 10 % larger than git'\''s' test $((ours * 10)) -le $((theirs * 11))

# Step by step: a client that has an old commit, and comes for newer ones.
main=$(git -C "$large" symbolic-ref --short HEAD)
git init -q --bare "$scratch/steps"
for back in 5000 1000 100 13 1 0; do
	commit=$(git -C "$large" rev-parse --verify -q "$main~$back") || continue
	git -C "$root/whole.git" update-ref refs/step/next "$commit"
	for version in 0 2; do
		ok "fetched up to $back commits from the tip, v$version" git -C "$scratch/steps" \
			-c protocol.version="$version" fetch -q gitcell::whole \
			"+refs/step/next:refs/heads/v$version"
	done
	is "which is the same commit, $back" "$(git -C "$scratch/steps" rev-parse v2)" "$commit"
done
ok 'and all of it is sound' git -C "$scratch/steps" fsck --full --no-dangling

finish
