/* SPDX-License-Identifier: ISC */
/*
 * base/sha1_attack.h: finding the blocks that a collision attack on SHA-1 has made. Private.
 *
 * Every known attack makes two blocks that differ in a way dictated by one of 32 disturbance
 * vectors, and either block of the pair gives it away (M. Stevens, "Counter-cryptanalysis", CRYPTO
 * 2013): apply the difference to the block that we have, from the middle of its steps where the two
 * computations agree, and see whether the other block would end in the same chaining value. That is
 * dear, so two filters stand before it: relations between bits of the message that hold in every
 * such block (M. Stevens and D. Shumow, "Speeding up detection of SHA-1 collision attacks using
 * unavoidable attack conditions", 2017), and their evaluation for a batch of blocks at once.
 */
#ifndef BASE_SHA1_ATTACK_H
#define BASE_SHA1_ATTACK_H

#include "base/sha1.h"

#define SHA1_VECTORS 32

/* A disturbance vector, in the papers' words: type(k, b). */
struct sha1_vector {
	uint8_t type; /* 1 or 2 */
	uint8_t k;    /* the step at which its sixteen defining words begin */
	uint8_t b;    /* by how many bits it is rotated to the left */
	uint8_t step; /* after so many steps the two computations are in the same state */
};

extern const struct sha1_vector sha1_vectors[SHA1_VECTORS];

/* How the words of the two blocks differ (exclusive or) at step T. */
uint32_t sha1_difference(const struct sha1_vector *v, size_t t);

/*
 * Sets SUSPECTS[i], for each of COUNT <= HASH_BATCH_BLOCKS blocks, to the vectors (bit n: number n)
 * that block i has all the marks of; what stands beyond COUNT means nothing. For innocent blocks
 * that is 0 in 19 of 20.
 */
void sha1_suspects(const uint8_t *blocks, size_t count, uint32_t suspects[HASH_BATCH_BLOCKS]);
void sha1_suspects_generic(
	const uint8_t *blocks, size_t count, uint32_t suspects[HASH_BATCH_BLOCKS]);
#if defined(__x86_64__)
/* Needs cpu_has_avx2(). */
void sha1_suspects_avx2(const uint8_t *blocks, size_t count, uint32_t suspects[HASH_BATCH_BLOCKS]);
#endif

/* Is BLOCK, which moved the chain from BEFORE to AFTER, half of a collision by one of SUSPECTS? */
bool sha1_is_attack(
	const uint32_t before[5], const uint32_t after[5], const uint8_t *block, uint32_t suspects);

/* The same as sha1_chain(); true if one of the blocks was. */
bool sha1_chain_watched(uint32_t *chain, const uint8_t *blocks, size_t count);

#endif
