/* SPDX-License-Identifier: ISC */
/*
 * base/hash.c: the hashes of Git by name, and the gathering and padding of blocks that all of them
 * share (FIPS 180-4, 5.1.1 and 6). Any stage; the bytes hashed are hostile and never looked at
 * other than as blocks.
 */
#include <string.h>
#include "base/hash.h"
#include "base/hash_blocks.h"
#include "base/sha1_attack.h"

_Static_assert(sizeof(struct hash_state) <= sizeof(struct hash_ctx), "hash_ctx has room");

static struct hash_state *state_of(struct hash_ctx *ctx)
{
	return (struct hash_state *)(void *)ctx;
}

static void start(
	struct hash_ctx *ctx, hash_compress *compress, const uint32_t *chain, uint32_t words)
{
	struct hash_state *s = state_of(ctx);

	s->compress = compress;
	s->len = 0;
	s->digest_words = words;
	s->collision = false;
	memcpy(s->chain, chain, words * sizeof *chain);
}

/* Tops the pending batch up from *AT, and hashes it once it is full. */
static void top_up(struct hash_state *s, const uint8_t **at, size_t *len)
{
	size_t used = s->len % HASH_BATCH_SIZE, room = HASH_BATCH_SIZE - used;
	size_t taken = *len < room ? *len : room;

	memcpy(s->pending + used, *at, taken);
	s->len += taken;
	*at += taken;
	*len -= taken;
	if (taken == room)
		s->compress(s, s->pending, HASH_BATCH_BLOCKS);
}

static void update(struct hash_ctx *ctx, const void *bytes, size_t len)
{
	struct hash_state *s = state_of(ctx);
	const uint8_t *at = bytes;
	size_t whole;

	if (!len)
		return;
	if (s->len % HASH_BATCH_SIZE)
		top_up(s, &at, &len);
	whole = len / HASH_BATCH_SIZE * HASH_BATCH_SIZE;
	if (whole) {
		s->compress(s, at, whole / HASH_BLOCK_SIZE);
		s->len += whole;
		at += whole;
		len -= whole;
	}
	if (len)
		top_up(s, &at, &len);
}

static void store_be32(uint8_t *at, uint32_t word)
{
	at[0] = (uint8_t)(word >> 24);
	at[1] = (uint8_t)(word >> 16);
	at[2] = (uint8_t)(word >> 8);
	at[3] = (uint8_t)word;
}

/* A one bit, zeros up to the last eight bytes of a block, and there the length in bits. */
static void pad(struct hash_ctx *ctx)
{
	static const uint8_t one_and_zeros[HASH_BLOCK_SIZE] = {0x80};
	struct hash_state *s = state_of(ctx);
	uint64_t bits = s->len * 8;
	size_t last = s->len % HASH_BLOCK_SIZE;
	uint8_t length[8];

	store_be32(length, (uint32_t)(bits >> 32));
	store_be32(length + 4, (uint32_t)bits);
	update(ctx, one_and_zeros, last < 56 ? 56 - last : 120 - last);
	update(ctx, length, sizeof length);
}

static bool final(struct hash_ctx *ctx, struct oid *out)
{
	struct hash_state *s = state_of(ctx);

	pad(ctx);
	s->compress(s, s->pending, s->len % HASH_BATCH_SIZE / HASH_BLOCK_SIZE);
	*out = (struct oid){{0}};
	for (uint32_t i = 0; i < s->digest_words; i++)
		store_be32(out->id + 4 * i, s->chain[i]);
	return !s->collision;
}

static const uint32_t sha1_initial[5] = {
	0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
static const uint32_t sha256_initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static void compress_sha1(struct hash_state *s, const uint8_t *blocks, size_t count)
{
	sha1_chain(s->chain, blocks, count);
}

static void compress_sha1_watched(struct hash_state *s, const uint8_t *blocks, size_t count)
{
	if (sha1_chain_watched(s->chain, blocks, count))
		s->collision = true;
}

static void compress_sha256(struct hash_state *s, const uint8_t *blocks, size_t count)
{
	sha256_chain(s->chain, blocks, count);
}

static void start_sha1(struct hash_ctx *ctx)
{
	start(ctx, compress_sha1, sha1_initial, 5);
}

static void start_sha1_watched(struct hash_ctx *ctx)
{
	start(ctx, compress_sha1_watched, sha1_initial, 5);
}

static void start_sha256(struct hash_ctx *ctx)
{
	start(ctx, compress_sha256, sha256_initial, 8);
}

static const struct oid sha1_empty_tree = {{0x4b, 0x82, 0x5d, 0xc6, 0x42, 0xcb, 0x6e, 0xb9, 0xa0,
	0x60, 0xe5, 0x4b, 0xf8, 0xd6, 0x92, 0x88, 0xfb, 0xee, 0x49, 0x04}};
static const struct oid sha256_empty_tree = {{0x6e, 0xf1, 0x9b, 0x41, 0x22, 0x5c, 0x53, 0x69, 0xf1,
	0xc1, 0x04, 0xd4, 0x5d, 0x8d, 0x85, 0xef, 0xa9, 0xb0, 0x57, 0xb5, 0x3b, 0x14, 0xb4, 0xb9,
	0xb9, 0x39, 0xdd, 0x74, 0xde, 0xcc, 0x53, 0x21}};

const struct hash_algo hash_sha1 = {
	"sha1", 20, 40, start_sha1_watched, update, final, &hash_sha1_plain, &sha1_empty_tree};
const struct hash_algo hash_sha1_plain = {
	"sha1", 20, 40, start_sha1, update, final, &hash_sha1_plain, &sha1_empty_tree};
const struct hash_algo hash_sha256 = {
	"sha256", 32, 64, start_sha256, update, final, &hash_sha256, &sha256_empty_tree};

const struct hash_algo *hash_by_name(const struct cursor *name)
{
	static const struct hash_algo *const known[] = {&hash_sha1, &hash_sha256};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (cursor_is(name, known[i]->name))
			return known[i];
	return NULL;
}
