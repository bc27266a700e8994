# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2154 # lib.sh sets scratch and tests
# tests/functional/container.sh: a real systemd as PID 1. Sourced after lib.sh; needs root.
#
# A root file system per Debian release is made once by mmdebstrap, from the archive that this machine
# already uses, and kept in the user's cache. systemd-nspawn boots it with an overlay that is thrown
# away at the end; it needs no terminal, no registration with the host, no network.

releases=${GITCELL_RELEASES:-bookworm trixie}
cache=${XDG_CACHE_HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)/.cache}/gitcell-tests
packages=systemd,systemd-sysv,dbus,git,openssh-server,openssh-client,openbsd-inetd,socat,procps
packages=$packages,passwd,util-linux,libsystemd0,zlib1g

debian_name() { # RELEASE
	case $1 in
	bookworm) echo 'Debian 12' ;;
	trixie) echo 'Debian 13' ;;
	*) echo "$1" ;;
	esac
}

# The address of the Debian archive that apt is configured with.
debian_archive() {
	# shellcheck disable=SC2016 # the dollar is apt's
	apt-get indextargets --format '$(REPO_URI)' \
		'Identifier: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1
}

# Prints the root file system of a release; makes it when it is missing.
container_root() { # RELEASE
	local recipe made
	recipe=$(printf '%s\n' "$1 $packages 1" | cksum | cut -d' ' -f1)
	made=$cache/$1-$recipe
	if [ ! -d "$made" ]; then
		mkdir -p "$cache" && rm -rf "$made.part" || return 1
		# shellcheck disable=SC2016 # $1 is the hook's
		# The machine id keeps systemd from taking each boot for the first one. Services that
		# Debian starts by itself are of no use here.
		mmdebstrap --quiet --variant=minbase --include="$packages" \
			--customize-hook='echo 5b3cb6e7c4d04f7f8d2a4d8f4c3f2a10 >"$1/etc/machine-id"' \
			--customize-hook='rm -f "$1"/etc/systemd/system/multi-user.target.wants/*' \
			--customize-hook='rm -f "$1"/etc/systemd/system/timers.target.wants/*' \
			"$1" "$made.part" "deb $(debian_archive) $1 main" >&2 &&
			mv "$made.part" "$made" || return 1
	fi
	printf '%s\n' "$made"
}

# A cgroup of our own, where systemd does not already give us one.
container_cgroup() {
	local hierarchy
	[ "$(cat /proc/1/comm)" != systemd ] || return 0
	hierarchy=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	container_cgroup_path=$hierarchy/gitcell-tests-$$
	mkdir -p "$container_cgroup_path" && echo "$BASHPID" >"$container_cgroup_path/cgroup.procs"
}

container_leave_cgroup() {
	local hierarchy
	[ -n "${container_cgroup_path:-}" ] || return 0
	hierarchy=${container_cgroup_path%/*}
	echo "$BASHPID" >"$hierarchy/cgroup.procs"
	find "$container_cgroup_path" -depth -type d -exec rmdir {} + 2>/dev/null
	container_cgroup_path=
}

# Boots ROOT with our tests at /tests and STAGE at /stage; returns when the system is up.
container_boot() { # ROOT STAGE
	local id=gitcell-$$-$RANDOM log=$scratch/boot.log
	container_notify=$scratch/notify.out
	: >"$container_notify"
	background socat -u "UNIX-RECV:$scratch/notify.sock,unlink-early" \
		"CREATE:$container_notify"
	wait_for 5 test -S "$scratch/notify.sock" || return 1
	container_cgroup || return 1
	# nspawn's own system call filter would forbid Landlock: SYSTEMD_SECCOMP=0 leaves it out.
	NOTIFY_SOCKET=$scratch/notify.sock SYSTEMD_SECCOMP=0 SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 \
		setsid systemd-nspawn -q -D "$1" -M "$id" --boot --register=no --keep-unit \
		--console=passive --volatile=overlay --notify-ready=yes --capability=all \
		--private-network --bind-ro="$tests:/tests" --bind-ro="$2:/stage" \
		</dev/null >"$log" 2>&1 &
	container_pid=$!
	if ! wait_for 60 grep -a -q READY=1 "$container_notify"; then
		diag "$(cat "$log")"
		return 1
	fi
	container_leader=$(grep -a -o 'X_NSPAWN_LEADER_PID=[0-9]*' "$container_notify" | head -n 1)
	container_leader=${container_leader#*=}
	container_run systemctl is-system-running --wait >/dev/null
	container_run systemctl list-units --failed --plain --no-legend | sed 's/^/# failed: /'
}

container_run() { # COMMAND...
	nsenter -t "$container_leader" -a -- env -i \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		HOME=/root LC_ALL=C GITCELL_BUILD= "$@"
}

container_stop() {
	[ -n "${container_pid:-}" ] || return 0
	kill "$container_pid" 2>/dev/null
	wait "$container_pid" 2>/dev/null
	container_pid=
	container_leave_cgroup
}

# Boots each release, installs this build into it and runs tests/functional/SCRIPT there.
in_each_container() { # SCRIPT
	local release stage=$scratch/stage
	if [ "$(id -u)" -ne 0 ]; then
		skip 'a container boots' 'needs root'
		return
	fi
	ok 'the build installs' make -s -C "$GITCELL_BUILD" install "DESTDIR=$stage" || return
	at_exit container_stop
	for release in $releases; do
		in_container "$(debian_name "$release")" "$(container_root "$release")" "$stage" "$1"
	done
}

in_container() { # NAME ROOT STAGE SCRIPT
	if ! container_boot "$2" "$3"; then
		tap_result 'not ok' "$1: boots"
	else
		diag "$1: $(container_run systemctl --version | head -n 1), $(uname -r)"
		adopt "$1: " < <(container_run bash "/tests/$4" 2>&1)
	fi
	container_stop
}
