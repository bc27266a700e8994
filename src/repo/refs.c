/* SPDX-License-Identifier: ISC */
/*
 * repo/refs.c: the snapshot of all refs. Stages request to keeper; trusts nothing on disk.
 *
 * The loose refs are read before packed-refs: git-pack-refs(1) writes the packed file before it
 * removes the loose one, so every ref is seen in one of them.
 */
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "repo/loose_refs.h"
#include "repo/packed_refs.h"
#include "repo/refs.h"

const struct fault fault_refs = {BLAME_REPOSITORY, "the refs of the repository cannot be read"};

#define REFS_BUFFERS 2 /* names of loose refs, names of packed ones */

/* A loose ref hides the packed one of its name, even when it is broken. */
static const struct fault *merge(
	struct refs *refs, const struct ref_list *loose, const struct ref_list *packed)
{
	struct ref_list all = REF_LIST_INIT;
	const struct fault *fault = NULL;
	size_t l = 0, p = 0;
	int order;

	while (!fault && (l < loose->count || p < packed->count)) {
		if (l == loose->count || p == packed->count)
			order = l == loose->count ? 1 : -1;
		else
			order = strcmp(loose->list[l].name, packed->list[p].name);
		fault = ref_list_add(&all, order <= 0 ? &loose->list[l] : &packed->list[p]);
		l += order <= 0;
		p += order >= 0;
	}
	refs->list = all.list;
	refs->count = all.count;
	return fault;
}

/* Follows REF to the one at the end of its chain; NULL if it dangles or is broken. *LAST is the
 * name of the end, which need not exist; NULL if the chain does not end within SYMREF_DEPTH_MAX. */
static const struct ref *follow(const struct refs *refs, const struct ref *ref, const char **last)
{
	*last = NULL;
	for (unsigned depth = 0; depth < SYMREF_DEPTH_MAX; depth++) {
		if (!ref->symref)
			return oid_is_null(&ref->oid) ? NULL : ref;
		*last = ref->symref;
		ref = refs_find(refs, ref->symref);
		if (!ref)
			return NULL;
	}
	*last = NULL;
	return NULL;
}

/* Symbolic refs get the oid and the name of what they lead to; the rest of the list is untouched,
 * so that each chain is seen as it was read. */
static void resolve_symrefs(const struct refs *refs)
{
	const struct ref *end;
	const char *last;

	for (size_t i = 0; i < refs->count; i++) {
		if (!refs->list[i].symref)
			continue;
		end = follow(refs, &refs->list[i], &last);
		if (end)
			refs->list[i].oid = end->oid;
	}
}

/* Only now may a symref name the end of its chain instead of the next link. */
static void shorten_symrefs(const struct refs *refs)
{
	const char *last;

	for (size_t i = 0; i < refs->count; i++)
		if (refs->list[i].symref && !oid_is_null(&refs->list[i].oid) &&
			follow(refs, &refs->list[i], &last))
			refs->list[i].symref = last;
}

static void drop_broken(struct refs *refs)
{
	size_t kept = 0;

	for (size_t i = 0; i < refs->count; i++)
		if (!oid_is_null(&refs->list[i].oid))
			refs->list[kept++] = refs->list[i];
	refs->count = kept;
}

static const struct fault *read_head(struct refs *refs, const struct repo *repo)
{
	struct ref head = {.name = "HEAD"};
	const struct ref *end;
	struct loose_ref loose;
	const char *last;

	TRY(loose_ref_read(repo, "HEAD", &loose));
	if (loose.kind == LOOSE_SYMREF)
		head.symref = loose.target;
	if (loose.kind == LOOSE_OID)
		head.oid = loose.oid;
	end = follow(refs, &head, &last);
	refs->head_is_symref = last != NULL;
	if (last)
		memcpy(refs->head_symref, last, strlen(last) + 1);
	refs->head_born = end != NULL;
	if (end)
		refs->head = end->oid;
	return NULL;
}

static const struct fault *load(
	struct refs *refs, const struct repo *repo, struct ref_list *loose, struct ref_list *packed)
{
	TRY(loose_refs_load(loose, repo));
	TRY(packed_refs_load(packed, repo));
	TRY(merge(refs, loose, packed));
	resolve_symrefs(refs);
	TRY(read_head(refs, repo));
	shorten_symrefs(refs);
	drop_broken(refs);
	return NULL;
}

/* The names stay where they were read to: the buffers of LIST move to MEMORY, the array goes. */
static void keep_names(struct ref_list *list, struct buffer *memory)
{
	*memory = list->names;
	list->names = BUFFER_INIT;
	ref_list_free(list);
}

const struct fault *refs_load(struct refs *refs, const struct repo *repo)
{
	struct ref_list loose = REF_LIST_INIT, packed = REF_LIST_INIT;
	const struct fault *fault;

	*refs = (struct refs){.memory = mem_array(REFS_BUFFERS, sizeof *refs->memory)};
	if (!refs->memory)
		return &fault_memory;
	fault = load(refs, repo, &loose, &packed);
	keep_names(&loose, &refs->memory[0]);
	keep_names(&packed, &refs->memory[1]);
	if (fault)
		refs_free(refs);
	return fault;
}

void refs_free(struct refs *refs)
{
	for (size_t i = 0; refs->memory && i < REFS_BUFFERS; i++)
		buffer_free(&refs->memory[i]);
	free(refs->memory);
	free(refs->list);
	*refs = (struct refs){0};
}

struct ref *refs_find(const struct refs *refs, const char *name)
{
	return ref_search(refs->list, refs->count, name);
}
