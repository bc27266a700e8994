/* SPDX-License-Identifier: ISC */
/* repo/packed_refs_write.h: packed-refs without some of its refs. Stage keeper. */
#ifndef REPO_PACKED_REFS_WRITE_H
#define REPO_PACKED_REFS_WRITE_H

#include "repo/ref_list.h"
#include "repo/repo.h"

/*
 * Drops the refs that GONE (sorted) names from packed-refs, once for all; everything else stays
 * byte for byte. On return the new file is on disk, or nothing changed. The caller holds
 * packed-refs.lock.
 */
const struct fault *packed_refs_drop(const struct repo *repo, const struct ref_list *gone) MUST_USE;

#endif
