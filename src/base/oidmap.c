/* SPDX-License-Identifier: ISC */
/* base/oidmap.c: numbered sets of oids. Any stage; getrandom() once per map. */
#include <stdlib.h>
#include <sys/random.h>
#include "base/mem.h"
#include "base/oidmap.h"

#define FIRST_SLOTS 1024u

/*
 * The hash of OID, whose lower bits say where the search begins: a sum of its words, each times a
 * random key, of which the upper half is strongly universal. Whoever chooses names cannot make them
 * meet, whatever part of them is alike; one multiplication of a part, or of a mixture, can be
 * foreseen.
 */
static uint32_t hash_of(const struct oidmap *map, const struct oid *oid)
{
	uint32_t words[OIDMAP_KEYS];
	uint64_t sum = 0;

	memcpy(words, oid->id, sizeof words);
	for (size_t i = 0; i < OIDMAP_KEYS; i++)
		sum += map->keys[i] * words[i];
	return (uint32_t)(sum >> 32);
}

/* Early at boot there may be no chance to be had: then that of addresses has to do. */
static void choose_keys(struct oidmap *map, const void *somewhere)
{
	if (getrandom(map->keys, sizeof map->keys, GRND_NONBLOCK) == sizeof map->keys)
		return;
	for (size_t i = 0; i < OIDMAP_KEYS; i++)
		map->keys[i] = ((uintptr_t)somewhere + i) * UINT64_C(0x9e3779b97f4a7c15);
}

/* The slot that holds OID, or the empty one where it belongs. */
static struct oidmap_slot *slot_of(const struct oidmap *map, const struct oid *oid, uint32_t hash)
{
	uint32_t at = hash & map->slots_mask;

	for (;; at = (at + 1) & map->slots_mask) {
		struct oidmap_slot *slot = &map->slots[at];

		if (!slot->holder ||
			(slot->hash == hash && oid_equal(&map->oids[slot->holder - 1], oid)))
			return slot;
	}
}

/* Puts a slot that was filled in a smaller table into this one, where there is room. */
static void carry_over(struct oidmap *map, struct oidmap_slot slot)
{
	uint32_t at = slot.hash & map->slots_mask;

	while (map->slots[at].holder)
		at = (at + 1) & map->slots_mask;
	map->slots[at] = slot;
}

static const struct fault *grow_slots(struct oidmap *map)
{
	uint32_t size = map->slots ? (map->slots_mask + 1) * 2 : FIRST_SLOTS;
	struct oidmap_slot *old = map->slots, *slots = size ? mem_array(size, sizeof *slots) : NULL;
	uint32_t old_size = old ? map->slots_mask + 1 : 0;

	if (!slots)
		return &fault_memory;
	if (!map->slots)
		choose_keys(map, slots);
	map->slots = slots;
	map->slots_mask = size - 1;
	for (uint32_t i = 0; i < old_size; i++)
		if (old[i].holder)
			carry_over(map, old[i]);
	free(old);
	return NULL;
}

uint32_t oidmap_find(const struct oidmap *map, const struct oid *oid)
{
	return map->slots ? slot_of(map, oid, hash_of(map, oid))->holder - 1 : OIDMAP_NONE;
}

const struct fault *oidmap_add(
	struct oidmap *map, const struct oid *oid, uint32_t *number, bool *added)
{
	struct oidmap_slot *slot;
	uint32_t hash;

	/* at most two thirds full */
	if (!map->slots || map->count >= map->slots_mask / 3 * 2)
		TRY(grow_slots(map));
	hash = hash_of(map, oid);
	slot = slot_of(map, oid, hash);
	if (added)
		*added = !slot->holder;
	if (!slot->holder) {
		if (!mem_grow(&map->oids, map->count, &map->oids_cap, sizeof *map->oids))
			return &fault_memory;
		map->oids[map->count] = *oid;
		*slot = (struct oidmap_slot){hash, ++map->count};
	}
	*number = slot->holder - 1;
	return NULL;
}

void oidmap_free(struct oidmap *map)
{
	free(map->oids);
	free(map->slots);
	*map = OIDMAP_INIT;
}
