#!/bin/bash
# SPDX-License-Identifier: ISC
# bench/per-connection.sh [ROUNDS]: what one connection costs: ls-remote on a small repository, against
# "git daemon --inetd" in the same run, the rounds interleaved. Ratios below 1 are in our favour.
. "$(dirname "$0")/lib.bash"
rounds=${1:-200}
servers='git gitcell gitcell-listen-fds'

start_servers
listen_as gitcell-listen-fds '' "$gitcell_serve" --config "$policy"
sample_repository "$scratch/sample"
git clone -q --bare "$scratch/sample" "$root/small.git"

# shellcheck disable=SC2086
forget $servers
for server in $servers; do
	with_server "$server" git ls-remote gitcell::/small
done
# shellcheck disable=SC2086
forget $servers
for ((i = 0; i < rounds; i++)); do
	for server in $servers; do
		with_server "$server" git ls-remote gitcell::/small
	done
done

report() { # WHAT FILE-SUFFIX COLUMN DIVISOR UNIT
	local theirs
	theirs=$(median "$scratch/git.$2" "$3")
	for server in $servers; do
		ours=$(median "$scratch/$server.$2" "$3")
		printf '%-34s %-20s %10s %-4s %6s\n' "$1" "$server" "$(scaled "$ours" "$4")" "$5" \
			"$(ratio "$ours" "$theirs")"
	done
}

printf '%s rounds of ls-remote, median\n' "$rounds"
printf '%-34s %-20s %15s %6s\n' '' server '' ratio
report 'server, CPU of all its processes' server 2 1000 ms
report 'server, from start to end' server 1 1000 ms
report 'server, memory of its largest' server 3 1024 MiB
report 'client, wall' client 1 1000 ms

unit=$GITCELL_BUILD/units/gitcell@.service
if [ -f "$unit" ]; then
	printf '\nunit: %s\n' "$(SYSTEMD_LOG_LEVEL=err systemd-analyze security --offline=yes "$unit" |
		sed -n 's/.*\(Overall exposure.*\)/\1/p')"
fi
