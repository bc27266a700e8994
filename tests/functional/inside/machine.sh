# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2034,SC2154 # shared variables
# tests/functional/inside/machine.sh: what the tests inside a container share. Sourced.
# The container is thrown away afterwards, so nothing here cleans up.
# shellcheck source=../lib.sh
. /tests/lib.sh

export GITCELL_SOCKET=/run/gitcell/gitcell.sock
policy=/etc/gitcell/policy
root=/var/lib/gitcell
slots=/run/gitcell/slots

# What a package would do: files from /stage, the user and group, the directories.
install_gitcell() {
	tar -C /stage -cf - . | tar -C / -xf - --keep-directory-symlink --no-overwrite-dir &&
		systemd-sysusers gitcell.conf && systemd-tmpfiles --create gitcell.conf &&
		systemctl daemon-reload
}

add_user() { # NAME [GROUP...]
	local name=$1 group
	shift
	useradd --create-home --shell /bin/bash "$name"
	for group in "$@"; do
		usermod --append --groups "$group" "$name"
	done
}

# Five people: alice writes, bob reads by his group, guest is in that group but denied, carol has
# nothing, and dave may not even connect.
add_people() {
	add_user alice gitcell
	add_user bob gitcell staff
	add_user guest gitcell staff
	add_user carol gitcell
	add_user dave
}

people_policy() { # [GITCELL-LINE...]
	write_policy "$@"
	add_rule 'team/**' 'read = alice' 'read = :staff' 'write = alice' 'deny = guest'
	add_rule 'public/**' 'read = *' 'read = anonymous' 'write = alice'
	add_rule 'secret' "read = $(id -u carol)" "write = $(id -u carol)"
}

# As another user, in that user's home and with an environment of its own.
as() { # USER COMMAND...
	local user=$1
	shift
	(cd "/home/$user" && exec setpriv --reuid "$user" --regid "$user" --init-groups env -i \
		PATH="$PATH" HOME="/home/$user" USER="$user" LC_ALL=C GIT_TERMINAL_PROMPT=0 \
		GIT_CONFIG_GLOBAL="$HOME/.gitconfig" GIT_TRACE_PACKET="${GIT_TRACE_PACKET:-}" \
		GIT_AUTHOR_NAME="$user" GIT_AUTHOR_EMAIL="$user@cell" \
		GIT_COMMITTER_NAME="$user" GIT_COMMITTER_EMAIL="$user@cell" "$@")
}

# A connection as USER that asked for NAME and then says nothing; it ends with release.
held=()
hold() { # USER NAME
	local pipe=$scratch/hold.${#held[@]} fd
	mkfifo "$pipe" && chmod 644 "$pipe"
	as "$1" socat -t 600 - "UNIX-CONNECT:$GITCELL_SOCKET" <"$pipe" >"$pipe.out" 2>&1 &
	exec {fd}>"$pipe"
	held+=("$fd")
	opening_request git-upload-pack "$2" >&"$fd"
	wait_for 5 test -s "$pipe.out"
}

release() {
	local fd
	for fd in "${held[@]}"; do
		exec {fd}>&-
	done
	held=()
	rm -f "$scratch"/hold.*
}

# The log entries of all connections that have these fields, one JSON object per line.
entries() { # FIELD=VALUE...
	journalctl --sync
	journalctl --no-pager -q -o json "$@"
}

live_instances() {
	systemctl list-units --plain --no-legend --all 'gitcell@*' | wc -l
}
no_live_instances() {
	[ "$(live_instances)" -eq 0 ]
}

knock() { # COUNT: as many connections at once, each of which says nothing
	seq "$1" | xargs -P 20 -I '{}' socat -u /dev/null "UNIX-CONNECT:$GITCELL_SOCKET" \
		>/dev/null 2>&1
}
