/* SPDX-License-Identifier: ISC */
/*
 * repo/walk.c: the reachable objects, in two movements: commits by date until the border with the
 * excluded side is known, then what is below them (repo/tree_walk.c), from the newest down.
 * Stages fetch, parser, keeper; reads the odb, trusts no object.
 */
#include <stdlib.h>
#include "base/mem.h"
#include "repo/commit_queue.h"
#include "repo/tree_walk.h"
#include "repo/walk.h"

/* How many more commits to look at once only excluded ones are left, in case dates lie: as git. */
#define SLOP 5

/* Flags of a commit, by its number in the graph. */
enum {
	COMMIT_SEEN = 1,     /* was put into the queue */
	COMMIT_EXCLUDED = 2, /* reachable from an excluded tip */
	COMMIT_LISTED = 4,   /* stands in the list (and counts unless it was excluded later) */
};

struct walk {
	struct graph *graph;
	struct tree_walk trees;
	uint8_t *commit_flags;
	size_t commit_flags_cap;
	struct commit_queue queue;
	size_t interesting; /* how many in the queue are not excluded */
	uint32_t *list;     /* commit numbers in order of date */
	size_t list_count, list_cap;
	uint32_t *pending; /* numbers of things to visit: included tips that are not commits */
	size_t pending_count, pending_cap;
	uint32_t *stack; /* numbers of commits to exclude */
	size_t stack_count, stack_cap;
};

const struct fault *walk_new(struct walk **walk, struct graph *graph)
{
	*walk = mem_array(1, sizeof **walk);
	if (!*walk)
		return &fault_memory;
	(*walk)->graph = graph;
	tree_walk_init(&(*walk)->trees, graph->odb, graph->algo);
	return NULL;
}

void walk_free(struct walk *walk)
{
	if (!walk)
		return;
	tree_walk_free(&walk->trees);
	commit_queue_free(&walk->queue);
	free(walk->commit_flags);
	free(walk->list);
	free(walk->pending);
	free(walk->stack);
	free(walk);
}

/* --- numbers and flags ----------------------------------------------------------------------- */

static const struct fault *push_number(uint32_t **list, size_t *count, size_t *cap, uint32_t number)
{
	if (!mem_grow(list, *count, cap, sizeof **list))
		return &fault_memory;
	(*list)[(*count)++] = number;
	return NULL;
}

/* Room for the flags of every commit that the graph knows by now. */
static const struct fault *grow_commit_flags(struct walk *walk)
{
	size_t cap = walk->graph->commits_cap;
	uint8_t *grown;

	if (cap <= walk->commit_flags_cap)
		return NULL;
	grown = realloc(walk->commit_flags, cap);
	if (!grown)
		return &fault_memory;
	memset(grown + walk->commit_flags_cap, 0, cap - walk->commit_flags_cap);
	walk->commit_flags = grown;
	walk->commit_flags_cap = cap;
	return NULL;
}

static const struct fault *visit(struct walk *walk, const struct oid *oid, enum object_type type)
{
	return walk->trees.visit ? walk->trees.visit(walk->trees.arg, oid, type) : NULL;
}

/* --- commits --------------------------------------------------------------------------------- */

static const struct fault *enqueue(struct walk *walk, uint32_t number, uint8_t flags)
{
	uint8_t *have;

	TRY(graph_load(walk->graph, number));
	TRY(grow_commit_flags(walk));
	have = &walk->commit_flags[number];
	*have |= flags | COMMIT_SEEN;
	if (!(*have & COMMIT_EXCLUDED))
		walk->interesting++;
	return commit_queue_push(&walk->queue, number, walk->graph->commits[number].date);
}

/*
 * Marks what is reachable from NUMBER, a commit already seen as interesting, as excluded: as far as
 * it has been seen. Those not seen yet will be met through the queue.
 */
static const struct fault *exclude_seen(struct walk *walk, uint32_t number)
{
	walk->stack_count = 0;
	TRY(push_number(&walk->stack, &walk->stack_count, &walk->stack_cap, number));
	while (walk->stack_count) {
		uint32_t at = walk->stack[--walk->stack_count];
		const struct graph_commit *commit = &walk->graph->commits[at];
		uint8_t *flags = &walk->commit_flags[at];

		if (*flags & COMMIT_EXCLUDED || !(*flags & COMMIT_SEEN))
			continue;
		*flags |= COMMIT_EXCLUDED;
		if (!(*flags & COMMIT_LISTED)) {
			walk->interesting--; /* it still waits in the queue */
			continue;
		}
		for (uint32_t i = 0; i < commit->parents; i++)
			TRY(push_number(&walk->stack, &walk->stack_count, &walk->stack_cap,
				walk->graph->parents[commit->parents_at + i]));
	}
	return NULL;
}

/* What is missing on the excluded side is not needed. */
static const struct fault *enqueue_parent(struct walk *walk, uint32_t number, uint8_t side)
{
	const struct fault *fault = enqueue(walk, number, side);

	return side && fault == &fault_object_missing ? NULL : fault;
}

static const struct fault *follow_parents(struct walk *walk, uint32_t number)
{
	struct graph_commit commit = walk->graph->commits[number];
	uint8_t side = walk->commit_flags[number] & COMMIT_EXCLUDED;

	TRY(grow_commit_flags(walk));
	for (uint32_t i = 0; i < commit.parents; i++) {
		uint32_t parent = walk->graph->parents[commit.parents_at + i];

		if (!(walk->commit_flags[parent] & COMMIT_SEEN))
			TRY(enqueue_parent(walk, parent, side));
		else if (side)
			TRY(exclude_seen(walk, parent));
	}
	return NULL;
}

/* Is there a reason to go on: something interesting waits, or an excluded commit that is not older
 * than the oldest interesting one listed might still exclude it. */
static bool undecided(const struct walk *walk, int64_t oldest_listed, int *slop)
{
	if (walk->interesting)
		return true;
	if (!walk->list_count || !walk->queue.count)
		return false;
	if (commit_queue_top_date(&walk->queue) >= oldest_listed)
		return true;
	return (*slop)-- > 0;
}

static const struct fault *walk_commits(struct walk *walk)
{
	int64_t oldest_listed = INT64_MAX;
	int slop = SLOP;

	while (walk->queue.count && undecided(walk, oldest_listed, &slop)) {
		uint32_t number = commit_queue_pop(&walk->queue);

		if (!(walk->commit_flags[number] & COMMIT_EXCLUDED)) {
			walk->interesting--;
			walk->commit_flags[number] |= COMMIT_LISTED;
			oldest_listed = walk->graph->commits[number].date;
			slop = SLOP;
			TRY(push_number(&walk->list, &walk->list_count, &walk->list_cap, number));
		}
		TRY(follow_parents(walk, number));
	}
	return NULL;
}

/* --- tips ------------------------------------------------------------------------------------ */

/* Notes a tip that is not a commit; every tag on the way to what it names is one, too. */
static const struct fault *note_thing(
	struct walk *walk, const struct oid *oid, enum object_type type, uint8_t flags)
{
	uint32_t number;

	TRY(tree_walk_number(&walk->trees, oid, &number));
	if (type != OBJECT_TAG)
		flags |= type == OBJECT_TREE ? THING_TREE : THING_BLOB;
	walk->trees.flags[number] |= flags;
	return push_number(&walk->pending, &walk->pending_count, &walk->pending_cap, number);
}

static const struct fault *tag_target(struct walk *walk, const struct oid *oid, struct oid *target)
{
	struct object object;
	struct tag_view tag;
	const struct fault *fault;

	TRY(odb_read(walk->graph->odb, oid, &object));
	fault = tag_view(object.content, walk->graph->algo, &tag);
	object_release(&object);
	if (!fault)
		*target = tag.target;
	return fault;
}

static const struct fault *add_tip(struct walk *walk, struct oid oid, bool excluded)
{
	uint32_t number;
	enum object_type type;
	uint64_t size;

	for (int depth = 0; depth <= TAG_DEPTH_MAX; depth++) {
		TRY(odb_info(walk->graph->odb, &oid, &type, &size));
		if (type == OBJECT_COMMIT) {
			TRY(graph_number(walk->graph, &oid, &number));
			TRY(grow_commit_flags(walk));
			if (!(walk->commit_flags[number] & COMMIT_SEEN))
				return enqueue(walk, number, excluded ? COMMIT_EXCLUDED : 0);
			return excluded ? exclude_seen(walk, number) : NULL;
		}
		TRY(note_thing(walk, &oid, type, excluded ? THING_EXCLUDED : 0));
		if (type != OBJECT_TAG)
			return NULL;
		TRY(tag_target(walk, &oid, &oid));
	}
	return fault_note(&fault_object_corrupt, "too many tags of tags");
}

const struct fault *walk_include(struct walk *walk, const struct oid *oid)
{
	return add_tip(walk, *oid, false);
}

const struct fault *walk_exclude(struct walk *walk, const struct oid *oid)
{
	const struct fault *fault = add_tip(walk, *oid, true);

	return fault == &fault_object_missing ? NULL : fault;
}

/* --- what is below commits ------------------------------------------------------------------- */

/* The excluded neighbours of what is sent: their trees need not be sent again. */
static const struct fault *exclude_border(struct walk *walk)
{
	for (size_t i = 0; i < walk->list_count; i++) {
		struct graph_commit commit = walk->graph->commits[walk->list[i]];

		if (walk->commit_flags[walk->list[i]] & COMMIT_EXCLUDED)
			continue;
		for (uint32_t p = 0; p < commit.parents; p++) {
			uint32_t parent = walk->graph->parents[commit.parents_at + p];

			if (walk->commit_flags[parent] & COMMIT_EXCLUDED)
				TRY(tree_walk_meet(&walk->trees, &walk->graph->commits[parent].tree,
					TREE_EXCLUDE));
		}
	}
	return NULL;
}

/* Pending things: a tree or blob that was named itself, and tags. */
static const struct fault *settle_pending(struct walk *walk, enum tree_movement movement)
{
	for (size_t i = 0; i < walk->pending_count; i++) {
		uint32_t number = walk->pending[i];
		struct oid oid = walk->trees.map.oids[number];
		uint8_t *flags = &walk->trees.flags[number];
		enum object_type type;
		uint64_t size;

		if (movement == TREE_EXCLUDE && !(*flags & THING_EXCLUDED))
			continue;
		if (movement == TREE_VISIT && *flags & (THING_EXCLUDED | THING_SEEN))
			continue;
		TRY(odb_info(walk->graph->odb, &oid, &type, &size));
		if (type == OBJECT_TREE) {
			*flags &= (uint8_t)~THING_EXCLUDED; /* so that its entries are met */
			TRY(tree_walk_meet(&walk->trees, &oid, movement));
			continue;
		}
		*flags |= THING_SEEN;
		if (movement == TREE_VISIT)
			TRY(visit(walk, &oid, type));
	}
	return NULL;
}

static const struct fault *visit_commits(struct walk *walk)
{
	for (size_t i = 0; i < walk->list_count; i++) {
		struct oid oid = walk->graph->map.oids[walk->list[i]];

		if (!(walk->commit_flags[walk->list[i]] & COMMIT_EXCLUDED))
			TRY(visit(walk, &oid, OBJECT_COMMIT));
	}
	return NULL;
}

static const struct fault *visit_trees(struct walk *walk)
{
	for (size_t i = 0; i < walk->list_count; i++) {
		struct oid tree = walk->graph->commits[walk->list[i]].tree;

		if (!(walk->commit_flags[walk->list[i]] & COMMIT_EXCLUDED))
			TRY(tree_walk_meet(&walk->trees, &tree, TREE_VISIT));
	}
	return NULL;
}

const struct fault *walk_run(struct walk *walk, walk_visit *visitor, void *arg)
{
	walk->trees.visit = visitor;
	walk->trees.arg = arg;
	TRY(walk_commits(walk));
	TRY(settle_pending(walk, TREE_EXCLUDE));
	TRY(exclude_border(walk));
	TRY(visit_commits(walk));
	TRY(settle_pending(walk, TREE_VISIT));
	return visit_trees(walk);
}

bool walk_is_excluded(const struct walk *walk, const struct oid *oid)
{
	uint32_t number = oidmap_find(&walk->trees.map, oid);

	if (number != OIDMAP_NONE)
		return walk->trees.flags[number] & THING_EXCLUDED;
	number = oidmap_find(&walk->graph->map, oid);
	return number != OIDMAP_NONE && number < walk->commit_flags_cap &&
	       walk->commit_flags[number] & COMMIT_EXCLUDED;
}

const struct oid *walk_counterpart(const struct walk *walk, const struct oid *oid)
{
	uint32_t number = oidmap_find(&walk->trees.map, oid);

	if (number == OIDMAP_NONE || walk->trees.like[number] == OIDMAP_NONE)
		return NULL;
	return &walk->trees.map.oids[walk->trees.like[number]];
}
