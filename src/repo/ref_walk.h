/* SPDX-License-Identifier: ISC */
/*
 * repo/ref_walk.h: everything below a directory of refs, and the paths of refs below FD_REFS.
 *
 * The walk keeps its own list of directories: depth costs heap, and REFNAME_MAX bounds it.
 */
#ifndef REPO_REF_WALK_H
#define REPO_REF_WALK_H

#include <stdbool.h>
#include "base/fault.h"

/* Called for each entry with its full name, "refs/...", in no particular order, a directory before
 * what is in it. *DESCEND (false at first) asks for what is in a directory. */
typedef const struct fault *ref_visit(
	void *arg, const char *name, bool is_directory, bool *descend);

/* Walks what is below the directory ROOT: "refs" or a name that begins with "refs/". Entries whose
 * full name is longer than REFNAME_MAX are left out; fault_refs at more than REFS_MAX directories.
 */
const struct fault *ref_walk(const char *root, ref_visit *visit, void *arg) MUST_USE;

/* Where the ref or directory NAME ("refs" or "refs/...") lies below FD_REFS. */
const char *ref_path(const char *name);

#endif
