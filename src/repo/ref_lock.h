/* SPDX-License-Identifier: ISC */
/*
 * repo/ref_lock.h: the locks of the files backend, made so that a crash of ours cannot leave one.
 *
 * To others a ref is locked if NAME.lock exists. Ours are hard links to one file of the repository,
 * "gitcell.lock", the guard, on which the one gitcell that moves refs of this repository holds
 * flock(2). So whoever holds the guard knows every link to it for a leftover of the dead, and
 * removes them; the guard's link count says whether there are any. One descriptor serves any
 * number of locks. Stage keeper.
 *
 *	struct ref_guard guard;
 *	TRY(ref_guard_enter(&guard));
 *	fault = ref_lock(&guard, "refs/heads/x", &refusal);
 *	if (!fault && !refusal)
 *		... ref_unlock("refs/heads/x");
 *	ref_guard_leave(&guard);
 */
#ifndef REPO_REF_LOCK_H
#define REPO_REF_LOCK_H

#include <stdbool.h>
#include "base/fault.h"

#define REF_GUARD_WAIT_MS 30000  /* for another gitcell to finish */
#define REF_LOCK_WAIT_MS 100     /* for a stock git, for each ref, as core.filesRefLockTimeout */
#define REF_LOCKS_WAIT_MS 5000   /* for all refs of a transaction together */
#define PACKED_LOCK_WAIT_MS 1000 /* for packed-refs, as core.packedRefsTimeout */

/* A value waits here for its rename, under the guard: who has the guard knows it for a leftover. */
#define REF_VALUE_FILE "gitcell.value"

struct ref_guard {
	int fd;
	unsigned patience_ms; /* what is left of REF_LOCKS_WAIT_MS */
};

/* Becomes the one that moves refs here; removes what a crash left, locks and temporary files.
 * fault_repository_write if another one does not finish in time. */
const struct fault *ref_guard_enter(struct ref_guard *guard) MUST_USE;
void ref_guard_leave(struct ref_guard *guard);

/* Removes what a crash left, for one that moves nothing; waits for nobody and never fails loudly.
 */
void ref_guard_sweep(void);

/* Takes NAME.lock, making the directories above it; *REFUSAL, a constant, says why not: somebody
 * holds it, or a directory above it is a ref. */
const struct fault *ref_lock(
	struct ref_guard *guard, const char *name, const char **refusal) MUST_USE;
void ref_unlock(const char *name);

/* Takes packed-refs.lock, under the guard; *TAKEN is false if somebody holds it. */
const struct fault *packed_refs_lock(bool *taken) MUST_USE;
void packed_refs_unlock(void);

/* The reasons that locks and transactions have in common. */
#define REFUSED_CONFLICT "refname conflict"
#define REFUSED_OTHERWISE "failed to update ref"

#endif
