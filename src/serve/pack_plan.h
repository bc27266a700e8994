/* SPDX-License-Identifier: ISC */
/*
 * serve/pack_plan.h: which objects a pack will hold, and in which stored form each one goes.
 *
 * What lies in our packs is right already: whole objects and deltas are copied as they are stored,
 * if the base of a delta goes too, or the client has it (thin). Only the rest is inflated and
 * deflated again: as a delta, if the walk met it beside another version of it that goes too or that
 * the client has. No delta is ever searched for.
 */
#ifndef SERVE_PACK_PLAN_H
#define SERVE_PACK_PLAN_H

#include "base/oidmap.h"
#include "repo/walk.h"

enum plan_form {
	FORM_WHOLE,      /* copy the stored zlib stream of the whole object */
	FORM_DELTA,      /* copy a stored delta; its base is in the plan: base_number */
	FORM_THIN_DELTA, /* copy a stored delta; its base is with the client */
	FORM_REPACK,     /* read it, deflate it: loose, or the base of its delta does not go */
	FORM_MADE_DELTA, /* make a delta, against base_number or else what the client has; if that
			  * is not worth it, WHOLE or REPACK */
};

/* Deltas on deltas that we make: longer chains cost whoever reads them. */
#define MADE_DELTA_DEPTH_MAX 50

/* How far a chain of stored deltas is followed to see that one more does not close a circle. */
#define MADE_DELTA_CHAIN_MAX 256

#define PLAN_NOT_WRITTEN UINT64_MAX

struct planned {
	struct place place;
	uint64_t written_at; /* its offset in the pack sent, or PLAN_NOT_WRITTEN */
	uint32_t base_number;
	uint8_t form;    /* enum plan_form */
	uint8_t instead; /* of a made delta: WHOLE or REPACK */
	uint8_t depth;   /* of the chain below a made delta, as far as we made it */
	uint8_t writing; /* its base is being written first */
};

struct pack_plan {
	struct odb *odb;
	const struct repo *repo;
	struct oidmap map;    /* the number of each object */
	struct planned *list; /* by number */
	size_t list_cap;
	uint32_t *order;         /* numbers in the order in which they are written, bases aside */
	const struct walk *walk; /* what the client has, and which versions belong together */
	bool thin;               /* deltas may lean on what the client has */
	bool dense;              /* make deltas of what could be copied whole, too */
	uint32_t deltas;         /* how many are copied as deltas */
	uint32_t made;           /* how many deltas were made: counted while they are sent */
	uint32_t reused;         /* how many are copied as stored */
};

void pack_plan_init(struct pack_plan *plan, struct odb *odb, const struct repo *repo);
void pack_plan_free(struct pack_plan *plan);

/* Adds an object, once. fault_object_missing if it is not there. */
const struct fault *pack_plan_add(struct pack_plan *plan, const struct oid *oid) MUST_USE;

/*
 * When all are in: decides the form of each, and the order. WALK, which must live as long as the
 * plan, is the one that found them; NULL if there was none. THIN: a delta may lean on what the
 * client has. DENSE: the pack is small enough to be made smaller still; a clone copies all it can.
 */
const struct fault *pack_plan_settle(
	struct pack_plan *plan, const struct walk *walk, bool thin, bool dense) MUST_USE;

#endif
