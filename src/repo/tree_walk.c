/* SPDX-License-Identifier: ISC */
/*
 * repo/tree_walk.c: trees, from the root down, each against one that is done already.
 *
 * From commit to commit nearly all of a tree stays as it was. So a tree is read beside the one
 * that stood in its place in the root before it: entries that are byte for byte the same there have
 * been met, with all that is below them, and cost a comparison instead of a look-up. How the two
 * are paired is a guess by name, and only a guess: a wrong one costs time. Stages fetch, parser,
 * keeper; reads the odb, trusts no object.
 */
#include <stdlib.h>
#include "base/mem.h"
#include "repo/tree_walk.h"

void tree_walk_init(struct tree_walk *walk, struct odb *odb, const struct hash_algo *algo)
{
	*walk = (struct tree_walk){.odb = odb, .algo = algo, .last = OIDMAP_NONE};
}

void tree_walk_free(struct tree_walk *walk)
{
	oidmap_free(&walk->map);
	free(walk->flags);
	free(walk->like);
	free(walk->stack);
}

const struct fault *tree_walk_number(
	struct tree_walk *walk, const struct oid *oid, uint32_t *number)
{
	bool added;

	if (!mem_grow(&walk->flags, walk->map.count, &walk->flags_cap, 1) ||
		!mem_grow(&walk->like, walk->map.count, &walk->like_cap, sizeof *walk->like))
		return &fault_memory;
	TRY(oidmap_add(&walk->map, oid, number, &added));
	if (added) {
		walk->flags[*number] = 0;
		walk->like[*number] = OIDMAP_NONE;
	}
	return NULL;
}

static const struct fault *wrong_kind(struct tree_walk *walk, const struct oid *oid)
{
	char hex[OID_MAX_HEX + 1];

	return fault_note(&fault_object_corrupt, "%s: not what its tree says it is",
		oid_hex(oid, walk->algo, hex));
}

static const struct fault *push_task(struct tree_walk *walk, uint32_t tree, uint32_t base)
{
	if (!mem_grow(&walk->stack, walk->stack_count, &walk->stack_cap, sizeof *walk->stack))
		return &fault_memory;
	walk->stack[walk->stack_count++] = (struct tree_task){tree, base};
	return NULL;
}

/* Meets one tree or blob, once: marks or visits it, and puts a tree on the stack. BASE: what is
 * called the same in the base, or OIDMAP_NONE. */
static const struct fault *meet(struct tree_walk *walk, const struct oid *oid, bool tree,
	uint32_t base, enum tree_movement movement)
{
	uint8_t done = movement == TREE_EXCLUDE ? THING_EXCLUDED : THING_EXCLUDED | THING_SEEN;
	uint32_t number;
	uint8_t *flags;

	TRY(tree_walk_number(walk, oid, &number));
	flags = &walk->flags[number];
	/* asked first: a tree that hid behind a blob's mode would never be opened */
	if (*flags & (tree ? THING_BLOB : THING_TREE))
		return wrong_kind(walk, oid);
	if (*flags & done)
		return NULL;
	walk->like[number] = base;
	*flags |= tree ? THING_TREE : THING_BLOB;
	*flags |= movement == TREE_EXCLUDE ? THING_EXCLUDED : THING_SEEN;
	if (movement == TREE_VISIT && walk->visit)
		TRY(walk->visit(walk->arg, oid, tree ? OBJECT_TREE : OBJECT_BLOB));
	return tree ? push_task(walk, number, base) : NULL;
}

/* Takes the next entry of both, if it is the same in both, byte for byte. */
static bool skip_same(const struct tree_walk *walk, struct cursor *tree, struct cursor *base)
{
	struct cursor ahead = *tree, name;
	size_t len;

	if (!cursor_until(&ahead, '\0', &name) || !cursor_skip(&ahead, walk->algo->size))
		return false;
	len = cursor_left(tree) - cursor_left(&ahead);
	if (cursor_left(base) < len || memcmp(tree->at, base->at, len) != 0)
		return false;
	*tree = ahead;
	return cursor_skip(base, len);
}

static int compare_names(const struct cursor *a, const struct cursor *b)
{
	size_t left = cursor_left(a), right = cursor_left(b);
	int order = memcmp(a->at, b->at, left < right ? left : right);

	return order ? order : (left > right) - (left < right);
}

/* The tree that BASE has under the name of ENTRY, or OIDMAP_NONE; BASE moves up to it or past it.
 */
static uint32_t counterpart(
	const struct tree_walk *walk, struct cursor *base, const struct tree_entry *entry)
{
	while (!cursor_at_end(base)) {
		struct cursor ahead = *base;
		struct tree_entry other;
		int order;

		if (tree_next(&ahead, walk->algo, &other)) {
			*base = cursor_over(NULL, 0); /* damaged: do without */
			break;
		}
		order = compare_names(&other.name, &entry->name);
		if (order > 0)
			break;
		*base = ahead;
		if (order == 0)
			return mode_is_tree(other.mode) == mode_is_tree(entry->mode)
				       ? oidmap_find(&walk->map, &other.oid)
				       : OIDMAP_NONE;
	}
	return OIDMAP_NONE;
}

static const struct fault *meet_entries(
	struct tree_walk *walk, struct cursor tree, struct cursor base, enum tree_movement movement)
{
	struct tree_entry entry;

	while (!cursor_at_end(&tree)) {
		uint32_t pair;

		if (skip_same(walk, &tree, &base))
			continue;
		TRY(tree_next(&tree, walk->algo, &entry));
		pair = counterpart(walk, &base, &entry);
		if (!mode_is_gitlink(entry.mode))
			TRY(meet(walk, &entry.oid, mode_is_tree(entry.mode), pair, movement));
	}
	return NULL;
}

/* The base, or an empty object if there is none or it cannot be read any more. */
static struct object read_base(struct tree_walk *walk, uint32_t base)
{
	struct object object = {0};
	struct oid oid;

	if (base == OIDMAP_NONE)
		return object;
	oid = walk->map.oids[base];
	if (odb_read(walk->odb, &oid, &object))
		return (struct object){0};
	if (object.type != OBJECT_TREE)
		object.content = cursor_over(NULL, 0);
	return object;
}

static const struct fault *open_tree(
	struct tree_walk *walk, struct tree_task task, enum tree_movement movement)
{
	struct oid oid = walk->map.oids[task.tree];
	struct object tree, base;
	const struct fault *fault;

	fault = odb_read(walk->odb, &oid, &tree);
	/* the excluded side may have been pruned below its tips: what is not there is not needed */
	if (fault == &fault_object_missing && movement == TREE_EXCLUDE)
		return NULL;
	if (fault)
		return fault;
	base = read_base(walk, task.base);
	if (tree.type == OBJECT_TREE)
		fault = meet_entries(walk, tree.content, base.content, movement);
	else
		fault = wrong_kind(walk, &oid);
	object_release(&base);
	object_release(&tree);
	return fault;
}

const struct fault *tree_walk_meet(
	struct tree_walk *walk, const struct oid *oid, enum tree_movement movement)
{
	walk->stack_count = 0;
	TRY(meet(walk, oid, true, walk->last, movement));
	while (walk->stack_count)
		TRY(open_tree(walk, walk->stack[--walk->stack_count], movement));
	return tree_walk_number(walk, oid, &walk->last);
}
