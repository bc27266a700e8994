/* SPDX-License-Identifier: ISC */
/*
 * repo/ref_transaction.h: moving refs so that a crash leaves each one old or new.
 *
 * Files backend, compatible with a stock git that works beside us: NAME.lock taken (see
 * repo/ref_lock.h), the old value compared under the lock, the new one written and fsynced,
 * renamed, directories fsynced; deletes rewrite packed-refs under packed-refs.lock before the loose
 * file goes. A symbolic ref is followed: what it leads to moves. Stage keeper.
 */
#ifndef REPO_REF_TRANSACTION_H
#define REPO_REF_TRANSACTION_H

#include "base/oid.h"
#include "repo/repo.h"

struct ref_update {
	const char *name;
	struct oid old_oid; /* null: must not exist */
	struct oid new_oid; /* null: delete */
	/* Answer: NULL if the ref moved, else why not, in git's words: "incorrect
	 * old value provided", "reference already exists", "reference does not exist", "refname
	 * conflict", "failed to update ref". A constant string. */
	const char *refusal;
	bool unsure; /* it moved, but the host failed to say that this is on disk */
};

/*
 * Tries each update, deletes first, then the others; each succeeds or is refused by itself; of two
 * with one name the second is refused. A fault
 * means that the host failed (disk full, I/O); updates before it have their answers, the others
 * are refused with "failed to update ref". What has moved is never called refused, and is on disk
 * unless it is called unsure.
 */
const struct fault *ref_transaction(
	const struct repo *repo, struct ref_update *updates, size_t count) MUST_USE;

#endif
