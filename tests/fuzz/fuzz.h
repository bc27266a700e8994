/* SPDX-License-Identifier: ISC */
/* tests/fuzz/fuzz.h: what each fuzz target is made of. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include "base/cursor.h"

/* The entry of libFuzzer; of replay.c in an ordinary build. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* A property that must hold whatever comes in. */
static inline void must(bool holds)
{
	if (!holds)
		abort();
}

#endif
