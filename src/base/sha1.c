/* SPDX-License-Identifier: ISC */
/* base/sha1.c: the SHA-1 compression function, FIPS 180-4, 6.1.2. Any stage; memory only. */
#include "base/cpu.h"
#include "base/sha1.h"

void sha1_expand(uint32_t words[SHA1_STEPS], const uint8_t *block)
{
	for (size_t i = 0; i < 16; i++)
		words[i] = load_be32(block + 4 * i);
	for (size_t i = 16; i < SHA1_STEPS; i++) {
		uint32_t word = words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16];
		word = rotate_left(word, 1);
		/* Keeps the compiler from making words in pairs, which then wait for each other on
		 * their way through memory: that is twice as slow. */
		__asm__("" : "+r"(word));
		words[i] = word;
	}
}

#define STEP(f, k, word, a, b, c, d, e)                                                            \
	do {                                                                                       \
		e += (word) + (k); /* in this order: a is known last */                            \
		e += f(b, c, d);                                                                   \
		e += rotate_left(a, 5);                                                            \
		b = rotate_left(b, 30);                                                            \
	} while (0)

/* Twenty steps of one round; five steps bring the five names back to their places. */
#define ROUND(first, f, k)                                                                         \
	for (size_t i = first; i < (first) + 20; i += 5) {                                         \
		STEP(f, k, words[i], a, b, c, d, e);                                               \
		STEP(f, k, words[i + 1], e, a, b, c, d);                                           \
		STEP(f, k, words[i + 2], d, e, a, b, c);                                           \
		STEP(f, k, words[i + 3], c, d, e, a, b);                                           \
		STEP(f, k, words[i + 4], b, c, d, e, a);                                           \
	}

static void chain_block(uint32_t *chain, const uint8_t *block)
{
	uint32_t a = chain[0], b = chain[1], c = chain[2], d = chain[3], e = chain[4];
	uint32_t words[SHA1_STEPS] HASH_SCRATCH;

	sha1_expand(words, block);
	ROUND(0, SHA1_CHOOSE, SHA1_K0)
	ROUND(20, SHA1_PARITY, SHA1_K1)
	ROUND(40, SHA1_MAJORITY, SHA1_K2)
	ROUND(60, SHA1_PARITY, SHA1_K3)
	chain[0] += a;
	chain[1] += b;
	chain[2] += c;
	chain[3] += d;
	chain[4] += e;
}

void sha1_chain_generic(uint32_t *chain, const uint8_t *blocks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		chain_block(chain, blocks + i * HASH_BLOCK_SIZE);
}

void sha1_chain(uint32_t *chain, const uint8_t *blocks, size_t count)
{
#if defined(__x86_64__)
	if (cpu_has_sha()) {
		sha1_chain_x86(chain, blocks, count);
		return;
	}
#endif
	sha1_chain_generic(chain, blocks, count);
}
