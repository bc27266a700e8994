/* SPDX-License-Identifier: ISC */
/*
 * repo/graph.c: commits as numbers. Stages fetch, parser, keeper; reads the odb, trusts no object.
 */
#include <stdlib.h>
#include "base/mem.h"
#include "repo/graph.h"

void graph_init(struct graph *graph, struct odb *odb, const struct hash_algo *algo)
{
	*graph = (struct graph){.odb = odb, .algo = algo};
}

void graph_free(struct graph *graph)
{
	oidmap_free(&graph->map);
	free(graph->commits);
	free(graph->parents);
}

static const struct fault *corrupt(
	const struct graph *graph, const struct oid *oid, const char *why)
{
	char hex[OID_MAX_HEX + 1];

	return fault_note(&fault_object_corrupt, "%s: %s", oid_hex(oid, graph->algo, hex), why);
}

const struct fault *graph_number(struct graph *graph, const struct oid *oid, uint32_t *number)
{
	bool added;

	if (!mem_grow(
		    &graph->commits, graph->map.count, &graph->commits_cap, sizeof *graph->commits))
		return &fault_memory;
	TRY(oidmap_add(&graph->map, oid, number, &added));
	if (added)
		graph->commits[*number] = (struct graph_commit){0};
	return NULL;
}

static const struct fault *add_parents(
	struct graph *graph, uint32_t number, struct commit_view *view)
{
	struct oid parent;
	uint32_t parent_number;

	while (commit_next_parent(view, graph->algo, &parent)) {
		TRY(graph_number(graph, &parent, &parent_number));
		if (!mem_grow(&graph->parents, graph->parents_count, &graph->parents_cap,
			    sizeof *graph->parents))
			return &fault_memory;
		graph->parents[graph->parents_count++] = parent_number;
		graph->commits[number].parents++;
	}
	return NULL;
}

static const struct fault *load_from(struct graph *graph, uint32_t number, struct cursor content)
{
	struct commit_view view;

	TRY(commit_view(content, graph->algo, &view));
	if (graph->parents_count >= UINT32_MAX)
		return &fault_memory;
	graph->commits[number].date = view.date;
	graph->commits[number].tree = view.tree;
	graph->commits[number].parents_at = (uint32_t)graph->parents_count;
	TRY(add_parents(graph, number, &view));
	graph->commits[number].loaded = true;
	return NULL;
}

const struct fault *graph_load(struct graph *graph, uint32_t number)
{
	struct oid oid = graph->map.oids[number];
	struct object object;
	const struct fault *fault;

	if (graph->commits[number].loaded)
		return NULL;
	TRY(odb_read(graph->odb, &oid, &object));
	if (object.type == OBJECT_COMMIT)
		fault = load_from(graph, number, object.content);
	else
		fault = corrupt(graph, &oid, "not a commit");
	object_release(&object);
	return fault;
}

const struct fault *graph_peel(
	struct graph *graph, const struct oid *oid, struct oid *out, enum object_type *type)
{
	*out = *oid;
	for (int depth = 0; depth <= TAG_DEPTH_MAX; depth++) {
		const struct fault *fault;
		struct object object;
		struct tag_view tag;
		uint64_t size;

		TRY(odb_info(graph->odb, out, type, &size));
		if (*type != OBJECT_TAG)
			return NULL;
		TRY(odb_read(graph->odb, out, &object));
		fault = tag_view(object.content, graph->algo, &tag);
		object_release(&object);
		if (fault)
			return fault;
		*out = tag.target;
	}
	return corrupt(graph, oid, "too many tags of tags");
}

/* --- reachability of marked commits ---------------------------------------------------------- */

enum {
	REACH_ENTERED = 1, /* on the stack, or done without success */
	REACH_YES = 2,
};

struct reach {
	struct graph *graph;
	const uint8_t *marked;
	size_t marked_count;
	int64_t min_date;
	uint8_t *state; /* by commit number */
	size_t state_cap;
	struct frame {
		uint32_t number;
		uint32_t next; /* the parent to look at */
	} * stack;
	size_t depth, stack_cap;
};

static const struct fault *reach_grow_state(struct reach *reach)
{
	size_t wanted = reach->graph->map.count, cap;
	uint8_t *grown;

	if (wanted <= reach->state_cap)
		return NULL;
	cap = wanted * 2;
	grown = realloc(reach->state, cap);
	if (!grown)
		return &fault_memory;
	memset(grown + reach->state_cap, 0, cap - reach->state_cap);
	reach->state = grown;
	reach->state_cap = cap;
	return NULL;
}

static const struct fault *reach_enter(struct reach *reach, uint32_t number)
{
	TRY(graph_load(reach->graph, number));
	TRY(reach_grow_state(reach));
	if (!mem_grow(&reach->stack, reach->depth, &reach->stack_cap, sizeof *reach->stack))
		return &fault_memory;
	reach->state[number] = REACH_ENTERED;
	if (number < reach->marked_count && reach->marked[number])
		reach->state[number] = REACH_YES;
	reach->stack[reach->depth++] = (struct frame){number, 0};
	return NULL;
}

/* One step of a depth-first walk whose path, on success, is a proof for all that are on it. */
static const struct fault *reach_step(struct reach *reach)
{
	struct frame *top = &reach->stack[reach->depth - 1];
	const struct graph_commit *commit = &reach->graph->commits[top->number];
	uint32_t parent;

	if (reach->state[top->number] == REACH_YES) {
		if (--reach->depth)
			reach->state[reach->stack[reach->depth - 1].number] = REACH_YES;
		return NULL;
	}
	if (top->next == commit->parents || commit->date < reach->min_date) {
		reach->depth--;
		return NULL;
	}
	parent = reach->graph->parents[commit->parents_at + top->next++];
	if (reach->state[parent] == REACH_YES) {
		reach->state[top->number] = REACH_YES;
		return NULL;
	}
	return reach->state[parent] ? NULL : reach_enter(reach, parent);
}

static const struct fault *reach_all(
	struct reach *reach, const uint32_t *from, size_t count, bool *all)
{
	*all = false;
	for (size_t i = 0; i < count; i++) {
		TRY(reach_grow_state(reach));
		if (!reach->state[from[i]])
			TRY(reach_enter(reach, from[i]));
		while (reach->depth)
			TRY(reach_step(reach));
		if (reach->state[from[i]] != REACH_YES)
			return NULL;
	}
	*all = true;
	return NULL;
}

const struct fault *graph_all_reach(struct graph *graph, const uint32_t *from, size_t count,
	const uint8_t *marked, size_t marked_count, int64_t min_date, bool *reach)
{
	struct reach r = {
		.graph = graph,
		.marked = marked,
		.marked_count = marked_count,
		.min_date = min_date,
	};
	const struct fault *fault = reach_all(&r, from, count, reach);

	free(r.state);
	free(r.stack);
	return fault;
}
