/* SPDX-License-Identifier: ISC */
/*
 * tests/escape/cage.h: a process in one stage of the sandbox, set up as production does it, in a
 * scratch directory that has something to steal:
 *
 *   secret              outside the root
 *   root/cell.git       the repository that was granted; planted and planted.git are symbolic links
 *   root/sibling.git    the one that was not
 */
#ifndef TESTS_ESCAPE_CAGE_H
#define TESTS_ESCAPE_CAGE_H

#include <limits.h>
#include <stdbool.h>
#include "cell/fence.h"

/* How an attempt ended: an errno, or one of these. */
enum {
	WORKS = 0,
	KILLED = -1,    /* by SIGSYS */
	BROKEN = -2,    /* anything else: another signal, a cage that could not be built */
	NOT_TRIED = -3, /* an expectation: there is nothing to learn, or it would do harm */
};

enum layers {
	BOTH_FENCES,
	LANDLOCK_ALONE, /* proves Landlock by itself; only where the attempt is harmless */
};

/* Returns -1 and errno, or anything else for success, as system calls do. */
typedef long attempt_fn(void);

struct attempt {
	attempt_fn *function; /* or, if NULL, */
	long number;          /* this system call */
	long args[6];
};

/* Makes ATTEMPT in STAGE and says how it ended; Landlock is capped at ABI_MAX. */
int cage_try(enum stage stage, enum layers layers, int abi_max, const struct attempt *attempt);

/* The kernel's Landlock ABI; 0 if there is none. */
int cage_landlock_abi(void);

/* "it works", "killed", "EACCES", … */
const char *cage_outcome(int outcome);

#endif
