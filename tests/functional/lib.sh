# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# tests/functional/lib.sh: what the functional tests share. Sourced by bash.
#
# TAP whose plan comes last, a scratch directory, and processes that end with the script. A test
# script reads like this:
#
#	. "$(dirname "$0")/lib.sh"
#	serve 'read = *'                          # a server on $GITCELL_SOCKET
#	ok 'a clone works' git clone gitcell::a "$scratch/a"
#	is 'HEAD is the same' "$(git -C "$scratch/a" rev-parse HEAD)" "$head"
#	finish
#
# GITCELL_BUILD names the build to test; what is installed is tested when it is empty.

set -u
export LC_ALL=C

tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_root=$(cd "$tests/../.." && pwd)
: "${GITCELL_BUILD=$source_root/build}"
if [ -n "$GITCELL_BUILD" ]; then
	GITCELL_BUILD=$(cd "$GITCELL_BUILD" && pwd) || exit 1
	PATH=$GITCELL_BUILD:$PATH
	gitcell_serve=$GITCELL_BUILD/gitcell-serve
else
	gitcell_serve=/usr/libexec/gitcell-serve
fi
export PATH

# --- TAP -----------------------------------------------------------------------------------------

tap_run=0
tap_failed=0

tap_result() { # VERDICT DESCRIPTION
	tap_run=$((tap_run + 1))
	[ "$1" = ok ] || tap_failed=$((tap_failed + 1))
	printf '%s %d - %s\n' "$1" "$tap_run" "$2"
}

diag() { # TEXT: as comment lines
	printf '%s\n' "$1" | sed 's/^/# /'
}

skip() { # DESCRIPTION REASON
	tap_result ok "$1 # SKIP $2"
}

# The command succeeds; what it printed is shown when it does not.
ok() { # DESCRIPTION COMMAND...
	local what=$1 said status=0
	shift
	said=$("$@" 2>&1 </dev/null) || status=$?
	if [ "$status" -eq 0 ]; then
		tap_result ok "$what"
		return 0
	fi
	tap_result 'not ok' "$what"
	diag "exit status $status from: $*"
	diag "$said"
	return 1
}

# The command fails, and not by a signal.
not_ok() { # DESCRIPTION COMMAND...
	local what=$1 said status=0
	shift
	said=$("$@" 2>&1 </dev/null) || status=$?
	if [ "$status" -ne 0 ] && [ "$status" -le 128 ]; then
		tap_result ok "$what"
		return 0
	fi
	tap_result 'not ok' "$what"
	diag "exit status $status from: $*"
	diag "$said"
	return 1
}

is() { # DESCRIPTION GOT WANT
	if [ "$2" = "$3" ]; then
		tap_result ok "$1"
		return 0
	fi
	tap_result 'not ok' "$1"
	diag "got:  $2"
	diag "want: $3"
	return 1
}

like() { # DESCRIPTION TEXT EXTENDED-REGEX
	if printf '%s\n' "$2" | grep -q -E -e "$3"; then
		tap_result ok "$1"
		return 0
	fi
	tap_result 'not ok' "$1"
	diag "got:  $2"
	diag "want: /$3/"
	return 1
}

unlike() { # DESCRIPTION TEXT EXTENDED-REGEX
	if ! printf '%s\n' "$2" | grep -q -E -e "$3"; then
		tap_result ok "$1"
		return 0
	fi
	tap_result 'not ok' "$1"
	diag "got:  $2"
	diag "want none of: /$3/"
	return 1
}

# Repeats the results of another TAP stream (stdin) as our own. A stream without a plan broke off.
adopt() { # PREFIX
	local prefix=$1 line plan=
	while IFS= read -r line; do
		case $line in
		'ok '*) tap_result ok "$prefix${line#* - }" ;;
		'not ok '*) tap_result 'not ok' "$prefix${line#* - }" ;;
		1..*) plan=$line ;;
		'#'*) printf '%s\n' "$line" ;;
		*) printf '# %s\n' "$line" ;;
		esac
	done
	[ -n "$plan" ] || tap_result 'not ok' "${prefix}runs to its end"
}

finish() {
	printf '1..%d\n' "$tap_run"
	[ "$tap_failed" -eq 0 ]
	exit
}

# --- scratch directory and processes ---------------------------------------------------------

scratch=$(mktemp -d "${TMPDIR:-/tmp}/gitcell-test.XXXXXX") || exit 1
chmod 755 "$scratch"
started=()
cleanups=()

# Runs the command in the background, to be ended with the script; its pid is in $!.
background() { # COMMAND...
	"$@" </dev/null &
	started+=($!)
}

at_exit() { # COMMAND LINE
	cleanups+=("$1")
}

clean_up() {
	local i
	for ((i = ${#cleanups[@]} - 1; i >= 0; i--)); do
		eval "${cleanups[i]}"
	done
	for i in "${started[@]}"; do
		kill "$i" 2>/dev/null
		wait "$i" 2>/dev/null
	done
	if [ -n "${KEEP:-}" ]; then
		diag "kept $scratch"
	else
		rm -rf "$scratch"
	fi
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

wait_for() { # SECONDS COMMAND...: until the command succeeds
	local tries=$(($1 * 20))
	shift
	until "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.05
	done
}

# --- git ------------------------------------------------------------------------------------------

# Nothing of the user who runs the tests may change what git does.
for variable in $(env | sed -n 's/^\(GIT_[A-Z_0-9]*\)=.*/\1/p'); do
	unset "$variable"
done
export HOME=$scratch/home GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org
export GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@example.org
mkdir -p "$HOME"
git config --global init.defaultBranch main
git config --global advice.detachedHead false
git config --global protocol.gitcell.allow always
git config --global safe.directory '*'

# A small repository with what makes a difference on the wire: merges, deltas, nested tags, a tag of
# a blob, an executable, a symbolic link, a branch whose name has a slash.
sample_repository() { # DIRECTORY
	local at=$1 i
	git init -q "$at" && (
		cd "$at" || exit 1
		for i in 1 2 3 4 5 6 7 8 9 10; do
			seq "$i" 2000 >numbers
			printf 'line %d\n' "$i" >>log
			git add -A && git commit -q -m "commit $i"
		done
		mkdir -p bin && printf '#!/bin/sh\n' >bin/run && chmod 755 bin/run && ln -s bin/run link
		git add -A && git commit -q -m tree
		git checkout -q -b topic/one HEAD~3 && echo topic >topic
		git add -A && git commit -q -m topic
		git checkout -q main && git merge -q --no-ff -m merge topic/one
		git tag light HEAD~2
		git tag -a -m annotated v1
		git tag -a -m nested nested v1
		git tag blob "$(git rev-parse HEAD:log)"
	) >/dev/null 2>&1
}

refs_of() { # REPOSITORY: every ref with its value
	git -C "$1" for-each-ref --format='%(objectname) %(refname)'
}

# What "git ls-remote" shows of a URL, without the peeled lines and HEAD: comparable with refs_of.
remote_refs() { # URL
	git ls-remote "$1" | sed -e '/\^{}$/d' -e '/\tHEAD$/d' -e 's/\t/ /'
}

# An opening request as a client sends it, for those who speak the protocol by hand.
opening_request() { # SERVICE NAME [EXTRA-PARAMETER]
	local extra=${3:-version=0}
	printf '%04x%s /%s\0host=cell\0\0%s\0' \
		$((4 + ${#1} + 2 + ${#2} + 1 + 9 + 1 + 1 + ${#extra} + 1)) "$1" "$2" "$extra"
}

# --- a server -------------------------------------------------------------------------------------

root=$scratch/root
slots=$scratch/slots
policy=$scratch/policy
server_log=$scratch/server.log
export GITCELL_SOCKET=$scratch/gitcell.sock

# Begins $policy with a [gitcell] section of these lines.
write_policy() { # [LINE...]
	{
		printf '[gitcell]\n\troot = %s\n\tslots = %s\n' "$root" "$slots"
		[ $# -eq 0 ] || printf '\t%s\n' "$@"
	} >"$policy"
}

# A rule for every repository, after write_policy.
add_rule() { # PATTERN LINE...
	printf '[repository "%s"]\n' "$1" >>"$policy"
	shift
	printf '\t%s\n' "$@" >>"$policy"
}

# systemd-socket-activate on ADDRESS, without systemd; one gitcell-serve per connection.
activate() { # ADDRESS [OPTION...]
	local address=$1
	shift
	background systemd-socket-activate --accept "$@" -l "$address" \
		"$gitcell_serve" --config "$policy" 2>>"$server_log"
}

# Serves all below $root on $GITCELL_SOCKET to the user who runs the tests.
serve() { # RULE-LINE...
	mkdir -p "$root"
	write_policy
	if [ $# -eq 0 ]; then
		set -- "read = $(id -u)" "write = $(id -u)"
	fi
	add_rule '**' "$@"
	activate "$GITCELL_SOCKET" --inetd
	wait_for 5 test -S "$GITCELL_SOCKET"
}
