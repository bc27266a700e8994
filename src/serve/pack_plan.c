/* SPDX-License-Identifier: ISC */
/* serve/pack_plan.c: forms and order of the objects to send. Stage fetch; trusts no pack or idx. */
#include <stdlib.h>
#include "base/mem.h"
#include "object/sort.h"
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

static bool with_client(const struct pack_plan *plan, const struct oid *oid)
{
	return plan->thin && plan->walk && walk_is_excluded(plan->walk, oid);
}

static enum plan_form delta_form(
	struct pack_plan *plan, struct planned *planned, const struct oid *base)
{
	planned->base_number = oidmap_find(&plan->map, base);
	if (planned->base_number != OIDMAP_NONE)
		return FORM_DELTA;
	return with_client(plan, base) ? FORM_THIN_DELTA : FORM_REPACK;
}

/* Does the chain below BASE, as far as it is decided, stay clear of NUMBER? */
static bool chain_is_clear(const struct pack_plan *plan, uint32_t base, uint32_t number)
{
	for (unsigned i = 0; i < MADE_DELTA_CHAIN_MAX; i++) {
		if (base == OIDMAP_NONE)
			return true;
		if (base == number)
			return false;
		base = plan->list[base].base_number;
	}
	return false;
}

/* May NUMBER become a delta upon LIKE? BASE is LIKE's number, or OIDMAP_NONE. */
static bool may_lean_on(
	const struct pack_plan *plan, uint32_t number, const struct oid *like, uint32_t base)
{
	if (base == OIDMAP_NONE)
		return with_client(plan, like);
	return plan->list[base].depth < MADE_DELTA_DEPTH_MAX && chain_is_clear(plan, base, number);
}

/* Is there another version to make a delta against? For what has to be deflated anyway, and in a
 * dense plan for what could be copied whole, too. */
static void consider_making(struct pack_plan *plan, uint32_t number)
{
	struct planned *planned = &plan->list[number];
	const struct oid *like = NULL;
	uint32_t base;

	if (planned->form == FORM_REPACK || (plan->dense && planned->form == FORM_WHOLE))
		like = plan->walk ? walk_counterpart(plan->walk, &plan->map.oids[number]) : NULL;
	if (!like)
		return;
	base = oidmap_find(&plan->map, like);
	if (!may_lean_on(plan, number, like, base))
		return;
	plan->reused -= planned->form == FORM_WHOLE;
	planned->instead = planned->form;
	planned->form = FORM_MADE_DELTA;
	planned->base_number = base;
	planned->depth = base == OIDMAP_NONE ? 1 : (uint8_t)(plan->list[base].depth + 1);
}

static const struct fault *decide_form(struct pack_plan *plan, struct planned *planned)
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
		planned->form = delta_form(plan, planned, &base);
	plan->reused += planned->form != FORM_REPACK;
	plan->deltas += planned->form == FORM_DELTA || planned->form == FORM_THIN_DELTA;
	return NULL;
}

/* Packs one after the other, front to back, so that the disk is read in order and deltas find their
 * base written; loose objects first. */
static uint64_t rank(const struct place *place)
{
	return place->pack ? (uint64_t)(place->pack->number + 1) << 40 | place->offset : 0;
}

static const struct fault *decide_order(struct pack_plan *plan)
{
	uint32_t count = plan->map.count;
	struct sort_key *keys = mem_array((size_t)count * 2, sizeof *keys);

	plan->order = mem_array(count, sizeof *plan->order);
	if (!keys || !plan->order) {
		free(keys);
		return &fault_memory;
	}
	for (uint32_t i = 0; i < count; i++)
		keys[i] = (struct sort_key){rank(&plan->list[i].place), i};
	sort_keys(keys, keys + count, count);
	for (uint32_t i = 0; i < count; i++)
		plan->order[i] = keys[i].value;
	free(keys);
	return NULL;
}

const struct fault *pack_plan_settle(
	struct pack_plan *plan, const struct walk *walk, bool thin, bool dense)
{
	plan->walk = walk;
	plan->thin = thin;
	plan->dense = dense;
	for (uint32_t i = 0; i < plan->map.count; i++) {
		TRY(decide_form(plan, &plan->list[i]));
		consider_making(plan, i);
	}
	return decide_order(plan);
}
