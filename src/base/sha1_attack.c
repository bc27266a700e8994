/* SPDX-License-Identifier: ISC */
/*
 * base/sha1_attack.c: the verdict on blocks that look like half of a collision attack. Any stage;
 * memory only. See base/sha1_attack.h for the idea.
 */
#include <string.h>
#include "base/sha1_attack.h"

/* The vectors that the 2017 paper selects: all those that an attack could afford to use. */
const struct sha1_vector sha1_vectors[SHA1_VECTORS] = {
	{1, 43, 0, 58},
	{1, 44, 0, 58},
	{1, 45, 0, 58},
	{1, 46, 0, 58},
	{1, 46, 2, 58},
	{1, 47, 0, 58},
	{1, 47, 2, 58},
	{1, 48, 0, 58},
	{1, 48, 2, 58},
	{1, 49, 0, 58},
	{1, 49, 2, 58},
	{1, 50, 0, 65},
	{1, 50, 2, 65},
	{1, 51, 0, 65},
	{1, 51, 2, 65},
	{1, 52, 0, 65},
	{2, 45, 0, 58},
	{2, 46, 0, 58},
	{2, 46, 2, 58},
	{2, 47, 0, 58},
	{2, 48, 0, 58},
	{2, 49, 0, 58},
	{2, 49, 2, 58},
	{2, 50, 0, 65},
	{2, 50, 2, 65},
	{2, 51, 0, 65},
	{2, 51, 2, 65},
	{2, 52, 0, 65},
	{2, 53, 0, 65},
	{2, 54, 0, 65},
	{2, 55, 0, 65},
	{2, 56, 0, 65},
};

/*
 * The differences of I(52, 0) and II(56, 0), and as many more as those of smaller k need: taking
 * one from k moves all words one step to the front. They follow from the definition of the vectors
 * (the unit test derives them); they are spelled out because a twentieth of all blocks asks.
 */
#define TYPE1_K 52
#define TYPE2_K 56

static const uint32_t type1[] = {
	0x04000010,
	0xe8000000,
	0x0800000c,
	0x18000000,
	0xb800000a,
	0xc8000010,
	0x2c000010,
	0xf4000014,
	0xb4000008,
	0x08000000,
	0x9800000c,
	0xd8000010,
	0x08000010,
	0xb8000010,
	0x98000000,
	0x60000000,
	0x00000008,
	0xc0000000,
	0x90000014,
	0x10000010,
	0xb8000014,
	0x28000000,
	0x20000010,
	0x48000000,
	0x08000018,
	0x60000000,
	0x90000010,
	0xf0000010,
	0x90000008,
	0xc0000000,
	0x90000010,
	0xf0000010,
	0xb0000008,
	0x40000000,
	0x90000000,
	0xf0000010,
	0x90000018,
	0x60000000,
	0x90000010,
	0x90000010,
	0x90000000,
	0x80000000,
	0x00000010,
	0xa0000000,
	0x20000000,
	0xa0000000,
	0x20000010,
	0x00000000,
	0x20000010,
	0x20000000,
	0x00000010,
	0x20000000,
	0x00000010,
	0xa0000000,
	0x00000000,
	0x20000000,
	0x20000000,
	0x00000000,
	0x00000000,
	0x00000000,
	0x00000000,
	0x00000000,
	0x00000000,
	0x00000000,
	0x00000000,
	0x00000000,
	0x00000000,
	0x00000001,
	0x00000020,
	0x00000001,
	0x40000002,
	0x40000040,
	0x40000002,
	0x80000004,
	0x80000080,
	0x80000006,
	0x00000049,
	0x00000103,
	0x80000009,
	0x80000012,
	0x80000202,
	0x00000018,
	0x00000164,
	0x00000408,
	0x800000e6,
	0x8000004c,
	0x00000803,
	0x80000161,
	0x80000599,
};

static const uint32_t type2[] = {
	0x2600001a,
	0x00000010,
	0x0400001c,
	0xcc000014,
	0x0c000002,
	0xc0000010,
	0xb400001c,
	0x3c000004,
	0xbc00001a,
	0x20000010,
	0x2400001c,
	0xec000014,
	0x0c000002,
	0xc0000010,
	0xb400001c,
	0x2c000004,
	0xbc000018,
	0xb0000010,
	0x0000000c,
	0xb8000010,
	0x08000018,
	0x78000010,
	0x08000014,
	0x70000010,
	0xb800001c,
	0xe8000000,
	0xb0000004,
	0x58000010,
	0xb000000c,
	0x48000000,
	0xb0000000,
	0xb8000010,
	0x98000010,
	0xa0000000,
	0x00000000,
	0x00000000,
	0x20000000,
	0x80000000,
	0x00000010,
	0x00000000,
	0x20000010,
	0x20000000,
	0x00000010,
	0x60000000,
	0x00000018,
	0xe0000000,
	0x90000000,
	0x30000010,
	0xb0000000,
	0x20000000,
	0x20000000,
	0xa0000000,
	0x00000010,
	0x80000000,
	0x20000000,
	0x20000000,
	0x20000000,
	0x80000000,
	0x00000010,
	0x00000000,
	0x20000010,
	0xa0000000,
	0x00000000,
	0x20000000,
	0x20000000,
	0x00000000,
	0x00000000,
	0x00000000,
	0x00000000,
	0x00000000,
	0x00000000,
	0x00000001,
	0x00000020,
	0x00000001,
	0x40000002,
	0x40000041,
	0x40000022,
	0x80000005,
	0xc0000082,
	0xc0000046,
	0x4000004b,
	0x80000107,
	0x00000089,
	0x00000014,
	0x8000024b,
	0x0000011b,
	0x8000016d,
	0x8000041a,
	0x000002e4,
	0x80000054,
	0x00000967,
};

uint32_t sha1_difference(const struct sha1_vector *v, size_t t)
{
	uint32_t word = v->type == 1 ? type1[t + TYPE1_K - v->k] : type2[t + TYPE2_K - v->k];

	return v->b ? rotate_left(word, v->b) : word;
}

/* The five variables between two steps. */
struct between {
	uint32_t a, b, c, d, e;
};

/* Sums begin with what is known first, so that steps overlap. */
#define FORWARD(f, k)                                                                              \
	do {                                                                                       \
		uint32_t a = s.e + words[t] + (k);                                                 \
		a += f(s.b, s.c, s.d);                                                             \
		a += rotate_left(s.a, 5);                                                          \
		s = (struct between){a, s.a, rotate_left(s.b, 30), s.c, s.d};                      \
	} while (0)

#define BACK(f, k)                                                                                 \
	do {                                                                                       \
		uint32_t b = rotate_left(s.c, 2), e = s.a - rotate_left(s.b, 5) - words[t] - (k);  \
		e -= f(b, s.d, s.e);                                                               \
		s = (struct between){s.b, b, s.d, s.e, e};                                         \
	} while (0)

/* Takes steps FROM to TO, the latter not included. */
static struct between forward(
	struct between s, const uint32_t words[SHA1_STEPS], size_t from, size_t to)
{
	size_t t = from;

	for (; t < to && t < 20; t++)
		FORWARD(SHA1_CHOOSE, SHA1_K0);
	for (; t < to && t < 40; t++)
		FORWARD(SHA1_PARITY, SHA1_K1);
	for (; t < to && t < 60; t++)
		FORWARD(SHA1_MAJORITY, SHA1_K2);
	for (; t < to; t++)
		FORWARD(SHA1_PARITY, SHA1_K3);
	return s;
}

/* Takes back all steps before FROM. */
static struct between back(struct between s, const uint32_t words[SHA1_STEPS], size_t from)
{
	size_t t = from;

	while (t > 60 && t--)
		BACK(SHA1_PARITY, SHA1_K3);
	while (t > 40 && t--)
		BACK(SHA1_MAJORITY, SHA1_K2);
	while (t > 20 && t--)
		BACK(SHA1_PARITY, SHA1_K1);
	while (t && t--)
		BACK(SHA1_CHOOSE, SHA1_K0);
	return s;
}

static struct between at_chain(const uint32_t chain[5])
{
	return (struct between){chain[0], chain[1], chain[2], chain[3], chain[4]};
}

/* Does the block of OTHER words, in state MIDDLE after STEP steps, move some chain to RESULT? */
static bool ends_in(
	const uint32_t other[SHA1_STEPS], struct between middle, size_t step, struct between result)
{
	struct between x = back(middle, other, step), y = forward(middle, other, step, SHA1_STEPS);

	return x.a + y.a == result.a && x.b + y.b == result.b && x.c + y.c == result.c &&
	       x.d + y.d == result.d && x.e + y.e == result.e;
}

bool sha1_is_attack(
	const uint32_t before[5], const uint32_t after[5], const uint8_t *block, uint32_t suspects)
{
	uint32_t words[SHA1_STEPS] HASH_SCRATCH, other[SHA1_STEPS] HASH_SCRATCH;
	bool found = false;

	sha1_expand(words, block);
	for (; suspects && !found; suspects &= suspects - 1) {
		const struct sha1_vector *v = &sha1_vectors[__builtin_ctz(suspects)];
		for (size_t t = 0; t < SHA1_STEPS; t++)
			other[t] = words[t] ^ sha1_difference(v, t);
		found = ends_in(other, forward(at_chain(before), words, 0, v->step), v->step,
			at_chain(after));
	}
	return found;
}

static bool chain_one_watched(uint32_t *chain, const uint8_t *block, uint32_t suspects)
{
	uint32_t before[5];

	memcpy(before, chain, sizeof before);
	sha1_chain(chain, block, 1);
	return suspects && sha1_is_attack(before, chain, block, suspects);
}

static bool chain_batch(uint32_t *chain, const uint8_t *blocks, size_t count)
{
	uint32_t suspects[HASH_BATCH_BLOCKS];
	bool found = false;

	sha1_suspects(blocks, count, suspects);
	for (size_t i = 0; i < count; i++)
		found |= chain_one_watched(chain, blocks + i * HASH_BLOCK_SIZE, suspects[i]);
	return found;
}

bool sha1_chain_watched(uint32_t *chain, const uint8_t *blocks, size_t count)
{
	bool found = false;

	while (count) {
		size_t batch = count < HASH_BATCH_BLOCKS ? count : HASH_BATCH_BLOCKS;
		found |= chain_batch(chain, blocks, batch);
		blocks += batch * HASH_BLOCK_SIZE;
		count -= batch;
	}
	return found;
}
