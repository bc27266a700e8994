#!/bin/sh
# SPDX-License-Identifier: ISC
# Replays the corpus of each fuzz target, tests/fuzz/corpus/NAME, through tests/fuzz/fuzz-NAME; TAP.
# "make check" runs it in the build directory, with srcdir in the environment.
corpus=${srcdir:-.}/tests/fuzz/corpus

count=0
for target in tests/fuzz/fuzz-*; do
	test -f "$target" && test -x "$target" || continue
	name=${target#tests/fuzz/fuzz-}
	count=$((count + 1))
	set -- "$corpus/$name"/*
	if test -f "$1" && "$target" "$@"; then
		echo "ok $count - $name: $# inputs"
	else
		echo "not ok $count - $name"
	fi
done
echo "1..$count"
