/* SPDX-License-Identifier: ISC */
/*
 * repo/ref_read.h: one ref as it is right now. The loose file first, then packed-refs, which is
 * read again only when another file has taken its name.
 */
#ifndef REPO_REF_READ_H
#define REPO_REF_READ_H

#include "base/refname.h"
#include "repo/file.h"
#include "repo/ref_list.h"

struct packed_snapshot {
	struct ref_list refs;
	bool exists;
	struct stat stat; /* of the file that REFS was read from, if it exists */
};

#define PACKED_SNAPSHOT_INIT ((struct packed_snapshot){.refs = REF_LIST_INIT})

const struct fault *packed_snapshot_refresh(
	struct packed_snapshot *snapshot, const struct repo *repo) MUST_USE;
void packed_snapshot_free(struct packed_snapshot *snapshot);

/* The name at the end of the chain of symbolic refs that begins with NAME: NAME itself if it is
 * none. *BROKEN if the chain is too long, or ends in a file that says nothing. */
const struct fault *ref_resolve(const struct repo *repo, const char *name,
	char target[REFNAME_MAX + 1], bool *broken) MUST_USE;

struct ref_now {
	bool found;
	bool broken; /* a symbolic ref, or a file that says nothing */
	bool loose;  /* it has a file of its own */
	struct oid oid;
};

/* NAME, which is at the end of its chain. The snapshot is fresh when there is no loose file. */
const struct fault *ref_current(const struct repo *repo, struct packed_snapshot *snapshot,
	const char *name, struct ref_now *now) MUST_USE;

#endif
