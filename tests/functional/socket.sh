#!/bin/bash
# SPDX-License-Identifier: ISC
# Without systemd as PID 1: a listener that passes the connection as stdin or as LISTEN_FDS, the remote
# helper, core.gitProxy, and git:// on TCP.
. "$(dirname "$0")/lib.sh"

free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

me=$(id -u)
mkdir -p "$root"
write_policy
add_rule 'work' "read = $me" "write = $me"
add_rule 'public' "write = $me" 'read = anonymous' 'read = *'
sample_repository "$scratch/sample"
for name in work public; do
	ok "create $name" gitcell create --config "$policy" "$name"
done

activate "$GITCELL_SOCKET" --inetd
wait_for 5 test -S "$GITCELL_SOCKET"

cd "$scratch/sample" || exit 1

# through git-remote-gitcell, the connection being stdin and stdout
ok 'push everything, stdin style' git push -q --mirror gitcell::work
ok 'clone gitcell::NAME' git clone -q --mirror gitcell::work "$scratch/one.git"
is 'the clone has the same refs' "$(refs_of "$scratch/one.git")" "$(refs_of .)"
ok 'the clone is sound' git -C "$scratch/one.git" fsck --strict
ok 'clone gitcell://NAME' git clone -q gitcell://work "$scratch/two"
ok 'clone gitcell://NAME.git' git clone -q gitcell://work.git "$scratch/three"
for version in 0 1 2; do
	ok "ls-remote, protocol version $version" \
		git -c protocol.version=$version ls-remote gitcell::work
	is "refs, protocol version $version" \
		"$(git -c protocol.version=$version ls-remote gitcell::work |
			sed -e '/\^{}$/d' -e '/\tHEAD$/d' -e 's/\t/ /')" "$(refs_of .)"
done
like 'the client asks for version 2' \
	"$(GIT_TRACE_PACKET=1 git -c protocol.version=2 ls-remote gitcell::work 2>&1)" 'version 2'
echo more >'more' && git add more && git commit -q -m more
ok 'an incremental push' git push -q gitcell::work main
ok 'an incremental fetch' git -C "$scratch/two" fetch -q
is 'the fetch brings the push' "$(git -C "$scratch/two" rev-parse origin/main)" \
	"$(git rev-parse main)"
git commit -q --amend -m amended
not_ok 'a push that is no fast-forward is refused' git push -q gitcell::work main
ok 'it can be forced' git push -q --force gitcell::work main
ok 'a branch is deleted' git push -q gitcell::work :topic/one
unlike 'it is gone' "$(git ls-remote gitcell::work)" 'topic/one'
ok 'a branch is made from what is there already' git push -q gitcell::work light:refs/heads/old
ok 'a branch is renamed by create and delete' \
	git push -q gitcell::work light:refs/heads/new :refs/heads/old
is 'it has moved' "$(remote_refs gitcell::work | grep -E 'heads/(old|new)$')" \
	"$(git rev-parse light) refs/heads/new"
ok 'an empty repository is cloned' git clone -q gitcell::public "$scratch/empty"
not_ok 'a repository that does not exist' git ls-remote gitcell::nothing

# the connection as LISTEN_FDS
default_socket=$GITCELL_SOCKET
export GITCELL_SOCKET=$scratch/listen-fds.sock
activate "$GITCELL_SOCKET"
wait_for 5 test -S "$GITCELL_SOCKET"
ok 'push, LISTEN_FDS style' git push -q --mirror gitcell::public
ok 'clone, LISTEN_FDS style' git clone -q --mirror gitcell::public "$scratch/four.git"
is 'the clone has the same refs' "$(refs_of "$scratch/four.git")" "$(refs_of .)"
GITCELL_SOCKET=$default_socket

# core.gitProxy
printf '#!/bin/sh\nexec socat -t 600 - "UNIX-CONNECT:%s"\n' "$GITCELL_SOCKET" >"$scratch/proxy"
chmod 755 "$scratch/proxy"
ok 'clone through core.gitProxy' \
	git -c core.gitProxy="$scratch/proxy" clone -q --mirror git://cell/work "$scratch/five.git"
is 'the clone has the same refs' "$(refs_of "$scratch/five.git")" "$(remote_refs gitcell::work)"
echo proxied >'more' && git commit -q -a -m proxied
ok 'push through core.gitProxy' \
	git -c core.gitProxy="$scratch/proxy" push -q git://cell/work main

# git:// on TCP: whoever comes is anonymous, and that is never enough to write
port=$(free_port)
activate "127.0.0.1:$port" --inetd
tcp=git://127.0.0.1:$port
wait_for 5 git ls-remote "$tcp/public"
ok 'anonymous clone over TCP' git clone -q --mirror "$tcp/public" "$scratch/six.git"
is 'the clone has the same refs' "$(refs_of "$scratch/six.git")" \
	"$(remote_refs gitcell::public)"
not_ok 'anonymous cannot read what is not public' git ls-remote "$tcp/work"
is 'forbidden and missing repositories get the same answer' \
	"$(git ls-remote "$tcp/work" 2>&1 | sed 's|work|NAME|g')" \
	"$(git ls-remote "$tcp/nope" 2>&1 | sed 's|nope|NAME|g')"
not_ok 'anonymous cannot push to a public repository' git push -q "$tcp/public" main:evil

# max-pack-size: of the pack as it will lie here
head -c 40000 /dev/urandom >noise && git add noise && git commit -q -m noise
limit_packs() { # BYTES
	policy=$scratch/policy-$1
	write_policy "max-pack-size = $1"
	add_rule 'work' "write = $me"
	export GITCELL_SOCKET=$scratch/limit-$1.sock
	activate "$GITCELL_SOCKET" --inetd
	wait_for 5 test -S "$GITCELL_SOCKET"
}
limit_packs 40000
like 'a pack over max-pack-size is refused' "$(git push gitcell::work main 2>&1)" \
	'unpack failed: pack exceeds maximum allowed size'
is 'and the branch is where it was' "$(git ls-remote gitcell::work refs/heads/main | cut -f1)" \
	"$(git rev-parse main~1)"
limit_packs 44000
ok 'a pack below max-pack-size is not' git push -q gitcell::work main

# one line in the log per connection
like 'the log says who did what, and which fences stood' "$(cat "$server_log")" \
	'work.*(landlock|fences)'

finish
