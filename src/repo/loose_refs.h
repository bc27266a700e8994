/* SPDX-License-Identifier: ISC */
/*
 * repo/loose_refs.h: refs that are files of their own: "ref: NAME" or the hex of an oid.
 * gitrepository-layout(5).
 */
#ifndef REPO_LOOSE_REFS_H
#define REPO_LOOSE_REFS_H

#include "base/buffer.h"
#include "base/refname.h"
#include "repo/ref_list.h"
#include "repo/repo.h"

struct loose_ref {
	enum {
		LOOSE_ABSENT,
		LOOSE_BROKEN, /* there, and hides a packed one of its name, but says nothing */
		LOOSE_OID,
		LOOSE_SYMREF,
	} kind;
	struct oid oid;
	char target[REFNAME_MAX + 1];
};

/* What the content of a file says; never LOOSE_ABSENT. */
void loose_ref_parse(struct cursor text, const struct hash_algo *algo, struct loose_ref *out);

/* Reads the file of the ref NAME ("HEAD" or "refs/..."). */
const struct fault *loose_ref_read(
	const struct repo *repo, const char *name, struct loose_ref *out) MUST_USE;

/*
 * Adds every loose ref below refs/ to LIST, sorted by name; broken ones with a null oid. Names that
 * break the rules, and lock files, are not refs.
 */
const struct fault *loose_refs_load(struct ref_list *list, const struct repo *repo) MUST_USE;

#endif
