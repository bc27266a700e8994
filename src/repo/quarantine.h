/* SPDX-License-Identifier: ISC */
/*
 * repo/quarantine.h: where a push's objects wait until they are known to be whole.
 *
 * A directory objects/tmp_objdir-incoming-gitcell-* (a name that git's own prune sweeps, too) with
 * one pack and one idx. Its maker holds flock() on it; one whose lock is free belongs to nobody
 * alive. See the crash table in ARCHITECTURE.md. Stages request (make) and keeper (all else).
 */
#ifndef REPO_QUARANTINE_H
#define REPO_QUARANTINE_H

#include "base/oid.h"
#include "repo/repo.h"

struct quarantine {
	char name[64]; /* of the directory, below FD_OBJECTS; "" when there is none */
	int dir;
	int pack; /* empty files, open for reading and writing */
	int idx;
};

extern const struct fault fault_quarantine; /* host; the note says what failed */

/* Makes it and locks it; removes those that nobody alive holds. The descriptors are the caller's to
 * place with dup3(). */
const struct fault *quarantine_make(struct quarantine *q) MUST_USE;

/*
 * Moves the pack and its idx, already complete, to objects/pack as pack-CHECKSUM.{pack,idx}, mode
 * 0444: fsync both, link the pack, link the idx last, fsync objects/pack. A pack that is there
 * already under this name and has the same size is kept, with its idx, and is no fault.
 */
const struct fault *quarantine_install(const struct quarantine *q, const struct oid *checksum,
	const struct hash_algo *algo) MUST_USE;

/* Removes what is left of it, and closes nothing; never fails loudly: the next push sweeps. */
void quarantine_remove(struct quarantine *q);

#endif
