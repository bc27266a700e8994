/* SPDX-License-Identifier: ISC */
/*
 * base/oidmap.h: a set of oids in which each has a small number, in order of arrival.
 *
 * Numbers index arrays that the caller keeps beside it (flags, dates, positions), so that a walk
 * over a million objects costs 32 + 16 bytes each and no pointers. Open addressing; the hash is the
 * oid's own first bytes mixed with a random seed, so that nobody can choose collisions.
 */
#ifndef BASE_OIDMAP_H
#define BASE_OIDMAP_H

#include <stdint.h>
#include "base/fault.h"
#include "base/oid.h"

#define OIDMAP_NONE UINT32_MAX
#define OIDMAP_KEYS (OID_MAX_SIZE / sizeof(uint32_t))

struct oidmap {
	struct oid *oids; /* by number */
	uint32_t count;
	size_t oids_cap;
	struct oidmap_slot {
		uint32_t hash;   /* of the oid, so that most others are passed over unread */
		uint32_t holder; /* number + 1, or 0 */
	} * slots;
	uint32_t slots_mask;
	uint64_t keys[OIDMAP_KEYS]; /* of the hash; random */
};

#define OIDMAP_INIT ((struct oidmap){0})

/* The number of OID, or OIDMAP_NONE. */
uint32_t oidmap_find(const struct oidmap *map, const struct oid *oid);

/* The number of OID, which is added if it was not there (*ADDED, if not NULL, says so). */
const struct fault *oidmap_add(
	struct oidmap *map, const struct oid *oid, uint32_t *number, bool *added) MUST_USE;

void oidmap_free(struct oidmap *map);

#endif
