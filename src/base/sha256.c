/* SPDX-License-Identifier: ISC */
/* base/sha256.c: the SHA-256 compression function, FIPS 180-4, 6.2.2. Any stage; memory only. */
#include "base/cpu.h"
#include "base/sha256.h"

/* FIPS 180-4, 4.2.2 */
const uint32_t sha256_k[SHA256_STEPS] = {0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b,
	0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6,
	0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d,
	0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
	0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585,
	0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa,
	0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate_right(uint32_t word, unsigned bits)
{
	return word >> bits | word << (32 - bits);
}

static uint32_t big_sigma0(uint32_t x)
{
	return rotate_right(x, 2) ^ rotate_right(x, 13) ^ rotate_right(x, 22);
}

static uint32_t big_sigma1(uint32_t x)
{
	return rotate_right(x, 6) ^ rotate_right(x, 11) ^ rotate_right(x, 25);
}

static uint32_t small_sigma0(uint32_t x)
{
	return rotate_right(x, 7) ^ rotate_right(x, 18) ^ x >> 3;
}

static uint32_t small_sigma1(uint32_t x)
{
	return rotate_right(x, 17) ^ rotate_right(x, 19) ^ x >> 10;
}

static void expand(uint32_t words[SHA256_STEPS], const uint8_t *block)
{
	for (size_t i = 0; i < 16; i++)
		words[i] = load_be32(block + 4 * i);
	for (size_t i = 16; i < SHA256_STEPS; i++)
		words[i] = small_sigma1(words[i - 2]) + words[i - 7] + small_sigma0(words[i - 15]) +
			   words[i - 16];
}

/* One step, the eight variables where they are; the caller rotates their names. */
#define STEP(i, a, b, c, d, e, f, g, h)                                                            \
	do {                                                                                       \
		h += big_sigma1(e) + (g ^ (e & (f ^ g))) + sha256_k[i] + words[i];                 \
		d += h;                                                                            \
		h += big_sigma0(a) + ((a & b) | (c & (a | b)));                                    \
	} while (0)

static void chain_block(uint32_t *chain, const uint8_t *block)
{
	uint32_t a = chain[0], b = chain[1], c = chain[2], d = chain[3];
	uint32_t e = chain[4], f = chain[5], g = chain[6], h = chain[7];
	uint32_t words[SHA256_STEPS] HASH_SCRATCH;

	expand(words, block);
	for (size_t i = 0; i < SHA256_STEPS; i += 8) {
		STEP(i, a, b, c, d, e, f, g, h);
		STEP(i + 1, h, a, b, c, d, e, f, g);
		STEP(i + 2, g, h, a, b, c, d, e, f);
		STEP(i + 3, f, g, h, a, b, c, d, e);
		STEP(i + 4, e, f, g, h, a, b, c, d);
		STEP(i + 5, d, e, f, g, h, a, b, c);
		STEP(i + 6, c, d, e, f, g, h, a, b);
		STEP(i + 7, b, c, d, e, f, g, h, a);
	}
	chain[0] += a;
	chain[1] += b;
	chain[2] += c;
	chain[3] += d;
	chain[4] += e;
	chain[5] += f;
	chain[6] += g;
	chain[7] += h;
}

void sha256_chain_generic(uint32_t *chain, const uint8_t *blocks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		chain_block(chain, blocks + i * HASH_BLOCK_SIZE);
}

void sha256_chain(uint32_t *chain, const uint8_t *blocks, size_t count)
{
#if defined(__x86_64__)
	if (cpu_has_sha()) {
		sha256_chain_x86(chain, blocks, count);
		return;
	}
#endif
	sha256_chain_generic(chain, blocks, count);
}
