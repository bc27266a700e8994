#!/bin/bash
# SPDX-License-Identifier: ISC
# tests/functional/violations.sh: clients that break the protocol, lie, flood, dawdle and hang up.
# Each conversation below is played by transcript.py, which says how they are read and what is checked
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

play 'opening request' <<'TRANSCRIPT'
= a client that says nothing and leaves
C: <half-close>
S: <EOF>
@ status 128

= a client that closes at once
C: <close>
@ status 128

= one that never comes is told so
@ socket hasty
S: ERR timed out: the connection took too long
S: <EOF>
@ log verdict=fault blame=peer

= one that comes too slowly, byte by byte
@ socket hasty
C! 003
C: <wait 0.7>
C! 0git-upl
S: ERR timed out: the connection took too long
S: <EOF>

= half a length
C! 00
C: <half-close>
S: <EOF>
@ status 128

= a request that is cut off
C! 0030git-upload-pack /de
C: <half-close>
S: <EOF>
@ status 128

= a request that is cut off by closing
C! 0030git-upload-pack /de
C: <close>

= a length that is none
C! zzzz
S~ ^ERR protocol error: bad line length: zzzz
S: <EOF>

= a length below four
C! 0003
S~ ^ERR protocol error: bad line length: 0003
S: <EOF>

= a length above 65520
C! fff1
S~ ^ERR protocol error: bad line length: fff1
S: <EOF>

= a flush-pkt
C: <flush>
S: ERR invalid request
S: <EOF>

= a delim-pkt
C: <delim>
S: ERR invalid request
S: <EOF>

= an empty line
C! 0004
S~ ^ERR invalid request
S: <EOF>

= HTTP
C! GET / HTTP/1.1\x0d\nHost: x\x0d\n\x0d\n
S~ ^ERR protocol error: bad line length: GET 
S: <EOF>

= a service alone
C: git-upload-pack
S~ ^ERR invalid request
S: <EOF>

= an unknown service
C: git-upload-archive /demo\0host=x\0
S~ ^ERR unknown service: 'git-upload-archive'
S: <EOF>

= a service with bytes that no terminal should get is shown escaped, and logged so
C: \x1b]0;owned\x07\x9b /demo\0host=x\0
S~ ^ERR unknown service: '\\x1b\]0;owned\\x07\\x9b'
S: <EOF>
@ log unknown service: '.+x1b\]0;owned.+x07.+x9b'

= 4096 bytes
C: @request4096@
S: version 2
C: <half-close>
S* <EOF>

= 4097 bytes
C: @request4097@
S~ ^ERR .*opening request over 4096 bytes
S: <EOF>

= two hosts
C: git-upload-pack /demo\0host=x\0host=y\0
S~ ^ERR invalid request
S: <EOF>

= a host with control bytes
C: git-upload-pack /demo\0host=x\n\x1b\0
S~ ^ERR invalid request
S: <EOF>

= extra parameters that mean nothing
C: git-upload-pack /demo\0host=x\0\0colour=blue\0version=9\0=\0version\0
S* <flush>
C: <flush>
S: <EOF>
@ status 0

= a user from somebody who is no relay
C: git-upload-pack /demo\0host=x\0\0user=root\0
S: ERR access denied or repository not exported: /demo
S: <EOF>
@ log verdict=denied

= two users
C: git-upload-pack /demo\0host=x\0\0user=root\0user=nobody\0
S~ ^ERR invalid request
S: <EOF>

= a path that goes up
C: git-upload-pack /../demo\0host=x\0
S: ERR access denied or repository not exported: /
S: <EOF>

= a path that goes up inside
C: git-upload-pack /demo/../demo\0host=x\0
S: ERR access denied or repository not exported: /
S: <EOF>

= a hidden name
C: git-upload-pack /.git\0host=x\0
S: ERR access denied or repository not exported: /
S: <EOF>

= inside of a repository, around its rules
C: git-upload-pack /secret.git/modules/inner\0host=x\0
S: ERR access denied or repository not exported: /
S: <EOF>

= an absolute path
C: git-upload-pack //etc\0host=x\0
S: ERR access denied or repository not exported: /
S: <EOF>

= a home directory
C: git-upload-pack /~root/demo\0host=x\0
S: ERR access denied or repository not exported: /
S: <EOF>

= an option
C: git-upload-pack --strict\0host=x\0
S: ERR access denied or repository not exported: /
S: <EOF>

= no path
C: git-upload-pack \0host=x\0
S: ERR access denied or repository not exported: /
S: <EOF>

= a slash
C: git-upload-pack /\0host=x\0
S: ERR access denied or repository not exported: /
S: <EOF>

= a control byte in the path
C: git-upload-pack /de\x01mo\0host=x\0
S: ERR access denied or repository not exported: /
S: <EOF>

= a second suffix
C: git-upload-pack /demo.git.git\0host=x\0
S: ERR access denied or repository not exported: /
S: <EOF>

= a name of 1024 bytes
C: git-upload-pack /@name1024@\0host=x\0
S~ ^ERR access denied or repository not exported: /nnnn
S: <EOF>

= one over the connections of a user is told so
@ socket single
@ hold 1
S~ ^ERR too many connections of this user, try again later: the limit is 1
S: <EOF>
@ log verdict=denied .*too many connections of this user

= one over all connections is told so
@ socket narrow
@ hold 2
S~ ^ERR too many connections, try again later: the limit is 2
S: <EOF>

= one over the connections that goes on talking
@ socket single
@ hold 1
C: @hello@
C: <wait 0.2>
C: <flush>
S~ ^ERR too many connections
TRANSCRIPT

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

with_opening version=0 <<'TRANSCRIPT' >"$scratch/v0"
= a client that only looks
> demo
C: <flush>
S: <EOF>
@ status 0

= one that looks and hangs up
> demo
C: <half-close>
S: <EOF>
@ status 0

= a bad length after the advertisement
> demo
C! 0003
S~ ^ERR protocol error: bad line length: 0003
S: <EOF>

= a length that is no number
> demo
C! fffg
S~ ^ERR protocol error: bad line length: fffg
S: <EOF>

= a pkt-line of 65521 bytes
> demo
C! fff1want
S~ ^ERR protocol error: bad line length: fff1
S: <EOF>

= a pkt-line of 65520 bytes is taken
> demo
C: want @head@ @capabilities65470@
C: <flush>
C: done
S: NAK
S% ^PACK

= a pkt-line of 65516 bytes is taken
> demo
C: want @head@ @capabilities65466@
C: <flush>
C: done
S: NAK
S% ^PACK

= a delim-pkt among wants
> demo
C: want @head@
C: <delim>
S: <EOF>
@ status 128

= an empty pkt-line among wants
> demo
C! 0004
S~ ^ERR protocol error: unexpected line
S: <EOF>

= a want without a name
> demo
C: want
S~ ^ERR protocol error: unexpected line: 'want'
S: <EOF>

= a want with half a name
> demo
C: want 1234
S~ ^ERR protocol error: unexpected line: 'want 1234'
S: <EOF>

= a want with a name that is too long
> demo
C: want @head@1
S~ ^ERR protocol error: unexpected line
S: <EOF>

= a want with bytes that are none of its
> demo
C: want \x1b[2J\xff
S~ ^ERR protocol error: unexpected line: 'want \\x1b\[2J\\xff'
S: <EOF>

= a have first
> demo
C: have @head@
S~ ^ERR protocol error: unexpected line: expected a want
S: <EOF>

= a want after a have
> demo
C: want @head@
C: <flush>
C: have @none@
C: want @head@
S~ ^ERR protocol error: unexpected line: expected a have
S: <EOF>

= done without wants
> demo
C: done
S~ ^ERR protocol error: unexpected line: expected a want
S: <EOF>

= a want of what is not there
> demo
C: want @none@
C: <flush>
S: ERR upload-pack: not our ref @none@
S: <EOF>

= a want of what no ref reaches has the same answer
> demo
C: want @gone@
C: <flush>
S: ERR upload-pack: not our ref @gone@
S: <EOF>

= a want of what a ref reaches but does not name
> demo
C: want @buried@
C: <flush>
S: ERR upload-pack: not our ref @buried@
S: <EOF>

= a want of the null name
> demo
C: want @null@
C: <flush>
S: ERR upload-pack: not our ref @null@
S: <EOF>

= shallow, which was not offered
> demo
C: want @head@
C: shallow @head@
S~ ^ERR protocol error: unexpected line
S: <EOF>

= deepen, which was not offered
> demo
C: want @head@
C: deepen 1
S~ ^ERR protocol error: unexpected line
S: <EOF>

= deepen-not, which was not offered
> demo
C: want @head@
C: deepen-not refs/heads/main
S~ ^ERR protocol error: unexpected line
S: <EOF>

= filter, which was not offered
> demo
C: want @head@
C: filter blob:none
S~ ^ERR protocol error: unexpected line
S: <EOF>

= another object format
> demo
C: want @head@ object-format=sha256
S~ ^ERR .*the repository is sha1
S: <EOF>

= an object format that is none
> demo
C: want @head@ object-format=rot13
S~ ^ERR 
S: <EOF>

= end of file after a want
> demo
C: want @head@
C: <half-close>
S: <EOF>
@ status 128

= end of file after the wants
> demo
C: want @head@
C: <flush>
C: <half-close>
S: <EOF>
@ status 128

= end of file after a have
> demo
C: want @head@
C: <flush>
C: have @head@
C: <half-close>
S: ACK @head@
S: <EOF>
@ status 128

= end of file inside of a have
> demo
C: want @head@
C: <flush>
C! 0032have 12
C: <half-close>
S: <EOF>
@ status 128

= hanging up in the middle of a pack
> big
C: want @big@ side-band-64k
C: <flush>
C: done
S: NAK
S~ .
C: <close>
@ status 128
@ log hung up

= 20,000 flush-pkts
> demo
C: want @head@
C: <flush>
C!* 20000 0000
C: done
S* ^NAK$
S% PACK

= 20,000 flush-pkts of a client that does not read
> demo
@ slow yes
C: want @head@
C: <flush>
C!* 5000 0000
C: <close>

= 100,000 haves that are not here
> demo
C: want @head@ multi_ack_detailed side-band-64k
C: <flush>
C* 100000 have %040x
C: done
S: NAK
S* \\x01PACK
S* ^<flush>$
S: <EOF>
@ memory 16
@ deadline 20

= 100,000 times the same have
> demo
C: want @head@ side-band-64k
C: <flush>
C* 100000 have @light@
C: done
S: ACK @light@
S* \\x01PACK
S* ^<flush>$
@ memory 16
@ deadline 20

= 100,000 wants that are not here
> demo
C* 100000 want %040x
C: <flush>
S~ ^ERR upload-pack: not our ref 0000000000000000000000000000000000000000
S: <EOF>
@ memory 32

= 100,000 wants that begin alike
> demo
C* 100000 want 0123456789abcdef%024x
C: <flush>
S~ ^ERR upload-pack: not our ref 0123456789abcdef
S: <EOF>
@ memory 32

= a million and one wants
> demo
C* 1000001 want %040x
S~ ^ERR .*more than 1000000 wants or haves
S: <EOF>
@ memory 128
@ deadline 20

= the whole conversation at once, byte by byte
> demo
@ chunk 1
C: want @head@ side-band-64k
C: <flush>
C: have @none@
C: done
S: NAK
S* \\x01PACK
S* ^<flush>$
S: <EOF>
@ status 0

= what follows done is not read
> demo
C: want @head@ side-band-64k
C: <flush>
C: done
C: want @none@
C: <flush>
S: NAK
S* \\x01PACK
S* ^<flush>$
S: <EOF>

= an ERR of the client
> demo
C: ERR \x1b[31mgo away
S: <EOF>
@ log hung up unexpectedly: .+x1b\[31mgo away
TRANSCRIPT
play 'v0' <"$scratch/v0"

play 'v1' <<'TRANSCRIPT'
= version 1 says so
C: git-upload-pack /demo\0host=x\0\0version=1\0
S: version 1
S~ HEAD\\x00
S* ^<flush>$
C: <flush>
S: <EOF>

= a request that is delivered byte by byte, and pipelined
@ chunk 1
C: git-upload-pack /demo\0host=x\0\0version=1\0
C: want @head@
C: <flush>
C: done
S* ^<flush>$
S: NAK
S% ^PACK
TRANSCRIPT

# --- fetch, version 2 ----------------------------------------------------------------------------------

with_opening version=2 <<'TRANSCRIPT' >"$scratch/v2"
= a client that only looks
> demo
C: <flush>
S: <EOF>
@ status 0

= an unknown command
> demo
C: command=make-coffee
S: ERR invalid command: 'make-coffee'
S: <EOF>

= two commands
> demo
C: command=ls-refs
C: command=fetch
S~ ^ERR invalid command: a second one, 'fetch'
S: <EOF>

= no command
> demo
C: agent=x/1
C: <flush>
S~ ^ERR invalid command: no command requested
S: <EOF>

= no command, but arguments
> demo
C: <delim>
C: peel
C: <flush>
S~ ^ERR invalid command: no command requested
S: <EOF>

= an unknown capability
> demo
C: command=ls-refs
C: packfile-uris=https
S~ ^ERR unknown capability: 'packfile-uris=https'
S: <EOF>

= arguments without a delim-pkt
> demo
C: command=ls-refs
C: peel
S~ ^ERR unknown capability: 'peel'
S: <EOF>

= another object format
> demo
C: command=ls-refs
C: object-format=sha256
C: <delim>
C: <flush>
S~ ^ERR .*mismatched object format: server sha1
S: <EOF>

= an argument of the other command
> demo
C: command=fetch
C: <delim>
C: peel
S~ ^ERR unexpected line: 'peel'
S: <EOF>

= and the other way round
> demo
C: command=ls-refs
C: <delim>
C: want @head@
S~ ^ERR unexpected line: 'want
S: <EOF>

= shallow, deepen and filter were not offered
> demo
C: command=fetch
C: <delim>
C: deepen 1
S~ ^ERR unexpected line: 'deepen 1'
S: <EOF>

= a filter
> demo
C: command=fetch
C: <delim>
C: filter blob:none
S~ ^ERR unexpected line: 'filter blob:none'
S: <EOF>

= want-ref was not offered
> demo
C: command=fetch
C: <delim>
C: want-ref refs/heads/main
S~ ^ERR unexpected line: 'want-ref
S: <EOF>

= a second delim-pkt
> demo
C: command=ls-refs
C: <delim>
C: <delim>
S: <EOF>
@ status 128

= a response-end-pkt
> demo
C: <end>
S: <EOF>
@ status 128

= end of file after the command
> demo
C: command=ls-refs
C: <half-close>
S: <EOF>
@ status 128

= end of file among the arguments
> demo
C: command=ls-refs
C: <delim>
C: peel
C: <half-close>
S: <EOF>
@ status 128

= end of file after a want
> demo
C: command=fetch
C: <delim>
C: want @head@
C: <half-close>
S: <EOF>
@ status 128

= 100,000 prefixes: the client gets every ref
> demo
C: command=ls-refs
C: <delim>
C* 100000 ref-prefix refs/none/%d
C: <flush>
S~ HEAD$
S~ refs/heads/main$
S* ^<flush>$
C: <half-close>
S: <EOF>
@ memory 32

= 60,000 prefixes are 60,000 prefixes
> demo
C: command=ls-refs
C: <delim>
C* 60000 ref-prefix refs/none/%d
C: ref-prefix refs/heads/main
C: <flush>
S~ refs/heads/main$
S: <flush>
C: <half-close>
S: <EOF>
@ memory 32

= 400 prefixes of 65,000 bytes
> demo
C: command=ls-refs
C: <delim>
C* 400 ref-prefix @name65000@%d
C: <flush>
S* ^<flush>$
C: <half-close>
S: <EOF>
@ memory 64

= a prefix of nothing, and one with a NUL
> demo
C: command=ls-refs
C: <delim>
C: ref-prefix refs/heads/main\0x
C: <flush>
S: <flush>
C: command=ls-refs
C: <delim>
C: ref-prefix 
C: <flush>
S~ HEAD$
S* ^<flush>$
C: <half-close>
S: <EOF>

= 100,000 server-options
> demo
C: command=ls-refs
C* 100000 server-option=%d
C: <delim>
C: <flush>
S~ HEAD$
S* ^<flush>$
C: <half-close>
S: <EOF>
@ memory 16

= a want of what no ref reaches
> demo
C: command=fetch
C: <delim>
C: want @gone@
C: done
C: <flush>
S: ERR upload-pack: not our ref @gone@
S: <EOF>

= has the answer of what is not there
> demo
C: command=fetch
C: <delim>
C: want @none@
C: done
C: <flush>
S: ERR upload-pack: not our ref @none@
S: <EOF>

= a have is no way to learn what is there
> demo
C: command=fetch
C: <delim>
C: want @gone@
C: have @head@
C: <flush>
S: ERR upload-pack: not our ref @gone@
S: <EOF>

= a fetch of nothing
> demo
C: command=fetch
C: <delim>
C: done
C: <flush>
C: <half-close>
S: <EOF>
@ status 0

= a fetch without arguments
> demo
C: command=fetch
C: <flush>
C: <half-close>
S: <EOF>
@ status 0

= 300,000 haves that are not here
> demo
C: command=fetch
C: <delim>
C: want @head@
C* 300000 have %040x
C: done
C: <flush>
S: packfile
S* \\x01PACK
S* ^<flush>$
C: <half-close>
S: <EOF>
@ memory 16
@ deadline 30

= pipelined commands
> demo
C: command=ls-refs
C: <delim>
C: ref-prefix HEAD
C: <flush>
C: command=fetch
C: <delim>
C: want @head@
C: done
C: <flush>
C: command=ls-refs
C: <delim>
C: ref-prefix HEAD
C: <flush>
C: <half-close>
S: @head@ HEAD
S: <flush>
S: packfile
S* \\x01PACK
S* ^<flush>$
S: @head@ HEAD
S: <flush>
S: <EOF>
@ status 0

= a hundred fetches in one connection
> demo
C!* 100 0011command=fetch00010031want @head@0009done\n0000
S: packfile
S* ^<flush>$
C: <close>
@ deadline 20

= a client that goes silent
> demo
@ socket hasty
C: command=fetch
S~ ^ERR timed out: the connection was idle too long
S: <EOF>
@ log blame=peer

= a client that goes silent in the middle of a line
> demo
@ socket hasty
C! 0032want 12
S~ ^ERR timed out: the connection was idle too long
S: <EOF>

= a client that talks for ever, a little
> demo
@ socket hasty
C! 0014
C: <wait 0.8>
C! comman
C: <wait 0.8>
C! d=ls-
C: <wait 0.8>
C! refs
C: <wait 0.8>
S~ ^ERR timed out: the connection took too long
S: <EOF>

= a client that never reads
> big
@ socket hasty
@ slow yes
C: command=fetch
C: <delim>
C: want @big@
C: done
C: <flush>
C: <wait 2.2>
S* .
S* \\x01
@ log idle too long
TRANSCRIPT
play 'v2' <"$scratch/v2"

# --- push ----------------------------------------------------------------------------------------------

sed -e 's|^> *\(.*\)|C: git-receive-pack /\1\\0host=x\\0\nS* ^<flush>$|' <<'TRANSCRIPT' >"$scratch/push"
= a client that only looks
> demo
C: <flush>
S: <EOF>
@ status 0

= one that hangs up
> demo
C: <half-close>
S: <EOF>

= a command that is none
> demo
C: update main please
S~ ^ERR protocol error: expected old/new/ref
S: <EOF>

= a command without a name
> demo
C: @null@ @head@ 
S~ ^ERR protocol error: expected old/new/ref
S: <EOF>

= a command with half an old value
> demo
C: 1234 @head@ refs/heads/x
S~ ^ERR protocol error: expected old/new/ref
S: <EOF>

= a name of 1025 bytes
> demo
C: @null@ @head@ refs/heads/x@name1024@
S~ ^ERR protocol error: expected old/new/ref
S: <EOF>

= a delim-pkt among the commands
> demo
C: <delim>
S~ ^ERR protocol error: expected old/new/ref
S: <EOF>

= an empty line among the commands
> demo
C! 0004
S~ ^ERR protocol error: expected old/new/ref
S: <EOF>

= another object format
> demo
C: @null@ @head@ refs/heads/x\0 report-status object-format=sha256
S~ ^ERR 
S: <EOF>

= end of file after a command
> demo
C: @null@ @head@ refs/heads/x\0 report-status
C: <half-close>
S: <EOF>
@ status 128

= end of file inside of a command
> demo
C! 0080@null@ @he
C: <half-close>
S: <EOF>
@ status 128

= end of file where the pack should be
> demo
C: @null@ @head@ refs/heads/x\0 report-status
C: <flush>
C: <half-close>
S~ ^unpack eof before pack header was fully read
S~ ^ng refs/heads/x unpacker error
S* ^<flush>$
S* <EOF>

= without capabilities there is nobody to tell
> demo
C: @null@ @head@ refs/heads/x
C: <flush>
C: <half-close>
S* <EOF>

= a pack that is none
> demo
C: @null@ @blob@ refs/tags/x\0 report-status
C: <flush>
C! GARBAGEGARBAGEGARBAGEGARBAGE
C: <half-close>
S~ ^unpack protocol error \(pack signature mismatch detected\)
S~ ^ng refs/tags/x unpacker error
S* <EOF>

= half a pack
> demo
C: @null@ @blob@ refs/tags/x\0 report-status
C: <flush>
C! @half@
C: <half-close>
S~ ^unpack early EOF
S~ ^ng refs/tags/x unpacker error
S* <EOF>

= half a pack and silence
> demo
@ socket hasty
C: @null@ @blob@ refs/tags/x\0 report-status
C: <flush>
C! @half@
S~ timed out
S* <EOF>

= half a pack and gone
> demo
C: @null@ @blob@ refs/tags/x\0 report-status side-band-64k
C: <flush>
C! @half@
C: <close>

= bytes after the pack
> demo
C: @null@ @blob@ refs/tags/x\0 report-status
C: <flush>
C! @pack@more
C: <half-close>
S~ ^unpack garbage after the pack
S~ ^ng refs/tags/x unpacker error
S* <EOF>

= a pack over the limit of the policy
> demo
@ socket small
C: @null@ @blob@ refs/tags/x\0 report-status
C: <flush>
C! PACK\0\0\0\x02\0\0\0\x01\xbf\xff\x7fxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
C: <half-close>
S~ ^unpack 
S~ ^ng refs/tags/x unpacker error
S* <EOF>

= a pack that says it has four billion objects
> demo
C: @null@ @blob@ refs/tags/x\0 report-status
C: <flush>
C! PACK\0\0\0\x02\xff\xff\xff\xff
C: <half-close>
S~ ^unpack too many objects
S* <EOF>
@ memory 32

= a pack, but a ref that it does not have
> demo
C: @null@ @none@ refs/tags/x\0 report-status
C: <flush>
C! @pack@
C: <half-close>
S: unpack ok
S: ng refs/tags/x missing necessary objects
S: <flush>
S: <EOF>

= an old value that is not the ref's
> demo
C: @none@ @null@ refs/heads/main\0 report-status delete-refs
C: <flush>
S: unpack ok
S~ ^ng refs/heads/main 
S* <EOF>

= names that are not a ref's
> demo
C: @head@ @null@ refs/heads/../../../x\0 report-status delete-refs
C: @head@ @null@ /etc/passwd
C: @head@ @null@ HEAD
C: @head@ @null@ config
C: @head@ @null@ refs/heads/x.lock
C: @head@ @null@ refs/heads/a\x01b
C: @head@ @null@ refs
C: @head@ @null@ refs/heads/.x
C: <flush>
S: unpack ok
S~ ^ng refs/heads/../../../x 
S~ ^ng /etc/passwd 
S~ ^ng HEAD 
S~ ^ng config 
S~ ^ng refs/heads/x.lock 
S~ ^ng refs/heads/a\\x01b 
S~ ^ng refs 
S~ ^ng refs/heads/.x 
S: <flush>
S: <EOF>

= one ref twice
> demo
C: @head@ @null@ refs/heads/main\0 report-status delete-refs
C: @head@ @light@ refs/heads/main
C: <flush>
C! PACK\0\0\0\x02\0\0\0\0\x02\x9d\x08\x82;\xd8\xa8\xea\xb5\x10\xadj\xc7\\\x82<\xfd>\xd3\x1e
S: unpack ok
S~ ^ng refs/heads/main 
S~ ^ng refs/heads/main 
S* <EOF>

= 65,536 commands are answered
> demo
C: @none@ @null@ refs/heads/none\0 report-status delete-refs
C* 65535 @none@ @null@ refs/heads/%d
C: <flush>
S: unpack ok
S* refs/heads/65534
S: <flush>
S: <EOF>
@ deadline 20
@ memory 128

= 65,537 are not
> demo
C: @none@ @null@ refs/heads/none\0 report-status delete-refs
C* 65536 @none@ @null@ refs/heads/%d
C: <flush>
S~ ^ERR too many ref updates in one push
S: <EOF>
@ deadline 20
@ memory 128

= 100,000 shallow lines
> demo
C* 100000 shallow %040x
C: <flush>
S: <EOF>
@ memory 16

= a client that goes silent
> demo
@ socket hasty
C: @null@ @head@ refs/heads/x\0 report-status
S~ ^ERR timed out
S: <EOF>
TRANSCRIPT
play 'push' <"$scratch/push"

# --- directly, as ssh has it ---------------------------------------------------------------------------

play 'directly' <<'TRANSCRIPT'
= upload-pack, a client that only looks
@ direct upload-pack @demo@
S~ HEAD\\x00
S* ^<flush>$
C: <flush>
S: <EOF>

= upload-pack, a bad length
@ direct upload-pack @demo@
S* ^<flush>$
C! fffg
S~ ^ERR protocol error: bad line length: fffg
S: <EOF>

= upload-pack, hanging up before the advertisement
@ direct upload-pack @demo@
C: <close>

= upload-pack, version 2, an unknown command
@ direct upload-pack @demo@
@ protocol version=2
S* ^<flush>$
C: command=x
S~ ^ERR invalid command
S: <EOF>

= upload-pack, idle
@ direct upload-pack --timeout=1 @demo@
S* ^<flush>$
S~ ^ERR timed out
S: <EOF>

= receive-pack, half a pack and gone
@ direct receive-pack @demo@
S* ^<flush>$
C: @null@ @blob@ refs/tags/x\0 report-status
C: <flush>
C! @half@
C: <close>
TRANSCRIPT

like 'the reason is on standard error' \
	"$(printf 0003 | "$gitcell_serve" upload-pack "$root/demo.git" 2>&1 >"$scratch/out")" \
	'^fatal: protocol error: bad line length: 0003$'
ok 'and the repository is sound' git -C "$root/demo.git" fsck --full --strict --no-dangling
finish
