#!/bin/sh
# SPDX-License-Identifier: ISC
# mkfilter says which line of a policy it does not understand, and why; it writes TAP.
mkfilter=seccomp/mkfilter
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
good=$scratch/good.policy
bad=$scratch/bad.policy
printf '# good: a summary\nread # a reason\n' >"$good"
number=0

result() {
	number=$((number + 1))
	if [ "$1" = "$2" ]; then
		printf 'ok %d - %s\n' "$number" "$3"
	else
		printf 'not ok %d - %s\n' "$number" "$3"
		printf '# got:      %s\n# expected: %s\n' "$1" "$2"
	fi
}

# refuses LINES LINE-NUMBER REASON: the lines come after the summary.
refuses() {
	printf '# bad: a summary\n%b\n' "$1" >"$bad"
	error=$("$mkfilter" "$good" "$good" "$good" "$bad" 2>&1 >/dev/null) && error="took it: $error"
	result "$error" "$bad:$2: $3" "refuses: $1"
}

echo 1..16
refuses 'raed # typo' 2 'no system call raed on this architecture (write raed? if it may be missing)'
refuses 'read' 2 'read has no reason'
refuses '\nread # a\nwrite if arg0 = 1 # b' 4 'expected == or <= at "= 1"'
refuses 'read if arg0 != 5 # a' 2 'expected == or <= at "!= 5"'
refuses 'read if arg6 == 1 # a' 2 'expected arg0 to arg5 at "arg6 == 1"'
refuses 'read if arg0 == 1 and arg0 == 2 # a' 2 'arg0 is compared twice'
refuses 'read if arg0 & 1 <= 0 # a' 2 'a mask goes with == only'
refuses 'read if arg0 & 1 == 2 # a' 2 'the value has bits outside the mask'
refuses 'read if arg0 == O_NONSENSE # a' 2 'unknown constant O_NONSENSE (see constants.c)'
refuses 'read if arg0 == 0x # a' 2 'not a number: "0x"'
refuses 'read if arg0 == (1|2 # a' 2 'expected ")" at ""'
refuses 'read -> errno EBAD1 # a' 2 'unknown errno EBAD1'
refuses 'read -> kill # a' 2 'expected "errno " at "kill"'
refuses 'read or write # a' 2 'left over: "or write"'
refuses '\tif arg0 == 1 # a' 2 'an indented line continues nothing'
printf '# good: a summary\nread\n\tif arg0 == 1 # a\n\t# reason\nnonsense? # no such call\n' >"$bad"
result "$("$mkfilter" "$good" "$good" "$good" "$bad" | grep -c '"arg0 == 1", "allow", "a reason"')" 1 \
	'an indented line continues the row, and a call that may be missing is left out'
