/* SPDX-License-Identifier: ISC */
/*
 * serve/upload_send.c: from what was negotiated to the pack: walk, plan, send, and the progress
 * lines in between. Stage fetch.
 */
#include <inttypes.h>
#include "repo/walk.h"
#include "serve/pack_plan.h"
#include "serve/pack_send.h"
#include "serve/progress.h"
#include "serve/upload.h"

struct transfer {
	struct upload *upload;
	struct negotiation *n;
	uint32_t caps;
	struct walk *walk;
	struct pack_plan plan;
	struct sideband sideband;
	struct progress progress;
};

static struct sideband *progress_band(struct transfer *t)
{
	return t->sideband.frame_max && !(t->caps & CAP_NO_PROGRESS) ? &t->sideband : NULL;
}

static const struct fault *plan_object(void *arg, const struct oid *oid, enum object_type type)
{
	struct transfer *t = arg;

	(void)type;
	TRY(pack_plan_add(&t->plan, oid));
	return progress_update(&t->progress, t->plan.map.count);
}

static const struct fault *walk_wanted(struct transfer *t)
{
	for (uint32_t i = 0; i < t->n->common.count; i++)
		TRY(walk_exclude(t->walk, &t->n->common.oids[i]));
	for (uint32_t i = 0; i < t->n->wants.count; i++)
		TRY(walk_include(t->walk, &t->n->wants.oids[i]));
	return walk_run(t->walk, plan_object, t);
}

/* Adds the tag OID, if it is one, and sets it to what that points to. */
static const struct fault *include_link(struct transfer *t, struct oid *oid, bool *is_tag)
{
	struct object object;
	struct tag_view tag;
	const struct fault *fault = NULL;

	TRY(odb_read(t->upload->odb, oid, &object));
	*is_tag = object.type == OBJECT_TAG;
	if (*is_tag)
		fault = tag_view(object.content, t->upload->session->repo->algo, &tag);
	object_release(&object);
	if (fault || !*is_tag)
		return fault;
	TRY(pack_plan_add(&t->plan, oid));
	*oid = tag.target;
	return NULL;
}

/* The tags of one ref, if what they peel to is in the pack. That may be what packed-refs says, so
 * the chain need not lead there, or anywhere. */
static const struct fault *include_tag(struct transfer *t, const struct ref *ref)
{
	struct oid oid = ref->oid;
	bool is_tag = true;

	if (ref->peel != PEEL_TAG || oidmap_find(&t->plan.map, &ref->peeled) == OIDMAP_NONE)
		return NULL;
	for (int depth = 0; is_tag && depth < TAG_DEPTH_MAX; depth++) {
		if (oid_equal(&oid, &ref->peeled))
			return NULL;
		TRY(include_link(t, &oid, &is_tag));
	}
	return NULL;
}

static const struct fault *include_tags(struct transfer *t)
{
	TRY(upload_peel(t->upload));
	for (size_t i = 0; i < t->upload->refs.count; i++) {
		if (!strncmp(t->upload->refs.list[i].name, "refs/tags/", 10))
			TRY(include_tag(t, &t->upload->refs.list[i]));
	}
	return NULL;
}

static const struct fault *collect(struct transfer *t)
{
	progress_start(&t->progress, progress_band(t), "Enumerating objects", 0);
	TRY(walk_wanted(t));
	if (t->caps & CAP_INCLUDE_TAG)
		TRY(include_tags(t));
	TRY(progress_done(&t->progress, t->plan.map.count));
	progress_start(&t->progress, progress_band(t), "Counting objects", t->plan.map.count);
	TRY(pack_plan_settle(&t->plan, t->walk, t->caps & CAP_THIN_PACK, t->n->common.count != 0));
	return progress_done(&t->progress, t->plan.map.count);
}

static const struct fault *tell_total(struct transfer *t)
{
	char line[160];

	if (!progress_band(t))
		return NULL;
	snprintf(line, sizeof line, "Total %u (delta %u), reused %u (delta %u), pack-reused 0\n",
		t->plan.map.count, t->plan.deltas + t->plan.made, t->plan.reused, t->plan.deltas);
	return sideband_text(&t->sideband, BAND_PROGRESS, line);
}

static const struct fault *transfer(struct transfer *t)
{
	struct outcome *outcome = t->upload->session->outcome;
	uint64_t bytes;

	TRY(collect(t));
	TRY(pack_send(&t->plan, &t->sideband, t->caps & CAP_OFS_DELTA, &bytes));
	outcome->objects += t->plan.map.count;
	outcome->objects_reused += t->plan.reused;
	outcome->pack_bytes += bytes;
	outcome->cloned = !t->n->common.count;
	TRY(tell_total(t));
	TRY(sideband_end(&t->sideband, t->sideband.frame_max != 0));
	return stream_flush(t->upload->session->stream);
}

/* Past the first frame an ERR line would be taken for a frame; without frames nothing can be told.
 */
static void tell_fault(struct transfer *t, const struct fault *fault)
{
	char text[FAULT_LINE_MAX], line[FAULT_LINE_MAX + 32];

	t->upload->session->told = true;
	if (!t->sideband.frame_max)
		return;
	snprintf(line, sizeof line, "upload-pack: %s\n", fault_line(fault, text));
	if (sideband_text(&t->sideband, BAND_ERROR, line))
		return; /* the client is gone; the log has the first fault */
}

const struct fault *upload_send(struct upload *upload, struct negotiation *n, uint32_t caps)
{
	struct transfer t = {.upload = upload, .n = n, .caps = caps};
	const struct fault *fault;

	TRY(walk_new(&t.walk, &upload->graph));
	pack_plan_init(&t.plan, upload->odb, upload->session->repo);
	sideband_init(&t.sideband, upload->session->stream, caps);
	fault = transfer(&t);
	if (fault && fault->blame != BLAME_PEER)
		tell_fault(&t, fault);
	pack_plan_free(&t.plan);
	walk_free(t.walk);
	return fault;
}
