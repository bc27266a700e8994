/* SPDX-License-Identifier: ISC */
/*
 * repo/base_cache.h: inflated objects, counted and shared, and a bounded cache of those that deltas
 * were made from. Private to the object database.
 */
#ifndef REPO_BASE_CACHE_H
#define REPO_BASE_CACHE_H

#include "repo/odb.h"

/* What the cache holds at most, its own bookkeeping included. */
#define BASE_CACHE_MAX ((size_t)64 << 20)
/* Objects larger than this would drive out too many others. */
#define BASE_CACHE_OBJECT_MAX (BASE_CACHE_MAX / 4)

/* The content of one object. It lives as long as somebody uses it; the cache is one user. */
struct block {
	size_t users;
	size_t len;
	enum object_type type;
	/* Meaningful only while the cache holds it: where it comes from, and its neighbours there.
	 */
	const struct pack *pack;
	uint64_t offset;
	struct block *next, *newer, *older;
	uint8_t bytes[];
};

/* One user, uninitialised bytes; NULL without memory. */
struct block *block_new(enum object_type type, size_t len);
void block_release(struct block *block);

struct base_cache {
	struct block **buckets; /* NULL until something is kept */
	struct block *newest, *oldest;
	size_t bytes;
};

/* The object at OFFSET of PACK, with one more user; NULL if it is not there. */
struct block *base_cache_get(struct base_cache *cache, const struct pack *pack, uint64_t offset);
/* The same without becoming a user. */
const struct block *base_cache_peek(
	const struct base_cache *cache, const struct pack *pack, uint64_t offset);
/* Keeps BLOCK, which is not there yet, if it is not too large; the oldest ones make room. */
void base_cache_put(
	struct base_cache *cache, const struct pack *pack, uint64_t offset, struct block *block);
void base_cache_free(struct base_cache *cache);

#endif
