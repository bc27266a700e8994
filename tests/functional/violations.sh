#!/bin/bash
# SPDX-License-Identifier: ISC
# tests/functional/violations.sh: clients that break the protocol, lie, flood, dawdle and hang up.
# The conversations in violations/ are played by transcript.py, which says how they are read and what is checked
# after each: the server is gone, has logged one line, has changed and left nothing, and serves on.
# shellcheck disable=SC2154 # lib.sh sets them
. "$(dirname "$0")/lib.sh"

me=$(id -u)
mkdir -p "$root"
sample_repository "$scratch/sample"
git clone -q --mirror "$scratch/sample" "$root/demo.git" 2>/dev/null
head=$(git -C "$root/demo.git" rev-parse main)
gone=$(git -C "$root/demo.git" commit-tree -m gone 'main^{tree}')
# What a client that never reads gets stuck in: more than any socket holds.
git init -q "$scratch/big" && (
	cd "$scratch/big" && head -c 6000000 /dev/urandom >noise && git add noise && git commit -q -m big
) && git clone -q --mirror "$scratch/big" "$root/big.git" 2>/dev/null
for name in broken secret nohead; do
	cp -r "$root/demo.git" "$root/$name.git"
done
echo 'garbage [[[' >"$root/broken.git/config"
rm "$root/nohead.git/HEAD"
cp -r "$root/demo.git" "$scratch/inner" && mkdir "$root/secret.git/modules" &&
	mv "$scratch/inner" "$root/secret.git/modules/inner"
ln -s demo.git "$root/linked.git"
ln -s / "$root/outside"
mkdir "$root/plain" && echo x >"$root/file"
ln -s /etc "$root/plain/etc"

repeat() { # CHARACTER COUNT
	printf "%$2s" '' | tr ' ' "$1"
}

pack() { # a pack of one new blob, as \xNN
	python3 - "$@" <<'PYTHON'
import hashlib, struct, sys, zlib
data = b'hello, violations\n'
body = b'PACK' + struct.pack('>II', 2, 1) + bytes([0x30 | 0x80 | len(data) & 15, len(data) >> 4]) + zlib.compress(data)
body += hashlib.sha1(body).digest()
print(''.join('\\x%02x' % b for b in body), hashlib.sha1(b'blob %d\0' % len(data) + data).hexdigest())
PYTHON
}
read -r whole blob <<<"$(pack)"

values=("root=$root" "serve=$gitcell_serve" "head=$head" "gone=$gone" "demo=$root/demo.git"
	"big=$(git -C "$root/big.git" rev-parse main)" "blob=$blob" "pack=$whole" "half=${whole:0:80}"
	"null=$(printf '%040d' 0)" "none=1234567890123456789012345678901234567890"
	"buried=$(git -C "$root/demo.git" rev-parse main~4)" "light=$(git -C "$root/demo.git" rev-parse light)"
	"name1024=$(repeat n 1024)" "name65000=$(repeat p 65000)"
	"request4096=git-upload-pack /demo\\0host=x\\0\\0version=2\\0$(repeat x 4055)\\0"
	"request4097=git-upload-pack /demo\\0host=x\\0\\0version=2\\0$(repeat x 4056)\\0"
	"capabilities65470=$(repeat c 65470)" "capabilities65466=$(repeat c 65466)"
	'hello=git-upload-pack /demo\0host=x\0\0version=2\0')

listen() { # NAME POLICY-LINE...: one more server
	local name=$1
	shift
	policy=$scratch/policy-$name
	slots=$scratch/slots-$name
	server_log=$scratch/log-$name
	: >"$server_log"
	write_policy "$@"
	add_rule '**' "read = $me" "write = $me"
	add_rule 'secret' "deny = $me"
	activate "$scratch/$name.sock" --inetd
	values+=("socket_$name=$scratch/$name.sock" "log_$name=$server_log" "pid_$name=$!")
	wait_for 5 test -S "$scratch/$name.sock"
}
listen main
listen hasty 'request-timeout = 1s' 'idle-timeout = 1s' 'session-timeout = 3s'
listen single 'connections-per-user = 1'
listen narrow 'connections = 2' 'connections-per-user = 0'
listen small 'max-pack-size = 100'

# In the background of the last command of activate there is the listener itself.
play() { # PREFIX
	adopt "$1: " < <(python3 "$tests/transcript.py" "${values[@]}")
}

# --- the opening request -------------------------------------------------------------------------------

play 'opening request' <"$tests/violations/opening-request.txt"

# Whatever the reason is, the bytes are the same; only the name that was asked for is in them.
for name in absent secret broken nohead linked.git outside outside/etc plain plain/etc file file/x; do
	for service in git-upload-pack git-receive-pack; do
		printf '= %s for %s is "not exported"\nC: %s /%s\\0host=x\\0\nS: ERR %s: /%s\nS: <EOF>\n@ status 128\n\n' \
			"$service" "$name" "$service" "$name" \
			'access denied or repository not exported' "${name%.git}"
	done
done >"$scratch/not-exported"
play 'refused' <"$scratch/not-exported"

# --- fetch, versions 0 and 1 ---------------------------------------------------------------------------

# The opening of each is written once: what follows the advertisement is what differs.
with_opening() { # EXTRA-PARAMETER
	sed -e "s|^> *\(.*\)|C: git-upload-pack /\1\\\\0host=x\\\\0\\\\0$1\\\\0\nS* ^<flush>\$|"
}

with_opening version=0 <"$tests/violations/fetch-v0.txt" >"$scratch/v0"
play 'v0' <"$scratch/v0"

play 'v1' <"$tests/violations/fetch-v1.txt"

# --- fetch, version 2 ----------------------------------------------------------------------------------

with_opening version=2 <"$tests/violations/fetch-v2.txt" >"$scratch/v2"
play 'v2' <"$scratch/v2"

# --- push ----------------------------------------------------------------------------------------------

sed -e 's|^> *\(.*\)|C: git-receive-pack /\1\\0host=x\\0\nS* ^<flush>$|' <"$tests/violations/push.txt" >"$scratch/push"
play 'push' <"$scratch/push"

# --- directly, as ssh has it ---------------------------------------------------------------------------

play 'directly' <"$tests/violations/direct.txt"

like 'the reason is on standard error' \
	"$(printf 0003 | "$gitcell_serve" upload-pack "$root/demo.git" 2>&1 >"$scratch/out")" \
	'^fatal: protocol error: bad line length: 0003$'
ok 'and the repository is sound' git -C "$root/demo.git" fsck --full --strict --no-dangling
finish
