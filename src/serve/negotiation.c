/* SPDX-License-Identifier: ISC */
/*
 * serve/negotiation.c: wants, haves and when to stop. Stage fetch; every oid here is a client's.
 */
#include <stdlib.h>
#include "base/mem.h"
#include "repo/walk.h"
#include "serve/negotiation.h"

const struct fault fault_not_our_ref = {BLAME_PEER, "upload-pack: not our ref "};

void negotiation_init(
	struct negotiation *n, struct odb *odb, const struct refs *refs, struct graph *graph)
{
	*n = (struct negotiation){
		.odb = odb, .refs = refs, .graph = graph, .oldest_common = INT64_MAX};
}

void negotiation_free(struct negotiation *n)
{
	oidmap_free(&n->wants);
	oidmap_free(&n->common);
	free(n->common_commits);
}

static const struct fault *not_our_ref(struct negotiation *n, const struct oid *oid)
{
	char hex[OID_MAX_HEX + 1];

	return fault_note(&fault_not_our_ref, "%s", oid_hex(oid, n->graph->algo, hex));
}

static const struct fault *add_bounded(struct oidmap *map, const struct oid *oid, bool *added)
{
	uint32_t number;

	if (map->count >= NEGOTIATION_MAX)
		return fault_note(&fault_too_big, "more than %u wants or haves", NEGOTIATION_MAX);
	return oidmap_add(map, oid, &number, added);
}

/* --- wants ----------------------------------------------------------------------------------- */

const struct fault *negotiation_want(struct negotiation *n, const struct oid *oid)
{
	return add_bounded(&n->wants, oid, NULL);
}

/* The wants that no tip names, until the walk over everything reachable has met them. */
struct search {
	struct oidmap *wanted;
	uint8_t *met;
	size_t missing;
};

/* Ends the walk early; never leaves this file. */
static const struct fault found_all = {BLAME_US, "found"};

static const struct fault *look_for(void *arg, const struct oid *oid, enum object_type type)
{
	struct search *search = arg;
	uint32_t number = oidmap_find(search->wanted, oid);

	(void)type;
	if (number == OIDMAP_NONE || search->met[number])
		return NULL;
	search->met[number] = 1;
	return --search->missing ? NULL : &found_all;
}

static const struct fault *search_from_refs(struct negotiation *n, struct search *search)
{
	struct walk *walk;
	const struct fault *fault;

	TRY(walk_new(&walk, n->graph));
	fault = n->refs->head_born ? walk_include(walk, &n->refs->head) : NULL;
	for (size_t i = 0; !fault && i < n->refs->count; i++)
		fault = walk_include(walk, &n->refs->list[i].oid);
	if (!fault)
		fault = walk_run(walk, look_for, search);
	walk_free(walk);
	return fault == &found_all ? NULL : fault;
}

static const struct fault *check_others(struct negotiation *n, struct oidmap *others)
{
	struct search search = {others, mem_array(others->count, 1), others->count};
	const struct fault *fault;

	if (!search.met)
		return &fault_memory;
	fault = search_from_refs(n, &search);
	for (uint32_t i = 0; !fault && i < others->count; i++) {
		if (!search.met[i])
			fault = not_our_ref(n, &others->oids[i]);
	}
	free(search.met);
	return fault;
}

/* The tips as a set, so that many wants do not cost wants times refs. */
static const struct fault *tips(const struct negotiation *n, struct oidmap *set)
{
	uint32_t number;

	if (n->refs->head_born)
		TRY(oidmap_add(set, &n->refs->head, &number, NULL));
	for (size_t i = 0; i < n->refs->count; i++) {
		TRY(oidmap_add(set, &n->refs->list[i].oid, &number, NULL));
		if (n->refs->list[i].peel == PEEL_TAG)
			TRY(oidmap_add(set, &n->refs->list[i].peeled, &number, NULL));
	}
	return NULL;
}

/* The wants that are not tips; what is not here at all is refused at once. */
static const struct fault *find_others(struct negotiation *n, struct oidmap *others)
{
	struct oidmap set = OIDMAP_INIT;
	const struct fault *fault = tips(n, &set);

	for (uint32_t i = 0; !fault && i < n->wants.count; i++) {
		const struct oid *oid = &n->wants.oids[i];
		struct place place;
		uint32_t number;
		bool here;

		if (oidmap_find(&set, oid) != OIDMAP_NONE)
			continue;
		fault = odb_find(n->odb, oid, &here, &place);
		if (!fault && !here)
			fault = not_our_ref(n, oid);
		if (!fault)
			fault = oidmap_add(others, oid, &number, NULL);
	}
	oidmap_free(&set);
	return fault;
}

const struct fault *negotiation_check_wants(struct negotiation *n, enum want_rule rule)
{
	struct oidmap others = OIDMAP_INIT;
	const struct fault *fault = find_others(n, &others);

	if (!fault && others.count)
		fault = rule == WANT_TIPS ? not_our_ref(n, &others.oids[0])
					  : check_others(n, &others);
	oidmap_free(&others);
	return fault;
}

/* --- haves ----------------------------------------------------------------------------------- */

static const struct fault *mark_common_commit(struct negotiation *n, const struct oid *oid)
{
	uint32_t number;
	size_t cap;
	uint8_t *grown;

	TRY(graph_number(n->graph, oid, &number));
	TRY(graph_load(n->graph, number));
	if (number >= n->common_commits_cap) {
		cap = ((size_t)number + 1) * 2;
		grown = realloc(n->common_commits, cap);
		if (!grown)
			return &fault_memory;
		memset(grown + n->common_commits_cap, 0, cap - n->common_commits_cap);
		n->common_commits = grown;
		n->common_commits_cap = cap;
	}
	n->common_commits[number] = 1;
	if (n->graph->commits[number].date < n->oldest_common)
		n->oldest_common = n->graph->commits[number].date;
	return NULL;
}

const struct fault *negotiation_have(struct negotiation *n, const struct oid *oid, bool *here)
{
	struct place place;
	struct oid peeled;
	enum object_type type;
	bool added;

	TRY(odb_find(n->odb, oid, here, &place));
	if (!*here)
		return NULL;
	TRY(add_bounded(&n->common, oid, &added));
	if (!added)
		return NULL;
	n->give_up_known = false;
	TRY(graph_peel(n->graph, oid, &peeled, &type));
	return type == OBJECT_COMMIT ? mark_common_commit(n, &peeled) : NULL;
}

/* The commits that the wants stand for. No have will ever be reached from a tree or a blob: they
 * would keep the client asking to its first commit. */
static const struct fault *want_commits(struct negotiation *n, uint32_t *commits, size_t *count)
{
	*count = 0;
	for (uint32_t i = 0; i < n->wants.count; i++) {
		struct oid peeled;
		enum object_type type;

		TRY(graph_peel(n->graph, &n->wants.oids[i], &peeled, &type));
		if (type == OBJECT_COMMIT)
			TRY(graph_number(n->graph, &peeled, &commits[(*count)++]));
	}
	return NULL;
}

static const struct fault *can_give_up(struct negotiation *n, bool *give_up)
{
	uint32_t *commits = mem_array(n->wants.count, sizeof *commits);
	const struct fault *fault;
	size_t count;

	if (!commits)
		return &fault_memory;
	fault = want_commits(n, commits, &count);
	if (!fault)
		fault = graph_all_reach(n->graph, commits, count, n->common_commits,
			n->common_commits_cap, n->oldest_common, give_up);
	free(commits);
	return fault;
}

const struct fault *negotiation_ready(struct negotiation *n, bool *ready)
{
	if (!n->give_up_known) {
		n->give_up = false;
		if (n->common.count)
			TRY(can_give_up(n, &n->give_up));
		n->give_up_known = true;
	}
	*ready = n->give_up;
	return NULL;
}
