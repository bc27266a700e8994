/* SPDX-License-Identifier: ISC */
/* tests/escape/table.h: attempts and how they have to end; table.c has them. */
#ifndef TESTS_ESCAPE_TABLE_H
#define TESTS_ESCAPE_TABLE_H

#include "tests/escape/cage.h"

struct trial {
	const char *name;
	struct attempt attempt;
	int both[STAGE_COUNT];     /* with both fences */
	int landlock[STAGE_COUNT]; /* with Landlock alone */
	int landlock_abi;          /* from which ABI on; 0: Landlock has no say in it */
};

extern const struct trial trials[];
extern const size_t trial_count;

#endif
