#!/bin/bash
# SPDX-License-Identifier: ISC
# Inside a booted system: openbsd-inetd with the lines that we document; gitcell.socket stays off.
# shellcheck source=machine.sh
. /tests/inside/machine.sh

ok 'gitcell is installed' install_gitcell
add_people
people_policy
for name in team/one public/one; do
	gitcell create "$name"
done
background /usr/sbin/inetd -i /usr/share/doc/gitcell/examples/inetd.conf 2>"$scratch/inetd.log"
inetd=$!
ok 'inetd makes the socket' wait_for 5 test -S "$GITCELL_SOCKET"

sample_repository /home/alice/sample
chown -R alice: /home/alice/sample
ok 'alice pushes' as alice git -C sample push -q --mirror gitcell::team/one
ok 'bob clones by his group' as bob git clone -q --mirror gitcell::team/one one.git
is 'bob has what alice pushed' "$(refs_of /home/bob/one.git)" "$(refs_of /home/alice/sample)"
ok 'it is sound' as bob git -C one.git fsck --strict
not_ok 'bob may not push' as bob git -C one.git push -q gitcell::team/one HEAD:refs/heads/bob
not_ok 'guest is denied' as guest git ls-remote gitcell::team/one
ok 'alice pushes what is public' as alice git -C sample push -q gitcell::public/one main
like 'the log has the connection, though stderr was the client' \
	"$(entries GITCELL_USER=alice GITCELL_REPOSITORY=team/one GITCELL_VERDICT=ok)" .

answer=$(printf '0000' | socat -t 5 - "UNIX-CONNECT:$GITCELL_SOCKET" | tr -d '\0')
like 'a bad request is answered with one ERR packet and nothing else' "$answer" \
	'^[0-9a-f]{4}ERR [^[:cntrl:]]*$'

ok 'TCP: anonymous clone' git clone -q git://127.0.0.1/public/one "$scratch/tcp"
not_ok 'TCP: not what is private' git ls-remote git://127.0.0.1/team/one
not_ok 'TCP: no push' git -C "$scratch/tcp" push -q git://127.0.0.1/public/one HEAD:refs/heads/x

knock 400
ok '400 rapid connections do not close the socket' as alice git ls-remote gitcell::team/one
ok 'inetd lives' kill -0 "$inetd"

finish
