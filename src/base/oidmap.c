/* SPDX-License-Identifier: ISC */
/* base/oidmap.c: numbered sets of oids. Any stage; getrandom() once per map. */
#include <stdlib.h>
#include <sys/random.h>
#include "base/mem.h"
#include "base/oidmap.h"

#define FIRST_SLOTS 1024u

/* Where the search for OID begins; the seed keeps the choice from whoever chose the oid. */
static uint32_t first_slot(const struct oidmap *map, const struct oid *oid)
{
	uint64_t word;

	memcpy(&word, oid->id, sizeof word);
	word = (word ^ map->seed) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(word >> 32) & map->slots_mask;
}

/* The slot that holds OID, or the empty one where it belongs. */
static uint32_t *slot_of(const struct oidmap *map, const struct oid *oid)
{
	uint32_t at = first_slot(map, oid);

	while (map->slots[at] && !oid_equal(&map->oids[map->slots[at] - 1], oid))
		at = (at + 1) & map->slots_mask;
	return &map->slots[at];
}

static const struct fault *grow_slots(struct oidmap *map)
{
	uint32_t size = map->slots ? (map->slots_mask + 1) * 2 : FIRST_SLOTS;
	uint32_t *slots = size ? mem_array(size, sizeof *slots) : NULL;

	if (!slots)
		return &fault_memory;
	if (!map->slots && getrandom(&map->seed, sizeof map->seed, GRND_NONBLOCK) < 0)
		map->seed = (uintptr_t)slots; /* early boot: address randomness has to do */
	free(map->slots);
	map->slots = slots;
	map->slots_mask = size - 1;
	for (uint32_t i = 0; i < map->count; i++)
		*slot_of(map, &map->oids[i]) = i + 1;
	return NULL;
}

uint32_t oidmap_find(const struct oidmap *map, const struct oid *oid)
{
	return map->slots ? *slot_of(map, oid) - 1 : OIDMAP_NONE;
}

const struct fault *oidmap_add(
	struct oidmap *map, const struct oid *oid, uint32_t *number, bool *added)
{
	uint32_t *slot;

	/* at most two thirds full */
	if (!map->slots || map->count >= map->slots_mask / 3 * 2)
		TRY(grow_slots(map));
	slot = slot_of(map, oid);
	if (added)
		*added = !*slot;
	if (!*slot) {
		if (!mem_grow(&map->oids, map->count, &map->oids_cap, sizeof *map->oids))
			return &fault_memory;
		map->oids[map->count] = *oid;
		*slot = ++map->count;
	}
	*number = *slot - 1;
	return NULL;
}

void oidmap_free(struct oidmap *map)
{
	free(map->oids);
	free(map->slots);
	*map = OIDMAP_INIT;
}
