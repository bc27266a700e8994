/* SPDX-License-Identifier: ISC */
/* serve/connectivity.c: walks from new tips to what was there before. Stage parser. */
#include "serve/connectivity.h"

struct visit {
	struct odb *odb;
	const struct hash_algo *algo;
	struct progress progress;
	uint64_t count;
};

/* A walk_visit. The walk itself has read all but blobs. */
static const struct fault *visit_object(void *arg, const struct oid *oid, enum object_type type)
{
	struct visit *v = arg;
	char hex[OID_MAX_HEX + 1];
	struct place place;
	bool found = true;

	if (type == OBJECT_BLOB)
		TRY(odb_find(v->odb, oid, &found, &place));
	if (!found)
		return fault_note(&fault_object_missing, "%s", oid_hex(oid, v->algo, hex));
	return progress_update(&v->progress, ++v->count);
}

/* Progress, but only of a walk that took long enough to be shown. */
static const struct fault *run(const struct connectivity *c, struct walk *walk)
{
	struct visit visit = {.odb = c->odb, .algo = c->graph->algo};
	uint64_t started;

	progress_start(&visit.progress, c->sideband, "Checking connectivity", 0);
	started = visit.progress.shown_ms;
	TRY(walk_run(walk, visit_object, &visit));
	return visit.progress.shown_ms == started ? NULL
						  : progress_done(&visit.progress, visit.count);
}

static const struct fault *walk_tips(
	const struct connectivity *c, struct walk *walk, const struct oid *tips, size_t count)
{
	for (size_t i = 0; i < c->refs->count; i++)
		TRY(walk_exclude(walk, &c->refs->list[i].oid));
	for (size_t i = 0; i < count; i++)
		TRY(walk_include(walk, &tips[i]));
	return run(c, walk);
}

const struct fault *connectivity_check(
	const struct connectivity *c, const struct oid *tips, size_t count, bool *whole)
{
	const struct fault *fault;
	struct walk *walk;

	TRY(walk_new(&walk, c->graph));
	fault = walk_tips(c, walk, tips, count);
	walk_free(walk);
	*whole = !fault;
	return fault && fault->blame == BLAME_REPOSITORY ? NULL : fault;
}
