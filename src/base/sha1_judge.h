/* SPDX-License-Identifier: ISC */
/*
 * base/sha1_judge.h: the body of base/sha1_suspects.c, for one width of vectors. Included once for
 * each, with
 *
 *	JUDGE        the name of the function
 *	LANE_COUNT   how many blocks it takes
 *	LANE_TARGET  the attribute that lets the compiler use the instructions for it
 */

LANE_TARGET static void JUDGE(const uint8_t *blocks, uint32_t suspects[LANE_COUNT])
{
	typedef uint32_t lanes __attribute__((vector_size(4 * LANE_COUNT)));
	const uint32_t *vectors = concerned;
	lanes words[SHA1_RELATION_WORDS] HASH_SCRATCH, left = ~(lanes){};

	for (size_t i = 0; i < LANE_COUNT; i++)
		for (size_t t = 0; t < 16; t++)
			words[t][i] = load_be32(blocks + i * HASH_BLOCK_SIZE + 4 * t);
	for (size_t t = 16; t < SHA1_RELATION_WORDS; t++) {
		lanes word = words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16];
		words[t] = word << 1 | word >> 31;
	}
	/* Without this the compiler builds each row's constant anew, which takes longer to do than
	 * to load. */
	__asm__("" : "+r"(vectors));
#define SHA1_RELATION(t, bit, u, other, relation, unused)                                          \
	{                                                                                          \
		lanes unequal = (words[t] ^ MOVE_BIT(words[u], other, bit)) & (1u << (bit));       \
		left &= relation((lanes)(unequal == 0), *vectors);                                 \
		vectors++;                                                                         \
	}
#include "base/sha1_relations.h"
#undef SHA1_RELATION
	memcpy(suspects, &left, sizeof left);
}
#undef JUDGE
#undef LANE_COUNT
#undef LANE_TARGET
