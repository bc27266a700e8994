/* SPDX-License-Identifier: ISC */
/*
 * base/hash_blocks.h: what SHA-1 and SHA-256 (FIPS 180-4) share: a chain of words that each block
 * of 64 bytes moves on. Private to base/; base/hash.h is the door.
 */
#ifndef BASE_HASH_BLOCKS_H
#define BASE_HASH_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HASH_BLOCK_SIZE 64

/*
 * Blocks are gathered up to so many before they are hashed, because the search for collisions looks
 * at a batch of them at once: a small object should be one batch with its header and padding.
 */
#define HASH_BATCH_BLOCKS 8
#define HASH_BATCH_SIZE (HASH_BATCH_BLOCKS * HASH_BLOCK_SIZE)

/* For an array that is written before it is read: the build's zeroing of locals shows here. */
#if defined(__has_attribute)
#if __has_attribute(uninitialized)
#define HASH_SCRATCH __attribute__((uninitialized))
#endif
#endif
#ifndef HASH_SCRATCH
#define HASH_SCRATCH
#endif

struct hash_state;
typedef void hash_compress(struct hash_state *state, const uint8_t *blocks, size_t count);

/* What a struct hash_ctx holds. */
struct hash_state {
	hash_compress *compress;
	uint64_t len;          /* bytes so far; len % HASH_BATCH_SIZE of them are pending */
	uint32_t chain[8];     /* SHA-1 uses five */
	uint32_t digest_words; /* of the chain */
	bool collision;        /* a block bore the mark of an attack */
	uint8_t pending[HASH_BATCH_SIZE];
};

static inline uint32_t load_be32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static inline uint32_t rotate_left(uint32_t word, unsigned bits)
{
	return word << bits | word >> (32 - bits);
}

/* The compression functions proper: move CHAIN on by COUNT blocks. */
typedef void hash_chain_blocks(uint32_t *chain, const uint8_t *blocks, size_t count);

hash_chain_blocks sha1_chain; /* the fastest of those below that this processor runs */
hash_chain_blocks sha1_chain_generic;
hash_chain_blocks sha256_chain;
hash_chain_blocks sha256_chain_generic;
#if defined(__x86_64__)
hash_chain_blocks sha1_chain_x86; /* need cpu_has_sha() */
hash_chain_blocks sha256_chain_x86;
#endif

#endif
