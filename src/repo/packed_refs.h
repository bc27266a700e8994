/* SPDX-License-Identifier: ISC */
/* repo/packed_refs.h: the file packed-refs; git-pack-refs(1), gitrepository-layout(5). */
#ifndef REPO_PACKED_REFS_H
#define REPO_PACKED_REFS_H

#include "repo/ref_list.h"
#include "repo/repo.h"

/* Reads the text of the file, one ref at a time. */
struct packed_reader {
	struct cursor rest;
	const struct hash_algo *algo;
	unsigned line;
	bool fully_peeled; /* no "^" line: the ref is no tag object */
	bool tags_peeled;  /* the same, but only of refs/tags/ */
};

struct packed_ref {
	struct cursor lines; /* all of it, as it stands, "^" line and LFs included */
	struct cursor name;  /* as written: not yet judged by refname_valid() */
	struct ref ref;      /* without a name */
};

/* Takes the header, if there is one. fault_refs with the line's number. */
const struct fault *packed_refs_start(
	struct packed_reader *reader, struct cursor text, const struct hash_algo *algo) MUST_USE;

/* *MORE is false at the end of the text. */
const struct fault *packed_refs_next(
	struct packed_reader *reader, struct packed_ref *out, bool *more) MUST_USE;

/* Adds every ref of TEXT, which becomes LIST's memory, to LIST, and sorts it. */
const struct fault *packed_refs_list(
	struct ref_list *list, struct buffer text, const struct hash_algo *algo) MUST_USE;

/* Reads the file into LIST; no file is an empty list. */
const struct fault *packed_refs_load(struct ref_list *list, const struct repo *repo) MUST_USE;

#endif
