#!/bin/bash
# SPDX-License-Identifier: ISC
# Inside a booted system: the units, installed and enabled as an administrator would.
# shellcheck source=machine.sh
. /tests/inside/machine.sh

# What git says, with the repository's name blanked: to compare two answers.
answer() { # USER URL-NAME
	as "$1" git ls-remote "gitcell::$2" 2>&1 | sed "s,$2,NAME,g"
}

# --- installation
ok 'user, group and directories are made' install_gitcell
add_people
ok 'the policy as installed is valid' gitcell check
ok 'systemctl enable --now gitcell.socket' systemctl enable --now gitcell.socket
is 'the socket is for its group only' "$(stat -c '%A %U %G' "$GITCELL_SOCKET")" \
	'srw-rw---- root gitcell'
ok 'gitcell create, as the administrator' gitcell create public/empty
is 'the repository belongs to the service' "$(stat -c %U "$root/public/empty.git")" _gitcell
not_ok 'the policy as installed lets nobody in' as alice git ls-remote gitcell::public/empty
for name in team/one public/one secret; do
	gitcell create "$name"
done
people_policy 'request-timeout = 2s' 'connections-per-user = 4'
ok 'gitcell check' gitcell check

# --- who may do what
sample_repository /home/alice/sample
chown -R alice: /home/alice/sample
ok 'alice pushes' as alice git -C sample push -q --mirror gitcell::team/one
ok 'bob clones by his group' as bob git clone -q --mirror gitcell::team/one one.git
is 'bob has what alice pushed' "$(refs_of /home/bob/one.git)" "$(refs_of /home/alice/sample)"
ok 'it is sound' as bob git -C one.git fsck --strict
not_ok 'bob may not push' as bob git -C one.git push -q gitcell::team/one HEAD:refs/heads/bob
is 'and nothing has moved' "$(as bob git ls-remote gitcell::team/one refs/heads/bob)" ''
not_ok 'guest is denied in spite of the group' as guest git ls-remote gitcell::team/one
not_ok 'carol has no rule' as carol git ls-remote gitcell::team/one
not_ok 'root has no rule' git ls-remote gitcell::team/one
not_ok 'dave is not in the group of the socket' as dave git ls-remote gitcell::public/one
ok 'carol, by number, pushes to her own' \
	as carol sh -c 'git clone -q gitcell::public/one c && cd c && git commit -q --allow-empty -m c &&
		git push -q gitcell::secret HEAD:refs/heads/main'
is 'forbidden is the same answer as missing' "$(answer carol team/one)" "$(answer carol team/two)"
is 'for pushes, too' \
	"$(as bob git -C one.git push gitcell::secret main 2>&1 | sed 's,secret,NAME,g')" \
	"$(as bob git -C one.git push gitcell::nothing main 2>&1 | sed 's,nothing,NAME,g')"
ok 'everybody reads what is public' as guest git ls-remote gitcell::public/one

# --- the log
wait_for 10 no_live_instances
like 'the log has the push, and which fences stood' \
	"$(entries GITCELL_USER=alice GITCELL_REPOSITORY=team/one GITCELL_VERDICT=ok)" \
	'GITCELL_LANDLOCK" ?: ?"[1-9]'
like 'and the fetch, with the protocol and the unit' \
	"$(entries GITCELL_USER=bob GITCELL_REPOSITORY=team/one GITCELL_VERDICT=ok \
		GITCELL_PROTOCOL=2 GITCELL_SECCOMP=yes)" 'gitcell@[0-9]+-[0-9]+-[0-9]+.service'
like 'and what was denied' \
	"$(entries GITCELL_USER=guest GITCELL_REPOSITORY=team/one GITCELL_VERDICT=denied)" .
like 'gitcell log finds the push' "$(gitcell log 2>&1)" 'alice.*team/one|team/one.*alice'
like 'gitcell log --json is one object per line' "$(gitcell log --json 2>&1 | head -n 1)" '^\{.*\}$'
like 'gitcell whoami' "$(as bob gitcell whoami 2>&1)" 'bob'
like 'gitcell explain names the line' "$(gitcell explain guest read team/one 2>&1)" 'policy:[0-9]+'
like 'gitcell list' "$(gitcell list 2>&1)" 'team/one'
ok 'gitcell log works for a repository' gitcell log team/one
like 'gitcell log finds a push by its ref' "$(gitcell log --pushes --ref main team/one 2>&1)" \
	' alice +push +team/one +ok, .*main 0000000\.\.[0-9a-f]{7}'
printf '%s\n' SYSLOG_IDENTIFIER=gitcell GITCELL_USER=mallory GITCELL_VERDICT=ok MESSAGE=forged |
	as alice logger --journald
journalctl --sync
like 'the journal has what alice forged' "$(journalctl -o cat GITCELL_USER=mallory)" forged
unlike 'gitcell log does not believe it' "$(gitcell log 2>&1)" mallory

# --- connections that live
hold alice team/one
like 'gitcell status shows a live connection, and its unit' "$(gitcell status 2>&1)" \
	'^alice +fetch +team/one +[0-9]+[sm].* [0-9]+ +gitcell@[0-9]+-[0-9]+-[0-9]+\.service$'
instance=$(systemctl list-units --plain --no-legend 'gitcell@*' | awk 'NR == 1 { print $1 }')
process=$(systemctl show -P MainPID "$instance")
is 'it runs as _gitcell' "$(stat -c %U "/proc/$process")" _gitcell
like 'without a capability' "$(cat "/proc/$process/status")" 'CapEff:.*0000000000000000'
like 'with no_new_privs' "$(cat "/proc/$process/status")" 'NoNewPrivs:.*1'
like 'behind a system call filter' "$(cat "/proc/$process/status")" 'Seccomp:.*2'
ok 'systemctl stop gitcell.socket' systemctl stop gitcell.socket
is 'the live connection goes on' "$(systemctl show -P MainPID "$instance")" "$process"
not_ok 'a new one is not accepted' as alice git ls-remote gitcell::team/one
not_ok 'the socket is gone' test -e "$GITCELL_SOCKET"
ok 'start again' systemctl start gitcell.socket
release
ok 'a connection ends with its client' wait_for 5 no_live_instances

for _ in 1 2 3 4; do
	hold bob team/one
done
like 'a fifth connection of a user is told why not' \
	"$(as bob git ls-remote gitcell::team/one 2>&1)" 'too many|connections'
ok 'another user is not concerned' as alice git ls-remote gitcell::team/one
release
wait_for 5 no_live_instances
ok 'afterwards the user is served again' as bob git ls-remote gitcell::team/one

# --- connections that go wrong
for _ in 1 2 3 4 5 6 7 8 9 10; do
	printf 'no pkt-line' | socat -t 5 - "UNIX-CONNECT:$GITCELL_SOCKET" >/dev/null 2>&1
done
ok 'failed connections leave no units behind' wait_for 5 no_live_instances
started_at=$SECONDS
sleep 30 | timeout 20 socat -t 1 - "UNIX-CONNECT:$GITCELL_SOCKET" >/dev/null 2>&1 &
wait_for 5 test "$(live_instances)" -gt 0
ok 'a silent connection is ended by request-timeout' wait_for 8 no_live_instances
ok 'in time' test $((SECONDS - started_at)) -lt 8
knock 300
is '300 rapid connections leave the socket up' "$(systemctl is-active gitcell.socket)" active
wait_for 30 no_live_instances
ok 'and the next one is served' as alice git ls-remote gitcell::team/one

# --- the unit
exposure=$(systemd-analyze security --offline=yes /usr/lib/systemd/system/gitcell@.service |
	sed -n 's/.*Overall exposure level[^:]*: \([0-9.]*\) .*/\1/p')
diag "exposure of gitcell@.service: $exposure"
ok 'exposure is 3.0 or better' awk "BEGIN { exit !($exposure <= 3.0) }"

mkdir -p /etc/systemd/system/gitcell.socket.d /etc/systemd/system/gitcell@.service.d
cp /usr/share/doc/gitcell/examples/tcp.conf /etc/systemd/system/gitcell.socket.d/
systemctl daemon-reload && systemctl restart gitcell.socket
ok 'with tcp.conf, anonymous clones over TCP' git clone -q git://127.0.0.1/public/one "$scratch/tcp"
not_ok 'but not what is private' git ls-remote git://127.0.0.1/team/one
not_ok 'and cannot push' git -C "$scratch/tcp" push -q git://127.0.0.1/public/one HEAD:refs/heads/x

cp /usr/share/doc/gitcell/examples/hardening.conf /etc/systemd/system/gitcell@.service.d/
systemctl daemon-reload
ok 'with hardening.conf, a clone' as bob git clone -q --mirror gitcell::team/one two.git
ok 'with hardening.conf, a push' as alice git -C sample push -q gitcell::team/one main:refs/heads/x
is 'with hardening.conf, the peer is known' \
	"$(as bob git ls-remote gitcell::team/one refs/heads/x | cut -f1)" \
	"$(git -C /home/alice/sample rev-parse main)"
wait_for 5 no_live_instances
is 'nothing has failed' "$(systemctl list-units --failed --plain --no-legend 'gitcell*')" ''

finish
