/* SPDX-License-Identifier: ISC */
/* repo/packed_refs_write.h: packed-refs without some of its refs. Stage keeper. */
#ifndef REPO_PACKED_REFS_WRITE_H
#define REPO_PACKED_REFS_WRITE_H

#include "repo/ref_list.h"
#include "repo/repo.h"

/* The new file waits under this name. Not "packed-refs.new": one of those that a crash left would
 * stop every stock git. */
#define PACKED_NEW_FILE "gitcell.packed-refs"

/*
 * Drops the refs that GONE (sorted) names from packed-refs, once for all; everything else stays
 * byte for byte. The caller holds packed-refs.lock. A fault: nothing has changed. *DROPPED: the new
 * file has its name, and the caller is to fsync the directory before a loose ref goes.
 */
const struct fault *packed_refs_drop(
	const struct repo *repo, const struct ref_list *gone, bool *dropped) MUST_USE;

#endif
