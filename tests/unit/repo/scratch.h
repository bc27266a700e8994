/* SPDX-License-Identifier: ISC */
/*
 * tests/unit/repo/scratch.h: repositories made by the installed git in a directory of our own, and
 * the same git as the judge of what we read and wrote.
 */
#ifndef TESTS_UNIT_REPO_SCRATCH_H
#define TESTS_UNIT_REPO_SCRATCH_H

#include "base/buffer.h"
#include "repo/refs.h"
#include "repo/repo.h"

/* Makes an empty directory, makes it the current one, and keeps the user's git configuration out.
 * cmocka setup and teardown. */
int scratch_enter(void **state);
int scratch_leave(void **state);

/* Runs SCRIPT with sh -e; fails the test if it does. */
void run(const char *script, ...) PRINTF_LIKE(1, 2);

/* What SCRIPT wrote, valid until the next call. */
const char *output_of(const char *script, ...) PRINTF_LIKE(1, 2);

/* Opens the directory PATH and gives it to repo_open(). */
const struct fault *open_repository(struct repo *repo, const char *path) MUST_USE;

/* Asserts that we see the refs of the repository PATH as git does. */
void assert_refs_as_git(const struct repo *repo, const char *path);

/* The oid that git gives for REVISION in the repository PATH. */
struct oid oid_of(const char *path, const char *revision);

#endif
