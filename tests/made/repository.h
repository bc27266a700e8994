/* SPDX-License-Identifier: ISC */
/*
 * tests/made/repository.h: one small repository, the same on each run, in a directory of its own;
 * for fuzz targets that need one. It has a branch of three commits, a tag of a tag, a loose object
 * and a pack with deltas of both kinds.
 */
#ifndef TESTS_MADE_REPOSITORY_H
#define TESTS_MADE_REPOSITORY_H

#include "repo/repo.h"

#define MADE_OBJECTS_MAX 16

struct made_repository {
	char path[64];
	struct oid oids[MADE_OBJECTS_MAX];
	size_t count;
};

/* Makes it, opens it at the fixed descriptors, and removes it when the process ends. */
const struct made_repository *made_repository_open(struct repo *repo);

/* The names of its objects alone: nothing is written. */
const struct made_repository *made_repository_names(void);

/* Puts refs and packs back to what they were. */
void made_repository_restore(void);

#endif
