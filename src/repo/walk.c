/* SPDX-License-Identifier: ISC */
/*
 * repo/walk.c: the reachable objects, in two movements: commits by date until the border with the
 * excluded side is known, then trees from the newest commit down.
 * Stages fetch, parser, keeper; reads the odb, trusts no object.
 */
#include <stdlib.h>
#include "base/mem.h"
#include "repo/commit_queue.h"
#include "repo/walk.h"

/* How many more commits to look at once only excluded ones are left, in case dates lie: as git. */
#define SLOP 5

/* Flags of a commit, by its number in the graph. */
enum {
	COMMIT_SEEN = 1,     /* was put into the queue */
	COMMIT_EXCLUDED = 2, /* reachable from an excluded tip */
	COMMIT_LISTED = 4,   /* stands in the list (and counts unless it was excluded later) */
};

/* Flags of anything else, by its number in walk->things. */
enum {
	THING_SEEN = 1,
	THING_EXCLUDED = 2,
	THING_TREE = 4, /* what whoever named it first said it is */
	THING_BLOB = 8,
};

struct walk {
	struct graph *graph;
	struct oidmap things; /* tags, trees, blobs */
	uint8_t *thing_flags;
	size_t thing_flags_cap;
	uint8_t *commit_flags;
	size_t commit_flags_cap;
	struct commit_queue queue;
	size_t interesting; /* how many in the queue are not excluded */
	uint32_t *list;     /* commit numbers in order of date */
	size_t list_count, list_cap;
	uint32_t *pending; /* numbers of things to visit: included tips that are not commits */
	size_t pending_count, pending_cap;
	uint32_t *stack; /* numbers of trees to open */
	size_t stack_count, stack_cap;
	walk_visit *visit;
	void *arg;
};

const struct fault *walk_new(struct walk **walk, struct graph *graph)
{
	*walk = mem_array(1, sizeof **walk);
	if (!*walk)
		return &fault_memory;
	(*walk)->graph = graph;
	return NULL;
}

void walk_free(struct walk *walk)
{
	if (!walk)
		return;
	oidmap_free(&walk->things);
	commit_queue_free(&walk->queue);
	free(walk->thing_flags);
	free(walk->commit_flags);
	free(walk->list);
	free(walk->pending);
	free(walk->stack);
	free(walk);
}

/* --- numbers and flags ---------------------------------------------------------------------------
 */

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

/* The number of a tag, tree or blob; the flags of a new one are 0. */
static const struct fault *thing_number(struct walk *walk, const struct oid *oid, uint32_t *number)
{
	bool added;

	if (!mem_grow(&walk->thing_flags, walk->things.count, &walk->thing_flags_cap, 1))
		return &fault_memory;
	TRY(oidmap_add(&walk->things, oid, number, &added));
	if (added)
		walk->thing_flags[*number] = 0;
	return NULL;
}

static const struct fault *visit(struct walk *walk, const struct oid *oid, enum object_type type)
{
	return walk->visit ? walk->visit(walk->arg, oid, type) : NULL;
}

/* --- commits
 * --------------------------------------------------------------------------------------- */

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

/* --- tips
 * ------------------------------------------------------------------------------------------ */

/* Notes a tip that is not a commit; every tag on the way to what it names is one, too. */
static const struct fault *note_thing(
	struct walk *walk, const struct oid *oid, enum object_type type, uint8_t flags)
{
	uint32_t number;

	TRY(thing_number(walk, oid, &number));
	if (type != OBJECT_TAG)
		flags |= type == OBJECT_TREE ? THING_TREE : THING_BLOB;
	walk->thing_flags[number] |= flags;
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

/* --- trees
 * ----------------------------------------------------------------------------------------- */

/* What to do with the entries of the trees being opened. */
enum movement {
	EXCLUDING, /* mark them */
	VISITING,
};

static const struct fault *wrong_kind(struct walk *walk, const struct oid *oid)
{
	char hex[OID_MAX_HEX + 1];

	return fault_note(&fault_object_corrupt, "%s: not what its tree says it is",
		oid_hex(oid, walk->graph->algo, hex));
}

/* Meets one tree or blob, once: marks or visits it, and puts a tree on the stack. */
static const struct fault *meet(
	struct walk *walk, const struct oid *oid, bool tree, enum movement movement)
{
	uint8_t done = movement == EXCLUDING ? THING_EXCLUDED : THING_EXCLUDED | THING_SEEN;
	uint32_t number;
	uint8_t *flags;

	TRY(thing_number(walk, oid, &number));
	flags = &walk->thing_flags[number];
	/* asked first: a tree that hid behind a blob's mode would never be opened */
	if (*flags & (tree ? THING_BLOB : THING_TREE))
		return wrong_kind(walk, oid);
	if (*flags & done)
		return NULL;
	*flags |= tree ? THING_TREE : THING_BLOB;
	*flags |= movement == EXCLUDING ? THING_EXCLUDED : THING_SEEN;
	if (movement == VISITING)
		TRY(visit(walk, oid, tree ? OBJECT_TREE : OBJECT_BLOB));
	if (!tree)
		return NULL;
	return push_number(&walk->stack, &walk->stack_count, &walk->stack_cap, number);
}

static const struct fault *meet_entries(
	struct walk *walk, struct cursor content, enum movement movement)
{
	struct tree_entry entry;

	while (!cursor_at_end(&content)) {
		TRY(tree_next(&content, walk->graph->algo, &entry));
		if (!mode_is_gitlink(entry.mode))
			TRY(meet(walk, &entry.oid, mode_is_tree(entry.mode), movement));
	}
	return NULL;
}

static const struct fault *open_tree(struct walk *walk, uint32_t number, enum movement movement)
{
	struct oid oid = walk->things.oids[number];
	struct object object;
	const struct fault *fault;

	fault = odb_read(walk->graph->odb, &oid, &object);
	/* the excluded side may have been pruned below its tips: what is not there is not needed */
	if (fault == &fault_object_missing && movement == EXCLUDING)
		return NULL;
	if (fault)
		return fault;
	if (object.type == OBJECT_TREE)
		fault = meet_entries(walk, object.content, movement);
	else
		fault = wrong_kind(walk, &oid);
	object_release(&object);
	return fault;
}

static const struct fault *meet_tree(
	struct walk *walk, const struct oid *oid, enum movement movement)
{
	walk->stack_count = 0;
	TRY(meet(walk, oid, true, movement));
	while (walk->stack_count)
		TRY(open_tree(walk, walk->stack[--walk->stack_count], movement));
	return NULL;
}

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
				TRY(meet_tree(walk, &walk->graph->commits[parent].tree, EXCLUDING));
		}
	}
	return NULL;
}

/* Pending things: a tree or blob that was named itself, and tags. */
static const struct fault *settle_pending(struct walk *walk, enum movement movement)
{
	for (size_t i = 0; i < walk->pending_count; i++) {
		uint32_t number = walk->pending[i];
		struct oid oid = walk->things.oids[number];
		uint8_t *flags = &walk->thing_flags[number];
		enum object_type type;
		uint64_t size;

		if (movement == EXCLUDING && !(*flags & THING_EXCLUDED))
			continue;
		if (movement == VISITING && *flags & (THING_EXCLUDED | THING_SEEN))
			continue;
		TRY(odb_info(walk->graph->odb, &oid, &type, &size));
		if (type == OBJECT_TREE) {
			*flags &= (uint8_t)~THING_EXCLUDED; /* so that its entries are met */
			TRY(meet_tree(walk, &oid, movement));
			continue;
		}
		*flags |= THING_SEEN;
		if (movement == VISITING)
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
			TRY(meet_tree(walk, &tree, VISITING));
	}
	return NULL;
}

const struct fault *walk_run(struct walk *walk, walk_visit *visitor, void *arg)
{
	walk->visit = visitor;
	walk->arg = arg;
	TRY(walk_commits(walk));
	TRY(settle_pending(walk, EXCLUDING));
	TRY(exclude_border(walk));
	TRY(visit_commits(walk));
	TRY(settle_pending(walk, VISITING));
	return visit_trees(walk);
}

bool walk_is_excluded(const struct walk *walk, const struct oid *oid)
{
	uint32_t number = oidmap_find(&walk->things, oid);

	if (number != OIDMAP_NONE)
		return walk->thing_flags[number] & THING_EXCLUDED;
	number = oidmap_find(&walk->graph->map, oid);
	return number != OIDMAP_NONE && number < walk->commit_flags_cap &&
	       walk->commit_flags[number] & COMMIT_EXCLUDED;
}
