/* SPDX-License-Identifier: ISC */
/* serve/pack_plan.c: forms and order of the objects to send. Stage fetch; trusts no pack or idx. */
#include <stdlib.h>
#include "base/mem.h"
#include "serve/pack_plan.h"

void pack_plan_init(struct pack_plan *plan, struct odb *odb, const struct repo *repo)
{
	*plan = (struct pack_plan){.odb = odb, .repo = repo};
}

void pack_plan_free(struct pack_plan *plan)
{
	oidmap_free(&plan->map);
	free(plan->list);
	free(plan->order);
}

const struct fault *pack_plan_add(struct pack_plan *plan, const struct oid *oid)
{
	struct planned *planned;
	uint32_t number;
	bool added, found;

	if (!mem_grow(&plan->list, plan->map.count, &plan->list_cap, sizeof *plan->list))
		return &fault_memory;
	TRY(oidmap_add(&plan->map, oid, &number, &added));
	if (!added)
		return NULL;
	planned = &plan->list[number];
	*planned = (struct planned){.written_at = PLAN_NOT_WRITTEN, .base_number = OIDMAP_NONE};
	TRY(odb_find(plan->odb, oid, &found, &planned->place));
	if (!found) {
		char hex[OID_MAX_HEX + 1];

		return fault_note(&fault_object_missing, "%s", oid_hex(oid, plan->repo->algo, hex));
	}
	return NULL;
}

/* The name of the base of a stored delta; false if no entry begins where it should. */
static bool base_of(const struct place *place, const struct pack_entry *entry, struct oid *base)
{
	uint32_t position;

	if (entry->type == OBJECT_REF_DELTA) {
		*base = entry->base;
		return true;
	}
	if (entry->base_distance > place->offset ||
		!pack_position_at(place->pack, place->offset - entry->base_distance, &position))
		return false;
	idx_oid(&place->pack->idx, position, base);
	return true;
}

static enum plan_form delta_form(struct pack_plan *plan, const struct walk *walk,
	struct planned *planned, const struct oid *base)
{
	planned->base_number = oidmap_find(&plan->map, base);
	if (planned->base_number != OIDMAP_NONE)
		return FORM_DELTA;
	return walk && walk_is_excluded(walk, base) ? FORM_THIN_DELTA : FORM_REPACK;
}

static const struct fault *decide_form(
	struct pack_plan *plan, const struct walk *walk, struct planned *planned)
{
	struct pack_entry entry;
	struct cursor zlib;
	struct oid base;

	planned->form = FORM_REPACK;
	if (!planned->place.pack)
		return NULL;
	TRY(pack_stored(plan->repo, &planned->place, &entry, &zlib));
	if (entry.type != OBJECT_OFS_DELTA && entry.type != OBJECT_REF_DELTA)
		planned->form = FORM_WHOLE;
	else if (base_of(&planned->place, &entry, &base))
		planned->form = delta_form(plan, walk, planned, &base);
	plan->reused += planned->form != FORM_REPACK;
	plan->deltas += planned->form == FORM_DELTA || planned->form == FORM_THIN_DELTA;
	return NULL;
}

/* Packs one after the other, front to back, so that the disk is read in order and deltas find their
 * base written; loose objects first. */
static int compare_places(const void *a, const void *b, void *arg)
{
	const struct pack_plan *plan = arg;
	const uint32_t *x = a, *y = b;
	const struct place *p = &plan->list[*x].place, *q = &plan->list[*y].place;

	if (p->pack != q->pack) {
		if (!p->pack || !q->pack)
			return p->pack ? 1 : -1;
		return p->pack->number < q->pack->number ? -1 : 1;
	}
	if (p->offset != q->offset)
		return p->offset < q->offset ? -1 : 1;
	return (*x > *y) - (*x < *y);
}

const struct fault *pack_plan_settle(struct pack_plan *plan, const struct walk *walk)
{
	plan->order = mem_array(plan->map.count, sizeof *plan->order);
	if (!plan->order)
		return &fault_memory;
	for (uint32_t i = 0; i < plan->map.count; i++) {
		plan->order[i] = i;
		TRY(decide_form(plan, walk, &plan->list[i]));
	}
	qsort_r(plan->order, plan->map.count, sizeof *plan->order, compare_places, plan);
	return NULL;
}
