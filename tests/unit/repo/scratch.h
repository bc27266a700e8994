/* SPDX-License-Identifier: ISC */
/* tests/unit/repo/scratch.h: a repository in a scratch directory, made by the installed git. */
#ifndef TESTS_UNIT_REPO_SCRATCH_H
#define TESTS_UNIT_REPO_SCRATCH_H

#include "tests/unit/test.h"
#include "base/hash.h"
#include "repo/odb.h"

/* Makes an empty bare repository and goes into it; HOME and git's configuration are out of sight. */
void scratch_make(void);
/* Removes it. */
void scratch_remove(void);
/* Runs a shell command there; the test fails if it does. */
void scratch_run(const char *format, ...) PRINTF_LIKE(1, 2);
/* The first line that a shell command writes, as an oid. */
struct oid scratch_oid(const char *format, ...) PRINTF_LIKE(1, 2);
/* Opens the four descriptors of the repository at their numbers, and its odb. */
struct odb *scratch_odb(void);
/* Every object that git finds is read, described and streamed by ODB just so; returns how many. */
unsigned scratch_compare(struct odb *odb);

#endif
