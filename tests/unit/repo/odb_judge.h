/* SPDX-License-Identifier: ISC */
/* tests/unit/repo/odb_judge.h: the installed git as the judge of an object database. */
#ifndef TESTS_UNIT_REPO_ODB_JUDGE_H
#define TESTS_UNIT_REPO_ODB_JUDGE_H

#include "repo/odb.h"
#include "tests/unit/repo/scratch.h"

/* Makes the current directory an empty bare repository, for git too. cmocka setup and teardown. */
int judge_enter(void **state);
int judge_leave(void **state);

/* Makes the commits FROM to TO - 1, each of which changes one line of a file of 300 and adds another
 * file in a directory. */
void judge_commits(int from, int to);
/* Everything into one pack of deltas; OPTIONS are git's. */
void judge_pack(const char *options);

/* The database of that repository. */
struct odb *judge_odb(void);
/* The first word that SCRIPT writes, as an oid. */
struct oid judge_oid(const char *script);
/* Every object that git finds is read, described and streamed by ODB just so; returns how many. */
unsigned judge_all(struct odb *odb);

#endif
