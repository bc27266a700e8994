/* SPDX-License-Identifier: ISC */
/*
 * repo/graph.h: the commits of a repository as small numbers, read from the odb when first needed:
 * parents, date, tree. One graph serves every walk of a connection.
 */
#ifndef REPO_GRAPH_H
#define REPO_GRAPH_H

#include "base/oidmap.h"
#include "repo/odb.h"

struct graph_commit {
	int64_t date;
	uint32_t parents_at; /* where its parents' numbers begin in graph->parents */
	uint32_t parents;    /* how many */
	bool loaded;
	struct oid tree;
};

struct graph {
	struct odb *odb;
	const struct hash_algo *algo;
	struct oidmap map;            /* the number of each commit that somebody named */
	struct graph_commit *commits; /* by number */
	size_t commits_cap;
	uint32_t *parents;
	size_t parents_count, parents_cap;
};

void graph_init(struct graph *graph, struct odb *odb, const struct hash_algo *algo);
void graph_free(struct graph *graph);

/* The number of a commit called OID, which is not read yet. */
const struct fault *graph_number(
	struct graph *graph, const struct oid *oid, uint32_t *number) MUST_USE;

/* Reads commit NUMBER, and numbers its parents, if that has not been done. fault_object_missing,
 * or fault_object_corrupt if it is there but not a commit. Pointers into the graph move. */
const struct fault *graph_load(struct graph *graph, uint32_t number) MUST_USE;

/*
 * Can every commit in FROM reach one that is marked? MARKED has one byte a commit number (numbers
 * at or beyond MARKED_COUNT are not marked). Commits older than MIN_DATE are not followed.
 */
const struct fault *graph_all_reach(struct graph *graph, const uint32_t *from, size_t count,
	const uint8_t *marked, size_t marked_count, int64_t min_date, bool *reach) MUST_USE;

/*
 * Peels OID: follows tags to what is not one. *TYPE is OBJECT_COMMIT, OBJECT_TREE or OBJECT_BLOB
 * and *OUT its name. A chain over TAG_DEPTH_MAX is fault_object_corrupt.
 */
const struct fault *graph_peel(struct graph *graph, const struct oid *oid, struct oid *out,
	enum object_type *type) MUST_USE;

#endif
