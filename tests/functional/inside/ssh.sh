#!/bin/bash
# SPDX-License-Identifier: ISC
# Inside a booted system: a real sshd, and the four ways in which it can end at gitcell-shell.
# shellcheck source=machine.sh
. /tests/inside/machine.sh

port=2222
sshd_config=$scratch/sshd_config

# sshd with our example; AcceptEnv is left out when asked for.
start_sshd() { # [without-protocol]
	mkdir -p /run/sshd
	{
		printf 'Port %d\nListenAddress 127.0.0.1\nPidFile %s/sshd.pid\n' "$port" "$scratch"
		printf 'HostKey %s/host_key\nUsePAM no\nStrictModes no\n' "$scratch"
		printf 'PasswordAuthentication no\n'
		sed -e "${1:+/^AcceptEnv/d}" -e 's/^Match Group gitcell/Match User alice/' \
			/usr/share/doc/gitcell/examples/sshd.conf
	} >"$sshd_config"
	/usr/sbin/sshd -t -f "$sshd_config" && /usr/sbin/sshd -f "$sshd_config" -E "$scratch/sshd.log" &&
		wait_for 5 test -s "$scratch/sshd.pid"
}

stop_sshd() {
	kill "$(cat "$scratch/sshd.pid")" && rm -f "$scratch/sshd.pid"
}

# A key for USER; the OPTIONS stand before it in authorized_keys.
give_key() { # USER [OPTIONS]
	mkdir -p "/home/$1/.ssh"
	printf '%s%s\n' "${2:+$2 }" "$(cat "$scratch/key.pub")" >"/home/$1/.ssh/authorized_keys"
	chown -R "$1:" "/home/$1/.ssh"
	passwd --quiet --delete "$1" 2>/dev/null || passwd -d "$1" >/dev/null
}

url() { # USER NAME
	printf 'ssh://%s@127.0.0.1:%d/%s' "$1" "$port" "$2"
}

remote_command() { # USER [COMMAND...]
	local user=$1
	shift
	ssh -p "$port" -o "User=$user" 127.0.0.1 "$@"
}

ok 'gitcell is installed' install_gitcell
add_people
add_user eve gitcell
people_policy
odd="team/it's odd! (really)"
for name in team/one "$odd"; do
	ok "create $name" gitcell create "$name"
done
add_rule 'team/**' 'read = eve' 'write = bob' 'write = carol' 'write = eve'
systemctl start gitcell.socket
sample_repository "$scratch/sample"

ssh-keygen -q -t ed25519 -N '' -f "$scratch/host_key"
ssh-keygen -q -t ed25519 -N '' -f "$scratch/key"
cat >"$scratch/ssh" <<EOF
#!/bin/sh
exec ssh -i "$scratch/key" -F none -o BatchMode=yes -o StrictHostKeyChecking=no \\
	-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR "\$@"
EOF
chmod 755 "$scratch/ssh"
export GIT_SSH=$scratch/ssh GIT_SSH_VARIANT=ssh
ssh() {
	"$scratch/ssh" "$@"
}

# alice: ForceCommand; bob: command= of his key; carol: login shell; eve: git's program names
give_key alice
give_key bob 'command="/usr/bin/gitcell-shell",restrict'
give_key carol
usermod --shell /usr/bin/gitcell-shell carol
give_key eve
ln -s /usr/bin/gitcell-shell /usr/local/bin/git-upload-pack
ln -s /usr/bin/gitcell-shell /usr/local/bin/git-receive-pack
ok 'sshd takes the example' start_sshd

way_of() { # USER
	case $1 in
	alice) echo 'ForceCommand' ;;
	bob) echo 'command= of a key' ;;
	carol) echo 'login shell' ;;
	eve) echo 'git-upload-pack in PATH' ;;
	esac
}

for user in alice bob carol eve; do
	way=$(way_of $user)
	ok "$way: push" git -C "$scratch/sample" push -q "$(url $user team/one)" \
		'refs/heads/*' 'refs/tags/*' "main:refs/heads/from-$user"
	ok "$way: clone" git clone -q --mirror "$(url $user team/one)" "$scratch/$user.git"
	is "$way: the clone has what was pushed" \
		"$(git -C "$scratch/$user.git" rev-parse "refs/heads/from-$user" main v1)" \
		"$(git -C "$scratch/sample" rev-parse main main v1)"
	ok "$way: scp-like address" \
		git -c "core.sshCommand=$scratch/ssh -p $port" ls-remote "$user@127.0.0.1:team/one"
	ok "$way: a name that needs quoting" \
		git -C "$scratch/sample" push -q "$(url $user "$odd")" main:"refs/heads/$user"
	like "$way: protocol version 2" "$(GIT_TRACE_PACKET=1 git -c protocol.version=2 \
		ls-remote "$(url $user team/one)" 2>&1)" '< version 2'
	not_ok "$way: what the policy forbids" git ls-remote "$(url $user secret)"
	like "$way: the server knows who it is" \
		"$(entries "GITCELL_USER=$user" GITCELL_REPOSITORY=team/one GITCELL_VERDICT=ok)" .
done

unset GIT_SSH
for user in alice bob carol; do
	way=$(way_of $user)
	not_ok "$way: no shell" remote_command $user
	not_ok "$way: no other command" remote_command $user 'touch /tmp/was-here'
	not_ok "$way: no second command" \
		remote_command $user "git-upload-pack 'team/one'; touch /tmp/was-here"
	unlike "$way: no substitution" \
		"$(remote_command $user "git-upload-pack '\$(touch /tmp/was-here)'" 2>&1)" 'refs/'
	unlike "$way: no option in place of a path" \
		"$(remote_command $user 'git-upload-pack --strict' 2>&1)" 'refs/'
	not_ok "$way: no git-upload-archive" remote_command $user "git-upload-archive 'team/one'"
	not_ok "$way: an unfinished quote" remote_command $user "git-upload-pack 'team/one"
	like "$way: it says what it is for" "$(remote_command $user ls 2>&1)" '[Gg]it'
	like "$way: \"git upload-pack\" is the same command" \
		"$(remote_command $user "git upload-pack 'team/one'" </dev/null | head -c 200 |
			tr -d '\0')" 'HEAD'
done
not_ok 'nothing of that was executed' test -e /tmp/was-here

export GIT_SSH=$scratch/ssh
stop_sshd
ok 'sshd without AcceptEnv' start_sshd without-protocol
unlike 'there, git falls back to version 0' "$(GIT_TRACE_PACKET=1 git -c protocol.version=2 \
	ls-remote "$(url alice team/one)" 2>&1)" '< version 2'
ok 'and clones all the same' git clone -q "$(url alice team/one)" "$scratch/v0"
stop_sshd

finish
