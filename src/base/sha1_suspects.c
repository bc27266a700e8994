/* SPDX-License-Identifier: ISC */
/*
 * base/sha1_suspects.c: which blocks of a batch might belong to a collision attack. Any stage;
 * memory only; the blocks are hostile and nothing but arithmetic happens to them.
 *
 * The words of a message do not depend on the chain, so several blocks are expanded and judged side
 * by side, one in each lane of a vector: with eight lanes that takes less time than the processor's
 * own SHA-1 of the same blocks. The vectors are those of GCC and clang; where a processor has none,
 * they become plain instructions.
 */
#include <string.h>
#include "base/cpu.h"
#include "base/sha1_attack.h"

#define SHA1_RELATION_WORDS 65

/* The vectors that each relation concerns, in the order of the rows. */
static const uint32_t concerned[] = {
#define SHA1_RELATION(t, bit, u, other, relation, vectors) vectors,
#include "base/sha1_relations.h"
#undef SHA1_RELATION
};

/* What is left of all vectors, lane by lane: SAME is all ones where the two bits are equal. */
#define EQUAL(same, vectors) ((same) | ~(vectors))
#define DIFFER(same, vectors) (~((same) & (vectors)))

#define MOVE_BIT(word, from, to)                                                                   \
	((from) >= (to) ? (word) >> (((from) - (to)) & 31) : (word) << (((to) - (from)) & 31))

#define JUDGE judge_four
#define LANE_COUNT 4
#define LANE_TARGET
#include "base/sha1_judge.h"

#if defined(__x86_64__)
#define JUDGE judge_eight
#define LANE_COUNT 8
#define LANE_TARGET __attribute__((target("avx2")))
#include "base/sha1_judge.h"
#endif

/* The batch at BLOCKS, or a copy of it in PADDED that has all its lanes. */
static const uint8_t *whole_batch(
	const uint8_t *blocks, size_t count, uint8_t padded[HASH_BATCH_SIZE])
{
	if (count == HASH_BATCH_BLOCKS)
		return blocks;
	memset(padded, 0, HASH_BATCH_SIZE);
	memcpy(padded, blocks, count * HASH_BLOCK_SIZE);
	return padded;
}

void sha1_suspects_generic(
	const uint8_t *blocks, size_t count, uint32_t suspects[HASH_BATCH_BLOCKS])
{
	uint8_t padded[HASH_BATCH_SIZE] HASH_SCRATCH;

	blocks = whole_batch(blocks, count, padded);
	judge_four(blocks, suspects);
	if (count > 4)
		judge_four(blocks + 4 * HASH_BLOCK_SIZE, suspects + 4);
}

#if defined(__x86_64__)
void sha1_suspects_avx2(const uint8_t *blocks, size_t count, uint32_t suspects[HASH_BATCH_BLOCKS])
{
	uint8_t padded[HASH_BATCH_SIZE] HASH_SCRATCH;

	judge_eight(whole_batch(blocks, count, padded), suspects);
}
#endif

void sha1_suspects(const uint8_t *blocks, size_t count, uint32_t suspects[HASH_BATCH_BLOCKS])
{
#if defined(__x86_64__)
	if (cpu_has_avx2()) {
		sha1_suspects_avx2(blocks, count, suspects);
		return;
	}
#endif
	sha1_suspects_generic(blocks, count, suspects);
}
