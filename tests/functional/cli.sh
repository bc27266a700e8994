#!/bin/bash
# SPDX-License-Identifier: ISC
# gitcell(1): every sub-command, as root and as the owner of the root; git is the judge of what
# "create" makes. The journal of "log" is a file that systemd-journal-remote makes; the real one, and
# systemd's bus, are in systemd.sh.
. "$(dirname "$0")/lib.sh"

mkdir -p "$root"
config=(--config "$policy")

# Runs the command; its output goes to $said, its exit status to $status.
run() { # COMMAND...
	said=$("$@" 2>&1 </dev/null)
	status=$?
}

exits() { # STATUS DESCRIPTION COMMAND...
	local want=$1 what=$2
	shift 2
	run "$@"
	is "$what" "$status" "$want" || diag "$said"
}

# --- the command itself ---------------------------------------------------------------------------

commands='check create explain list log sandbox status whoami'
exits 0 'gitcell --help' gitcell --help
for command in $commands; do
	like "--help names $command" "$(gitcell --help)" "^  $command "
	exits 0 "gitcell $command --help" gitcell "$command" --help
	is "gitcell help $command is the same" "$(gitcell help "$command")" "$said"
	exits 129 "gitcell $command refuses an option it does not know" gitcell "$command" --nonsense
done
exits 0 'gitcell --version' gitcell --version
like 'it names a version' "$said" '^gitcell [0-9]'
exits 129 'no command at all' gitcell
exits 129 'a command that does not exist' gitcell $'x\033[31m'
unlike 'its name is escaped' "$said" $'\033'
exits 129 'too many arguments' gitcell list one
exits 129 'too few arguments' gitcell explain root read
not_ok 'output that cannot be written is no success' sh -c 'gitcell --help >/dev/full'

# What --help, the manual and the completion say of options must be the same.
options_of() { # COMMAND
	gitcell "$1" --help | sed -n 's/^  --\([a-z]*\).*/--\1/p' | sort
}
completed() { # WORD...: what bash offers for the last one
	local COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
	_gitcell
	printf '%s\n' "${COMPREPLY[@]}" | sort
}
# shellcheck source=completions/gitcell
. "$source_root/completions/gitcell"
for command in $commands; do
	is "completion knows the options of $command" "$(completed gitcell "$command" --)" \
		"$(options_of "$command")"
	for option in $(options_of "$command"); do
		like "the manual knows $option of $command" \
			"$(sed -n "/^.It Ic $command\$/,/^.It Ic /p" "$source_root/man/gitcell.1")
$(sed -n '/^.Sh OPTIONS/,/^.Sh /p' "$source_root/man/gitcell.1")" "Fl -${option#--}"
	done
done
is 'completion knows the commands' "$(completed gitcell '' | grep -v -e '^--' -e '^help')" \
	"${commands// /$'\n'}"
is 'completion knows verbs' "$(completed gitcell explain root '')" $'read\nwrite'
is 'completion knows stages' "$(completed gitcell sandbox '')" $'fetch\nkeeper\nparser\nrequest'

# --- create ---------------------------------------------------------------------------------------

write_policy
run gitcell create "${config[@]}" team/project
is 'create' "$status" 0
is 'it tells the URL' "$said" "created $root/team/project.git
git clone gitcell::team/project"
repository=$root/team/project.git
ok 'git fsck accepts it' git -C "$repository" fsck --strict
is 'git takes it for bare' "$(git -C "$repository" rev-parse --is-bare-repository)" true
is 'HEAD' "$(git -C "$repository" symbolic-ref HEAD)" refs/heads/main
is 'config' "$(git config -f "$repository/config" --list | sort)" 'core.bare=true
core.filemode=true
core.repositoryformatversion=0'
is 'nobody else may look into it' \
	"$(find "$repository" "$root/team" -perm /007 -o -type f -perm /020)" ''
is 'nothing is left beside it' "$(ls -A "$root/team")" project.git
ok 'git clones it' git clone -q "$repository" "$scratch/clone"
ok 'git pushes to it' git -C "$scratch/clone" push -q --force "$repository" \
	"$(git -C "$scratch/clone" commit-tree -m x "$(git -C "$scratch/clone" mktree </dev/null)"):refs/heads/main"
exits 71 'one that exists is refused' gitcell create "${config[@]}" team/project
like 'with the reason' "$said" 'project.git exists already'
mkdir "$root/plain"
exits 71 'the name without .git counts, too' gitcell create "${config[@]}" plain
git init -q --bare "$root/bare"
exits 71 'not inside another repository' gitcell create "${config[@]}" bare/x
like 'with the reason' "$said" 'is a repository: it cannot hold another'
for name in team/project.git/x ../x /../x a//b .hidden -x '~x' a.git.git $'a\nb' ''; do
	exits 128 "the name '$(printf %q "$name")' is refused" \
		gitcell create "${config[@]}" -- "$name"
done
rm -r "$root/bare"
exits 71 'a branch that git would refuse' gitcell create "${config[@]}" --branch a..b other
exits 0 'another branch' gitcell create --root "$root" --branch trunk other
is 'is in HEAD' "$(cat "$root/other.git/HEAD")" 'ref: refs/heads/trunk'
exits 71 'an owner who does not exist' gitcell create --root "$root" --owner no-such-user third
ln -s /tmp "$root/link"
exits 71 'a symbolic link is not followed' gitcell create --root "$root" link/x
rm "$root/link"
is 'nothing is left of what was refused' "$(find "$root" -name '.gitcell-*')" ''
exits 71 'a root that does not exist' gitcell create --root "$scratch/nowhere" x

# --- list -----------------------------------------------------------------------------------------

git init -q "$root/tree"
run gitcell list "${config[@]}"
is 'list exits with 0' "$status" 0
like 'list has headings' "$said" '^REPOSITORY +HEAD +REFS +STATE$'
like 'list shows a branch' "$said" '^other +trunk +0 +ok$'
like 'list counts refs' "$said" '^team/project +main +1 +ok$'
like 'list shows a work tree' "$said" '^tree +main +0 +ok$'
unlike 'list does not look into repositories' "$said" 'objects|plain'
like 'list --long has sizes' "$(gitcell list "${config[@]}" --long)" '^other .* [0-9.]+ [KMG]iB '
is 'list --json' "$(gitcell list "${config[@]}" --json | jq -r '.[] | "\(.name) \(.path) \(.head) \(.refs)"')" \
	'other other.git refs/heads/trunk 0
team/project team/project.git refs/heads/main 1
tree tree refs/heads/main 0'
strange=$root/$'esc\033[31m'
cp -r "$root/other.git" "$strange"
unlike 'no name reaches the terminal unescaped' "$(gitcell list "${config[@]}")" $'\033'
like 'a name that nobody can say' "$(gitcell list "${config[@]}")" 'not served: no client can say'
is 'JSON has it exactly' "$(gitcell list "${config[@]}" --json | jq -r '.[0].path')" "$(basename "$strange")"
rm -r "$strange"

# --- explain --------------------------------------------------------------------------------------

write_policy
add_rule 'team/**' 'read = *' 'write = root' 'deny = daemon'
add_rule public 'read = anonymous'
exits 0 'what is allowed exits with 0' gitcell explain "${config[@]}" root write team/project
is 'and the line is told' "$said" "allowed: root may write team/project
  $policy:6: [repository \"team/**\"] write = root"
exits 1 'what is denied exits with 1' gitcell explain "${config[@]}" daemon read team/project
is 'and the line is told' "$said" "denied: daemon may not read team/project
  $policy:7: [repository \"team/**\"] deny = daemon"
exits 1 'what no line names is denied' gitcell explain "${config[@]}" root push nothing
like 'and that is told' "$said" 'no line of the policy matches'
exits 0 'anonymous' gitcell explain "${config[@]}" anonymous fetch public.git
exits 0 'a uid' gitcell explain "${config[@]}" 0 push team/project
exits 128 'a user who does not exist' gitcell explain "${config[@]}" no-such-user read x
exits 129 'a verb that does not exist' gitcell explain "${config[@]}" root delete x
is 'explain --json' \
	"$(gitcell explain "${config[@]}" --json bin read team/x | jq -c '[.user, .verb, .repository, .allowed, .line, .key]')" \
	'["bin","read","team/x",true,5,"read"]'

# --- check ----------------------------------------------------------------------------------------

# The root must belong to somebody who is not root.
if [ "$(id -u)" -eq 0 ]; then
	chown -R daemon "$root"
	owner=daemon
else
	owner=$(id -un)
fi
write_policy
rm -r "$root/plain"
find "$root" -exec chmod o-w {} +
exits 0 'check finds nothing where nothing is' gitcell check "${config[@]}"
like 'and says so' "$said" '^3 repositories, Landlock ABI [0-9]+, seccomp yes: no problems$'
is 'check --json' "$(gitcell check "${config[@]}" --json | jq -c '[.repositories, .seccomp, .problems]')" \
	'[3,true,[]]'

# Does check tell this, of this place, and exit with 1?
finds() { # DESCRIPTION REGEX
	run gitcell check "${config[@]}"
	is "check fails: $1" "$status" 1
	like "check tells: $1" "$said" "$2"
}

add_rule x 'read = no-such-user' 'write = :no-such-group'
finds 'a user who does not exist' "^$policy:5: there is no user \"no-such-user\""
like 'and a group' "$said" "^$policy:6: there is no group \"no-such-group\""
write_policy 'nonsense = 1' 'idle-timeout = soon'
finds 'every line that does not parse, the first' "^$policy:4: unknown key \"nonsense\""
like 'and the second' "$said" "^$policy:5: idle-timeout: "
is 'check --json has file and line' \
	"$(gitcell check "${config[@]}" --json | jq -c '.problems[0] | [.file, .line]')" \
	"[\"$policy\",4]"
write_policy
chmod g+w "$policy"
finds 'a policy that others can write' "^.*$policy can be written by others"
chmod g-w "$policy"

repository=$root/other.git
: >"$repository/packed-refs.lock"
exits 0 'a fresh lock is none of its business' gitcell check "${config[@]}"
touch -d '2 hours ago' "$repository/packed-refs.lock"
finds 'a stale lock' "^$repository/packed-refs.lock: a lock file that is more than an hour old"
rm "$repository/packed-refs.lock"
mkdir "$repository/objects/tmp_objdir-incoming-gitcell-1" && chown "$owner" "$repository/objects/tmp_objdir-incoming-gitcell-1"
finds 'a quarantine that was left' "^$repository/objects/tmp_objdir-incoming-gitcell-1: "
if command -v flock >/dev/null; then
	exits 0 'one that is held is none of its business' \
		flock "$repository/objects/tmp_objdir-incoming-gitcell-1" gitcell check "${config[@]}"
else
	skip 'one that is held is none of its business' 'no flock(1)'
fi
rmdir "$repository/objects/tmp_objdir-incoming-gitcell-1"
echo /elsewhere >"$repository/objects/info/alternates"
echo 1234 >"$repository/shallow"
finds 'alternates' "^$repository: .*alternates are not allowed"
like 'and shallow' "$said" "^$repository/shallow: shallow repositories cannot be served"
like 'with a remedy' "$said" 'git repack -a -d'
rm "$repository/objects/info/alternates" "$repository/shallow"
git config -f "$repository/config" core.repositoryformatversion 1
git config -f "$repository/config" extensions.objectformat sha256
finds 'an extension' "^$repository: .*extensions.objectformat=sha256"
git config -f "$repository/config" core.repositoryformatversion 0
git config -f "$repository/config" --unset extensions.objectformat
chown "$owner" "$repository/config"
mv "$repository/objects/pack" "$scratch/pack"
finds 'no objects/pack' "^$repository: not a git repository: pack is not a directory"
mv "$scratch/pack" "$repository/objects/pack"
chmod o+w "$repository/refs"
finds 'a directory that everybody can write' "^$repository/refs: everybody can write this"
chmod o-w "$repository/refs"
cp -r "$repository" "$root/other" && chown -R "$owner" "$root/other"
finds 'two repositories of one name' "^$root/other: never served: .* reach other.git"
rm -r "$root/other"
git -C "$root/team/project.git" symbolic-ref HEAD refs/heads/none
chown -R "$owner" "$root/team"
finds 'HEAD that leads nowhere' '/HEAD: leads to a branch that does not exist'
git -C "$root/team/project.git" symbolic-ref HEAD refs/heads/main
chown -R "$owner" "$root/team"
if [ "$(id -u)" -eq 0 ]; then
	chown -R root "$repository/objects"
	finds 'directories that the server cannot write' \
		"^$repository/objects: the owner of the root, .* cannot write here: .*and 2 more"
	chmod 600 "$repository/HEAD" && chown root "$repository/HEAD"
	finds 'files that it cannot read' "^$repository/HEAD: the owner of the root, .* cannot read"
	chown -R "$owner" "$repository"
	chown root "$root"
	finds 'a root of the user root' "^$root: the root belongs to the user root"
	chown "$owner" "$root"
else
	skip 'files of other users' 'not root'
fi
mv "$root" "$root.away"
finds 'no root' "^$root: No such file or directory"
mv "$root.away" "$root"
exits 0 'all of it is mended' gitcell check "${config[@]}"

# --- sandbox --------------------------------------------------------------------------------------

exits 0 'sandbox' gitcell sandbox
for stage in request fetch parser keeper; do
	like "sandbox lists $stage" "$said" "^$stage "
	like "sandbox $stage tells the default" "$(gitcell sandbox "$stage")" '^Whatever no row admits: kill\.$'
	# as many rows as the policy has lines that name a call
	is "sandbox $stage has a reason for each row" \
		"$(gitcell sandbox "$stage" --json | jq -c '[.stages[0].rows[] | select(.reason == "")]')" '[]'
done
like 'sandbox fetch may not write files' "$(gitcell sandbox fetch)" \
	'below the repository: read files, list directories\. Nothing elsewhere'
like 'sandbox keeper may' "$(gitcell sandbox keeper)" 'write files'
is 'sandbox --json has four stages' "$(gitcell sandbox --json | jq -c '[.stages[].stage]')" \
	'["request","fetch","parser","keeper"]'
exits 129 'a stage that does not exist' gitcell sandbox nothing

# --- whoami ---------------------------------------------------------------------------------------

# A server whose every answer is the same.
answer_with() { # BYTES
	rm -f "$GITCELL_SOCKET"
	printf '%b' "$1" >"$scratch/answer"
	background socat "UNIX-LISTEN:$GITCELL_SOCKET" "SYSTEM:cat $scratch/answer"
	wait_for 5 test -S "$GITCELL_SOCKET"
}

exits 71 'whoami without a server' gitcell whoami
like 'tells where it looked' "$said" "$GITCELL_SOCKET: .*is gitcell.socket started"
answer_with '000fkind local\n000fuser alice\n0009uid 7000egroup 10000010group 20 git0000'
exits 0 'whoami' gitcell whoami
is 'tells user and groups' "$said" 'alice (uid 7), groups 1000, git'
answer_with '000fkind local\n0009uid 7000bgroup 70000'
is 'whoami --json' "$(gitcell whoami --json)" \
	'{"kind":"local","user":null,"uid":7,"address":null,"groups":[{"gid":7,"name":null}]}'
answer_with '0014ERR try \033[31m\n'
exits 128 'whoami tells what the server says' gitcell whoami
unlike 'but escaped' "$said" $'\033'
answer_with 'HTTP/1.1 400 Bad Request\r\n'
exits 128 'a server of another kind' gitcell whoami
rm -f "$GITCELL_SOCKET"

# --- status ---------------------------------------------------------------------------------------

write_policy
exits 0 'status without connections' gitcell status "${config[@]}"
like 'says so' "$said" '^no connections$'
[ "$(id -u)" -ne 0 ] || chown -R root "$root"
serve
is 'the server knows us' "$(gitcell whoami --json | jq -c '[.kind, .uid]')" "[\"local\",$(id -u)]"
mkfifo "$scratch/fifo"
# shellcheck disable=SC2016 # for the other shell
background sh -c 'exec socat -t 30 - "UNIX-CONNECT:$GITCELL_SOCKET" <"$1" >/dev/null' sh "$scratch/fifo"
exec 9>"$scratch/fifo"
opening_request git-upload-pack team/project >&9
waiting() {
	gitcell status "${config[@]}" 2>/dev/null | grep -q ' team/project '
}
ok 'a connection appears' wait_for 5 waiting
run gitcell status "${config[@]}"
like 'with user, verb, repository, age and pid' "$said" \
	"^[^ ]+( $(id -u))? +fetch +team/project +[0-9]+[sm].* [0-9]+ +"
is 'status --json' "$(gitcell status "${config[@]}" --json 2>/dev/null | jq -c '.[0] | [.uid, .verb, .repository]')" \
	"[$(id -u),\"fetch\",\"team/project\"]"
printf 0000 >&9
exec 9>&-
gone() {
	gitcell status "${config[@]}" 2>/dev/null | grep -q '^no connections$'
}
ok 'and goes' wait_for 5 gone

# --- log ------------------------------------------------------------------------------------------

remote=/lib/systemd/systemd-journal-remote
[ -x $remote ] || remote=/usr/lib/systemd/systemd-journal-remote

entry() { # SECONDS FIELD=VALUE...
	printf '__REALTIME_TIMESTAMP=%s000000\n__MONOTONIC_TIMESTAMP=%s\n' "$1" "$1"
	printf '_BOOT_ID=0123456789abcdef0123456789abcdef\nSYSLOG_IDENTIFIER=gitcell\n'
	shift
	printf '%s\n' "$@" ''
}

if [ -x $remote ]; then
	mkdir "$scratch/journal"
	now=$(date +%s)
	old=1111111111111111111111111111111111111111 new=2222222222222222222222222222222222222222
	{
		entry $((now - 7200)) GITCELL_USER=alice GITCELL_VERB=git-upload-pack \
			GITCELL_REPOSITORY=team/one GITCELL_VERDICT=ok GITCELL_CLONE=yes GITCELL_OBJECTS=12 GITCELL_MS=3
		entry $((now - 3600)) GITCELL_USER=bob GITCELL_VERB=git-receive-pack \
			GITCELL_REPOSITORY=team/one GITCELL_VERDICT=ok "GITCELL_REF=$old $new refs/heads/main" \
			"GITCELL_REF=$old $new refs/tags/v1"
		entry $((now - 60)) 'GITCELL_USER=uid 0' GITCELL_VERB=git-upload-pack \
			GITCELL_REPOSITORY=secret GITCELL_VERDICT=denied \
			'GITCELL_TEXT=access denied or repository not exported'
		entry $((now - 30)) 'MESSAGE=gitcell@1.service: started'
	} >"$scratch/export"
	ok 'a journal is made' $remote -o "$scratch/journal/test.journal" "$scratch/export"
	log() {
		gitcell log --directory "$scratch/journal" "$@" 2>&1
	}
	said=$(log)
	is 'log has a line for each connection, and headings' "$(printf '%s\n' "$said" | wc -l)" 4
	like 'a clone' "$said" ' alice +clone +team/one +ok, 12 objects, 3 ms$'
	like 'a push' "$said" ' bob +push +team/one +ok, main 1111111\.\.2222222, refs/tags/v1 1111111\.\.2222222$'
	like 'a refusal' "$said" ' uid 0 +fetch +secret +denied: access denied or repository not exported$'
	users() {
		log --json "$@" | jq -r .user | paste -sd,
	}
	is 'oldest first' "$(users)" 'alice,bob,uid 0'
	is '--user' "$(users --user bob)" bob
	is '--user by name finds a uid' "$(users --user root)" 'uid 0'
	is '--user by uid' "$(users --user 0)" 'uid 0'
	is '--repo' "$(users --repo team/one.git)" alice,bob
	is 'a repository alone' "$(users secret)" 'uid 0'
	is '--ref, short' "$(users --ref main)" bob
	is '--ref, full' "$(users --ref refs/tags/v1)" bob
	like '--ref, another' "$(log --ref v2)" 'nothing found'
	is '--pushes' "$(users --pushes)" bob
	is '--fetches' "$(users --fetches)" 'alice,uid 0'
	is '--since' "$(users --since -90m)" 'bob,uid 0'
	is '--until' "$(users --until -30m)" alice,bob
	is '--since and --until' "$(users --since -90m --until -30m)" bob
	is '--since a date' "$(users --since "$(date -d "@$((now - 3700))" '+%F %T')")" 'bob,uid 0'
	is '--lines are the newest' "$(users --lines 2)" 'bob,uid 0'
	is '--json has refs' "$(log --json --pushes | jq -c '.refs[0]')" \
		"{\"old\":\"$old\",\"new\":\"$new\",\"ref\":\"refs/heads/main\"}"
	like 'nothing found is said' "$(log --user no-such-user)" 'nothing found'
else
	tap_result 'not ok' 'systemd-journal-remote is installed'
fi
exits 129 'a time that is none' gitcell log --directory "$scratch" --since yesterday
exits 129 'a number that is none' gitcell log --directory "$scratch" --lines many
exits 129 'pushes and fetches' gitcell log --directory "$scratch" --pushes --fetches
exits 71 'a directory that does not exist' gitcell log --directory "$scratch/nowhere"

finish
