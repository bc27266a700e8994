/* SPDX-License-Identifier: ISC */
/*
 * repo/base_cache.c: least recently used bases, by pack and offset. Stages fetch and parser.
 * Offsets may be chosen by whoever made the pack, so buckets depend on where our memory lies.
 */
#include <stdlib.h>
#include "base/mem.h"
#include "repo/base_cache.h"

#define BUCKET_BITS 14
#define BUCKETS ((size_t)1 << BUCKET_BITS)

struct block *block_new(enum object_type type, size_t len)
{
	struct block *block;
	size_t size;

	if (add_overflows(sizeof *block, len, &size))
		return NULL;
	block = malloc(size);
	if (block)
		*block = (struct block){.users = 1, .len = len, .type = type};
	return block;
}

void block_release(struct block *block)
{
	if (block && --block->users == 0)
		free(block);
}

static struct block **bucket_of(
	const struct base_cache *cache, const struct pack *pack, uint64_t offset)
{
	uint64_t mixed = offset ^ (uintptr_t)cache->buckets;

	mixed = (mixed ^ mixed >> 31) * 0x9e3779b97f4a7c15u;
	mixed = (mixed ^ mixed >> 29 ^ pack->number) * 0xbf58476d1ce4e5b9u;
	return &cache->buckets[mixed >> (64 - BUCKET_BITS)];
}

static struct block *find(const struct base_cache *cache, const struct pack *pack, uint64_t offset)
{
	struct block *block = cache->buckets ? *bucket_of(cache, pack, offset) : NULL;

	while (block && (block->offset != offset || block->pack != pack))
		block = block->next;
	return block;
}

/* Takes BLOCK out of the order of use. */
static void unlink_age(struct base_cache *cache, struct block *block)
{
	*(block->newer ? &block->newer->older : &cache->newest) = block->older;
	*(block->older ? &block->older->newer : &cache->oldest) = block->newer;
}

static void link_newest(struct base_cache *cache, struct block *block)
{
	block->newer = NULL;
	block->older = cache->newest;
	*(cache->newest ? &cache->newest->newer : &cache->oldest) = block;
	cache->newest = block;
}

static size_t cost(const struct block *block)
{
	return sizeof *block + block->len;
}

static void drop_oldest(struct base_cache *cache)
{
	struct block *block = cache->oldest;
	struct block **link = bucket_of(cache, block->pack, block->offset);

	while (*link != block)
		link = &(*link)->next;
	*link = block->next;
	unlink_age(cache, block);
	cache->bytes -= cost(block);
	block_release(block);
}

struct block *base_cache_get(struct base_cache *cache, const struct pack *pack, uint64_t offset)
{
	struct block *block = find(cache, pack, offset);

	if (!block)
		return NULL;
	if (block != cache->newest) {
		unlink_age(cache, block);
		link_newest(cache, block);
	}
	block->users++;
	return block;
}

const struct block *base_cache_peek(
	const struct base_cache *cache, const struct pack *pack, uint64_t offset)
{
	return find(cache, pack, offset);
}

void base_cache_put(
	struct base_cache *cache, const struct pack *pack, uint64_t offset, struct block *block)
{
	struct block **bucket;

	if (block->len > BASE_CACHE_OBJECT_MAX)
		return;
	if (!cache->buckets)
		cache->buckets = mem_array(BUCKETS, sizeof *cache->buckets);
	if (!cache->buckets)
		return; /* a cache may forget */
	while (cache->bytes + cost(block) > BASE_CACHE_MAX)
		drop_oldest(cache);
	bucket = bucket_of(cache, pack, offset);
	block->pack = pack;
	block->offset = offset;
	block->next = *bucket;
	*bucket = block;
	link_newest(cache, block);
	cache->bytes += cost(block);
	block->users++;
}

void base_cache_free(struct base_cache *cache)
{
	while (cache->oldest)
		drop_oldest(cache);
	free(cache->buckets);
	*cache = (struct base_cache){0};
}
