/* SPDX-License-Identifier: ISC */
/*
 * serve/index_resolve.c: deltas become objects. Stage parser.
 *
 * From each object that is stored whole, depth first to the deltas upon it: a frame for each
 * object that still has children to come, with its content. Contents nearest the root are dropped
 * when more than INDEX_HELD_MAX are held, and made again from what is stored when the walk comes
 * back to them. A chain of single children holds one content at a time. No recursion.
 */
#include "object/delta.h"
#include "serve/index_job.h"

const struct fault fault_pack_delta = {BLAME_PEER, "pack has a delta that does not fit its base"};
const struct fault fault_pack_depth = {BLAME_PEER, "pack has a delta chain that is too deep"};

struct frame {
	uint32_t record;
	uint32_t depth; /* deltas below it */
	size_t len;
	uint8_t *content; /* NULL: dropped */
};

struct resolver {
	struct index_job *job;
	struct frame *frames;
	size_t count, cap;
	size_t held;       /* bytes of all contents */
	size_t first_held; /* frames before this one have none */
	uint8_t *delta;    /* the instructions in use */
	size_t delta_cap;
};

/* --- making one object ------------------------------------------------------------------------ */

static const struct fault *read_delta(struct resolver *r, uint32_t record, struct cursor *delta)
{
	struct pack_entry entry;
	struct cursor zlib;

	TRY(index_stored(r->job, record, &entry, &zlib));
	if (entry.size > INDEX_DELTA_MAX)
		return &fault_pack_large;
	if (!r->delta || entry.size > r->delta_cap) {
		free(r->delta);
		r->delta_cap = 0;
		r->delta = malloc(entry.size ? (size_t)entry.size : 1);
		if (!r->delta)
			return &fault_memory;
		r->delta_cap = (size_t)entry.size;
	}
	TRY(index_spend(r->job, entry.size));
	TRY(inflate_whole(&r->job->inflater, &zlib, r->delta, (size_t)entry.size));
	*delta = cursor_over(r->delta, (size_t)entry.size);
	return NULL;
}

static const struct fault *apply(
	struct resolver *r, uint32_t record, struct cursor base, uint8_t **content, size_t *len)
{
	uint64_t base_len, result_len;
	struct cursor delta;
	uint8_t *result;

	TRY(read_delta(r, record, &delta));
	if (delta_sizes(&delta, &base_len, &result_len) || base_len != cursor_left(&base))
		return &fault_pack_delta;
	if (result_len > INDEX_OBJECT_MAX)
		return &fault_pack_large;
	TRY(index_spend(r->job, result_len));
	result = malloc(result_len ? (size_t)result_len : 1);
	if (!result)
		return &fault_memory;
	if (delta_apply(base, delta, result, (size_t)result_len)) {
		free(result);
		return &fault_pack_delta;
	}
	*content = result;
	*len = (size_t)result_len;
	return NULL;
}

/* --- frames ----------------------------------------------------------------------------------- */

static struct frame *top_frame(struct resolver *r)
{
	return &r->frames[r->count - 1];
}

static void drop(struct resolver *r, struct frame *frame)
{
	if (!frame->content)
		return;
	free(frame->content);
	frame->content = NULL;
	r->held -= frame->len;
}

static void pop(struct resolver *r)
{
	drop(r, top_frame(r));
	r->count--;
	if (r->first_held > r->count)
		r->first_held = r->count;
}

static void hold(struct resolver *r, struct frame *frame, uint8_t *content, size_t len)
{
	frame->content = content;
	frame->len = len;
	r->held += len;
	while (r->held > INDEX_HELD_MAX && r->first_held + 1 < r->count)
		drop(r, &r->frames[r->first_held++]);
}

/* Takes CONTENT, of an object with children. */
static const struct fault *push(
	struct resolver *r, uint32_t record, uint32_t depth, uint8_t *content, size_t len)
{
	if (!mem_grow(&r->frames, r->count, &r->cap, sizeof *r->frames)) {
		free(content);
		return &fault_memory;
	}
	r->frames[r->count++] = (struct frame){.record = record, .depth = depth};
	hold(r, top_frame(r), content, len);
	return NULL;
}

/*
 * Makes the content of RECORD again, from the object at the root of its chain: DEPTH deltas below
 * it. What this costs was paid for by index_spend(), so that it cannot be asked for endlessly.
 */
static const struct fault *remake(
	struct resolver *r, uint32_t record, uint32_t depth, uint8_t **content, size_t *len)
{
	uint32_t *chain = mem_array(depth + 1, sizeof *chain);
	const struct fault *fault;
	uint8_t *made;

	if (!chain)
		return &fault_memory;
	for (uint32_t i = depth + 1; i-- > 0; record = r->job->records[record].base)
		chain[i] = record;
	fault = index_stored_whole(r->job, chain[0], content, len);
	for (uint32_t i = 1; !fault && i <= depth; i++) {
		made = NULL;
		fault = apply(r, chain[i], cursor_over(*content, *len), &made, len);
		free(*content);
		*content = made;
	}
	free(chain);
	return fault;
}

static const struct fault *fetch_content(struct resolver *r, struct frame *frame)
{
	uint8_t *content;
	size_t len;

	if (frame->content)
		return NULL;
	TRY(remake(r, frame->record, frame->depth, &content, &len));
	hold(r, frame, content, len);
	if (r->first_held > r->count - 1)
		r->first_held = r->count - 1;
	return NULL;
}

/* --- the walk --------------------------------------------------------------------------------- */

/* The REF_DELTAs that wait for the object called OID become children of RECORD, which is it. */
static void adopt_waiting(struct index_job *job, uint32_t record)
{
	uint32_t number = oidmap_find(&job->ref_bases, &job->entries[record].oid);
	uint32_t child, next;

	if (number == OIDMAP_NONE)
		return;
	for (child = job->ref_waiting[number]; child != RECORD_NONE; child = next) {
		next = job->records[child].next_sibling;
		job->records[child].base = record;
		job->records[child].next_sibling = job->records[record].first_child;
		job->records[record].first_child = child;
	}
	job->ref_waiting[number] = RECORD_NONE;
}

/* CHILD is now the object CONTENT. */
static const struct fault *settle(
	struct index_job *job, uint32_t child, const uint8_t *content, size_t len)
{
	struct index_record *record = &job->records[child];
	struct oid *oid = &job->entries[child].oid;

	record->type = job->records[record->base].type;
	if (!object_hash(job->algo, record->type, content, len, oid))
		return &fault_collision_attack;
	TRY(index_check(job, oid, record->type, cursor_over(content, len)));
	adopt_waiting(job, child);
	return index_resolved(job);
}

/* Resolves one child of the top frame. */
static const struct fault *step(struct resolver *r)
{
	struct index_job *job = r->job;
	struct frame *top = top_frame(r);
	uint32_t child = job->records[top->record].first_child, depth = top->depth + 1;
	const struct fault *fault;
	uint8_t *content;
	size_t len;

	if (child == RECORD_NONE) {
		pop(r);
		return NULL;
	}
	if (depth > INDEX_DEPTH_MAX)
		return &fault_pack_depth;
	TRY(fetch_content(r, top));
	TRY(apply(r, child, cursor_over(top->content, top->len), &content, &len));
	job->records[top->record].first_child = job->records[child].next_sibling;
	if (job->records[top->record].first_child == RECORD_NONE)
		pop(r);
	fault = settle(job, child, content, len);
	if (fault || job->records[child].first_child == RECORD_NONE) {
		free(content);
		return fault;
	}
	return push(r, child, depth, content, len);
}

static const struct fault *run(struct resolver *r)
{
	while (r->count)
		TRY(step(r));
	return NULL;
}

static void resolver_free(struct resolver *r)
{
	while (r->count)
		pop(r);
	free(r->frames);
	free(r->delta);
}

/* Takes CONTENT. */
static const struct fault *resolve_from(
	struct resolver *r, uint32_t record, uint8_t *content, size_t len)
{
	TRY(push(r, record, 0, content, len));
	return run(r);
}

static const struct fault *resolve_all(struct resolver *r)
{
	struct index_job *job = r->job;
	uint8_t *content;
	size_t len;

	for (uint32_t i = 0; i < job->count; i++) {
		if (job->records[i].is_delta)
			continue;
		adopt_waiting(job, i);
		if (job->records[i].first_child == RECORD_NONE)
			continue;
		TRY(index_stored_whole(job, i, &content, &len));
		TRY(resolve_from(r, i, content, len));
	}
	return NULL;
}

const struct fault *index_resolve(struct index_job *job)
{
	struct resolver r = {.job = job};
	const struct fault *fault = resolve_all(&r);

	resolver_free(&r);
	return fault;
}

const struct fault *index_resolve_from(
	struct index_job *job, uint32_t record, uint8_t *content, size_t len)
{
	struct resolver r = {.job = job};
	const struct fault *fault;

	adopt_waiting(job, record);
	fault = resolve_from(&r, record, content, len);
	resolver_free(&r);
	return fault;
}
