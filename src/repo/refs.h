/* SPDX-License-Identifier: ISC */
/*
 * repo/refs.h: the refs of a repository, as one consistent-enough snapshot: loose directories are
 * read before packed-refs, so that a concurrent pack-refs cannot hide one. gitrepository-layout(5),
 * git-pack-refs(1).
 */
#ifndef REPO_REFS_H
#define REPO_REFS_H

#include "base/oid.h"
#include "repo/repo.h"
#include "base/refname.h"

#define REFS_MAX 2000000u  /* refs of one repository */
#define SYMREF_DEPTH_MAX 5 /* files read to resolve one, as git */

struct ref {
	const char *name;   /* full: "refs/heads/x"; owned by the snapshot */
	const char *symref; /* where it leads in the end if it is symbolic, else NULL */
	struct oid oid;
	struct oid peeled; /* if peel is PEEL_TAG */
	enum { PEEL_UNKNOWN, PEEL_NONE, PEEL_TAG } peel;
};

struct refs {
	struct ref *list; /* sorted by name, bytewise; broken and dangling ones are left out */
	size_t count;
	/* HEAD: where it leads in the end if it is symbolic; whether it resolves, and to what. */
	char head_symref[REFNAME_MAX + 1];
	bool head_is_symref;
	bool head_born;
	struct oid head;
	struct buffer *memory; /* of the names */
};

extern const struct fault
	fault_refs; /* repository: packed-refs that does not parse, over REFS_MAX */

const struct fault *refs_load(struct refs *refs, const struct repo *repo) MUST_USE;
void refs_free(struct refs *refs);

/* The ref called NAME, or NULL. */
struct ref *refs_find(const struct refs *refs, const char *name);

/* Fills in peel and peeled of REF, reading tag objects if packed-refs did not say. A tag chain that
 * does not end within TAG_DEPTH_MAX (repo/odb.h), or a missing object, counts as PEEL_NONE. */
struct odb;
const struct fault *ref_peel(
	struct ref *ref, struct odb *odb, const struct hash_algo *algo) MUST_USE;

/* One ref as it is right now: *FOUND is false if it does not exist or is a symbolic one that leads
 * to none. fault_refs if its file says nothing. */
const struct fault *ref_read(
	const struct repo *repo, const char *name, bool *found, struct oid *out) MUST_USE;

#endif
