/* SPDX-License-Identifier: ISC */
/*
 * cli/repositories.h: the repositories below a root, and what is in one. For list and check.
 */
#ifndef CLI_REPOSITORIES_H
#define CLI_REPOSITORIES_H

#include <stdbool.h>
#include "cli/tree.h"
#include "repo/refs.h"
#include "wire/request.h"

struct repository {
	char *path; /* below the root */
	char *name; /* as clients say it; NULL if no name leads here */
};

struct repositories {
	struct repository *list; /* sorted by path */
	size_t count, cap;
	const struct fault *failed;
	tree_problem *problem;
	void *arg;
};

extern const struct fault fault_cli_root; /* host; the root cannot be used; the note says why */

/* Opens the root; it may be a symbolic link, as for the server. */
const struct fault *root_open(const char *path, int *fd) MUST_USE;

/* Does the directory PATH below DIR look like a repository, or like the work tree of one? */
bool looks_like_repository(int dir, const char *path);

/*
 * Finds directories that look like repositories, and looks no further below them. PROBLEM (may be
 * NULL) is told with ARG of directories that cannot be read.
 */
const struct fault *repositories_find(
	struct repositories *all, int root, tree_problem *problem, void *arg) MUST_USE;
void repositories_free(struct repositories *all);

/*
 * Opens the repository PATH below ROOT as the server would, and reads its refs. The descriptors of
 * repo/repo.h are taken, whatever they were.
 */
const struct fault *repository_inspect(
	int root, const char *path, struct repo *repo, struct refs *refs) MUST_USE;

#endif
