#!/bin/bash
# SPDX-License-Identifier: ISC
# tests/functional/hostile.sh: repositories whose owner means ill, served to a client that means well.
# hostile-repositories.py makes them; each is asked for in protocol versions 0 and 2, and pushed to.
# The answer is a refusal or what can be had, in bounded time and memory; nothing of it is executed.
# transcript.py says what is checked after each conversation.
# shellcheck disable=SC2154 # lib.sh sets them
. "$(dirname "$0")/lib.sh"

me=$(id -u)
mkdir -p "$root"
python3 "$tests/hostile-repositories.py" "$root" "$scratch/large.pack" >"$scratch/repositories" || exit 1
values=("root=$root" "serve=$gitcell_serve" "null=$(printf '%040d' 0)" "scratch=$scratch"
	"none=1234567890123456789012345678901234567890"
	'hello=git-upload-pack /good\0host=x\0\0version=2\0')

listen() { # NAME POLICY-LINE...
	policy=$scratch/policy-$1
	slots=$scratch/slots-$1
	server_log=$scratch/log-$1
	: >"$server_log"
	write_policy "${@:2}"
	add_rule '**' "read = $me" "write = $me"
	activate "$scratch/$1.sock" --inetd
	values+=("socket_$1=$scratch/$1.sock" "log_$1=$server_log" "pid_$1=$!")
	wait_for 5 test -S "$scratch/$1.sock"
}
listen main
listen hasty 'session-timeout = 2s'

play() { # PREFIX
	adopt "$1" < <(python3 "$tests/transcript.py" "${values[@]}")
}

# What a fetch of each repository gets: "refused" is the answer for what does not exist; "served" is a
# whole pack; all else is in the message that ends it.
expectations() {
	cat <<'TABLE'
good			served
shrinks			served
head-fifo		refused
head-link		refused
head-climbs		refused
head-huge		refused
head-circle		not our ref
ref-links		served
ref-odd			served
refs-link		refused
objects-link		refused
objects-pack-link	refused
packed-refs-huge	packed-refs: larger than 268435456 bytes
packed-refs-zeros	packed-refs line 1: unterminated line
packed-refs-fifo	packed-refs: not a regular file
packed-refs-link	packed-refs: not a regular file
packed-refs-bad		packed-refs line 1: not an object name and a ref name
objects-fifo		refused
alternates		refused
shallow			refused
config-programs		served
config-extension	refused
config-version		refused
config-garbage		refused
config-huge		refused
config-fifo		refused
config-link		refused
pack-cut		an object is missing: .*; passed over pack-
pack-header-only	an object is missing: .*; passed over pack-
pack-empty		an object is missing: .*; passed over pack-
idx-garbage		an object is missing: .*; passed over pack-
idx-cut			an object is missing: .*; passed over pack-
idx-fan			an object is missing: .*; passed over pack-
idx-fan-falls		an object is missing: .*; passed over pack-
idx-beyond		an offset is outside of the pack
idx-large-beyond	a large offset is missing
idx-header		an offset is outside of the pack
idx-trailer		an offset is outside of the pack
idx-inside		a pack is malformed: a bad entry header
idx-same		not what its tree says it is
idx-swapped		(not what its tree says it is|not a commit|Total 2 )
idx-blob-is-commit	two objects at one offset
idx-commit-is-blob	two objects at one offset
delta-circle		a chain of deltas is too long
delta-self		a chain of deltas is too long
delta-distance-0	a bad entry header
delta-before		a base before the pack
delta-circle-blobs	a chain of deltas is too long
pack-bomb		a zlib stream is damaged: too long
pack-size		too large to be held in memory
pack-damaged		a zlib stream is damaged
delta-deep		a chain of deltas is too long
delta-deep-all		served
delta-big		served
loose-link		Too many levels of symbolic links
loose-fifo		it is no regular file
loose-directory		it is no regular file
loose-empty		a zlib stream is damaged: cut off
loose-garbage		a zlib stream is damaged: incorrect header check
loose-cut		a zlib stream is damaged: cut off
header-huge		too large to be held in memory
header-overflow		a bad loose object header
header-negative		a bad loose object header
header-endless		a bad loose object header
header-none		a bad loose object header
header-zero		a zlib stream is damaged: too long
header-type		a bad loose object header
header-large		too large to be held in memory
bomb-lies		a zlib stream is damaged: too long
bomb-commit		served
commit-parents		an object is missing: 0{39}1
commit-circle		served
tree-circle		served
tree-is-blob		not what its tree says it is
tree-of-zeros		a tree entry with a bad mode
commit-missing		an object is missing
tree-missing		an object is missing
ref-to-blob		served
tree-deep		served
tag-deep		too many tags of tags
tag-circle		served
tag-circle-peeled	served
TABLE
}

expected() { # NAME: as a regular expression of transcript.py's
	local what
	what=$(expectations | sed -n "s/^$1[[:blank:]]\{1,\}//p")
	case $what in
	refused) echo "^....ERR access denied or repository not exported: /$1\$" ;;
	served) echo 'x01PACK.*x02Total [0-9]+ .*0000$' ;;
	*) echo "${what:?$1 is not in the table}" ;;
	esac
}

while read -r name tip; do
	want=$(expected "$name")
	case $want in
	'^....ERR'*) push=$want ;;
	packed-refs*) push='ERR (the refs of the repository cannot be read|cannot read the repository)$' ;;
	*) push='unpack ok.*refs/heads/absent' ;;
	esac
	cat <<TRANSCRIPT
= $name, v0
@ memory 512
@ deadline 20
C: git-upload-pack /$name\0host=x\0
C: want $tip side-band-64k ofs-delta include-tag
C: <flush>
C: done
C: <half-close>
S% $want

= $name, v2
@ memory 512
@ deadline 20
C: git-upload-pack /$name\0host=x\0\0version=2\0
C: command=ls-refs
C: <delim>
C: peel
C: symrefs
C: <flush>
C: command=fetch
C: <delim>
C: want $tip
C: include-tag
C: done
C: <flush>
C: <half-close>
S% $want

= $name, a push
@ memory 512
@ deadline 20
C: git-receive-pack /$name\0host=x\0
C: @none@ @null@ refs/heads/absent\0 report-status delete-refs
C: <flush>
C: <half-close>
S% $push

TRANSCRIPT
done <"$scratch/repositories" >"$scratch/conversations"
play '' <"$scratch/conversations"

ok 'nothing that a config names was executed' test ! -e "$root/owned"
is 'every repository has its line in the table' "$(expectations | wc -l)" \
	"$(wc -l <"$scratch/repositories")"

# --- what takes place meanwhile ------------------------------------------------------------------------

pack=$(echo "$root"/shrinks.git/objects/pack/*.pack)
tip=$(cat "$root/shrinks.git/refs/heads/main")
play 'meanwhile: ' <<TRANSCRIPT
= a pack that shrinks while it is sent ends the connection
@ slow yes
@ status 128
C: git-upload-pack /shrinks\0host=x\0
C: want $tip side-band-64k
C: <flush>
C: done
C: <wait 0.5>
! truncate -s 100 '$pack'
S% NAK

= a push that outlasts the session is told so
@ socket hasty
@ memory 512
C: git-receive-pack /good\0host=x\0
S* ^<flush>\$
C: @null@ $(printf '%040x' 1) refs/tags/x\0 report-status side-band-64k
C: <flush>
C< $scratch/large.pack
S~ x03timed out: the connection took too long
S: <flush>
S: <EOF>
TRANSCRIPT

finish
