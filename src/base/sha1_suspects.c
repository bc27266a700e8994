/* SPDX-License-Identifier: ISC */
/*
 * base/sha1_suspects.c: which blocks of a batch might belong to a collision attack. Any stage;
 * memory only; the blocks are hostile and nothing but arithmetic happens to them.
 *
 * The words of a message do not depend on the chain, so eight blocks are expanded and judged side
 * by side, one in each lane of a vector: about a third of the time that hashing takes, where
 * judging each by itself takes three times as long as hashing. The vectors are those of GCC and
 * clang; a processor without them gets plain instructions.
 */
#include <string.h>
#include "base/cpu.h"
#include "base/sha1_attack.h"

#define SHA1_RELATION_WORDS 65

typedef uint32_t lanes __attribute__((vector_size(4 * HASH_BATCH_BLOCKS)));

#define LANES(n) ((lanes){} + (n))

/* Lane i of the first sixteen words is block i; lanes without a block are zero. */
static inline __attribute__((always_inline)) void load_lanes(
	lanes *words, const uint8_t *blocks, size_t count)
{
	for (size_t t = 0; t < 16; t++) {
		uint32_t row[HASH_BATCH_BLOCKS] = {0};
		for (size_t i = 0; i < count; i++)
			row[i] = load_be32(blocks + i * HASH_BLOCK_SIZE + 4 * t);
		memcpy(&words[t], row, sizeof row);
	}
}

static inline __attribute__((always_inline)) void expand_lanes(lanes *words)
{
	for (size_t t = 16; t < SHA1_RELATION_WORDS; t++) {
		lanes word = words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16];
		words[t] = word << 1 | word >> 31;
	}
}

/* Strikes VECTORS from each lane of LEFT whose two bits are not as the relation says. */
#define EQUAL(same, vectors) ((lanes)(same) | LANES(~(uint32_t)(vectors)))
#define DIFFER(same, vectors) (~((lanes)(same)&LANES((uint32_t)(vectors))))
#define SHA1_RELATION(t, bit, u, other, relation, vectors)                                         \
	left &= relation(                                                                          \
		((words[t] ^ TO_BIT(words[u], other, bit)) & LANES(1u << (bit))) == LANES(0u),     \
		vectors);
#define TO_BIT(word, from, to)                                                                     \
	((from) >= (to) ? (word) >> (((from) - (to)) & 31) : (word) << (((to) - (from)) & 31))

static inline __attribute__((always_inline)) void judge(
	const uint8_t *blocks, size_t count, uint32_t suspects[HASH_BATCH_BLOCKS])
{
	lanes words[SHA1_RELATION_WORDS], left = LANES(UINT32_MAX);

	load_lanes(words, blocks, count);
	expand_lanes(words);
#include "base/sha1_relations.h"
	memcpy(suspects, &left, sizeof left);
}

void sha1_suspects_generic(
	const uint8_t *blocks, size_t count, uint32_t suspects[HASH_BATCH_BLOCKS])
{
	judge(blocks, count, suspects);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) void sha1_suspects_avx2(
	const uint8_t *blocks, size_t count, uint32_t suspects[HASH_BATCH_BLOCKS])
{
	judge(blocks, count, suspects);
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
