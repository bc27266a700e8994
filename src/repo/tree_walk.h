/* SPDX-License-Identifier: ISC */
/*
 * repo/tree_walk.h: everything below commits: trees and blobs, each met once, and the tags and
 * other things that refs name. The second half of a walk; repo/walk.c uses it and nobody else.
 */
#ifndef REPO_TREE_WALK_H
#define REPO_TREE_WALK_H

#include "base/oidmap.h"
#include "repo/odb.h"

/* Flags of a thing, by its number in the map. */
enum {
	THING_SEEN = 1,     /* has been visited */
	THING_EXCLUDED = 2, /* the other side has it, and all that is in it */
	THING_TREE = 4,     /* what whoever named it first said it is */
	THING_BLOB = 8,
};

typedef const struct fault *tree_visit(void *arg, const struct oid *oid, enum object_type type);

struct tree_walk {
	struct odb *odb;
	const struct hash_algo *algo;
	struct oidmap map; /* tags, trees, blobs */
	uint8_t *flags;    /* by number */
	size_t flags_cap;
	uint32_t *like; /* by number: what had its name in the base it was first met beside, or
			 * OIDMAP_NONE */
	size_t like_cap;
	struct tree_task {
		uint32_t tree; /* to be opened */
		uint32_t base; /* all in it has been met: what is the same there needs no look */
	} * stack;
	size_t stack_count, stack_cap;
	uint32_t last; /* the last root: everything below it has been met; OIDMAP_NONE at first */
	tree_visit *visit;
	void *arg;
};

/* What to do with what is met. */
enum tree_movement {
	TREE_EXCLUDE, /* mark it; what is missing is not needed */
	TREE_VISIT,
};

void tree_walk_init(struct tree_walk *walk, struct odb *odb, const struct hash_algo *algo);
void tree_walk_free(struct tree_walk *walk);

/* The number of a tag, tree or blob; the flags of a new one are 0. */
const struct fault *tree_walk_number(
	struct tree_walk *walk, const struct oid *oid, uint32_t *number) MUST_USE;

/* Meets the tree OID and all below it that has not been met. All excluding comes before visiting.
 * fault_object_corrupt if something is not what its tree says it is. */
const struct fault *tree_walk_meet(
	struct tree_walk *walk, const struct oid *oid, enum tree_movement movement) MUST_USE;

#endif
