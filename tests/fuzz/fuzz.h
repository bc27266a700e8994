/* SPDX-License-Identifier: ISC */
/* tests/fuzz/fuzz.h: what each fuzz target is made of. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/cursor.h"
#include "base/fault.h"

/* The entry of libFuzzer; of replay.c in an ordinary build. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* A property that must hold whatever comes in. */
static inline void must(bool holds)
{
	if (!holds)
		abort();
}

/* Nobody but who sent the input may be to blame. */
static inline void must_be_the_peers(const struct fault *fault)
{
	if (!fault || fault->blame == BLAME_PEER)
		return;
	fprintf(stderr, "%s: %s (%s)\n", fault->text, fault_detail(fault),
		blame_name(fault->blame));
	abort();
}

#endif
