/* SPDX-License-Identifier: ISC */
/*
 * base/sha_x86.c: SHA-1 and SHA-256 by the SHA extensions of x86-64, three to four times as fast as
 * the C of sha1.c and sha256.c, whose results they must equal. Any stage; memory only; called only
 * where cpu_has_sha().
 */
#include "base/sha1.h"
#include "base/sha256.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("sha,sse4.1")))

TARGET static inline __m128i load(const void *at)
{
	return _mm_loadu_si128(at);
}

/*
 * Four steps of SHA-1, the G-th four. M holds the last sixteen message words; E is the fifth
 * chaining variable as the instruction wants it: the first one of four steps ago.
 */
#define SHA1_FOUR(g)                                                                               \
	do {                                                                                       \
		__m128i before = abcd_;                                                            \
		if ((g) >= 4)                                                                      \
			m[(g)&3] = _mm_sha1msg2_epu32(                                             \
				_mm_xor_si128(_mm_sha1msg1_epu32(m[(g)&3], m[((g) + 1) & 3]),      \
					m[((g) + 2) & 3]),                                         \
				m[((g) + 3) & 3]);                                                 \
		e_ = (g) ? _mm_sha1nexte_epu32(e_, m[(g)&3]) : _mm_add_epi32(e_, m[0]);            \
		abcd_ = _mm_sha1rnds4_epu32(abcd_, e_, (g) / 5);                                   \
		e_ = before;                                                                       \
	} while (0)

#define SHA1_TWENTY(g)                                                                             \
	do {                                                                                       \
		SHA1_FOUR(g);                                                                      \
		SHA1_FOUR((g) + 1);                                                                \
		SHA1_FOUR((g) + 2);                                                                \
		SHA1_FOUR((g) + 3);                                                                \
		SHA1_FOUR((g) + 4);                                                                \
	} while (0)

TARGET static void sha1_block(__m128i *abcd, __m128i *e, const uint8_t *block)
{
	const __m128i swap = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
	__m128i abcd_ = *abcd, e_ = *e, m[4];

	for (size_t i = 0; i < 4; i++)
		m[i] = _mm_shuffle_epi8(load(block + 16 * i), swap);
	SHA1_TWENTY(0);
	SHA1_TWENTY(5);
	SHA1_TWENTY(10);
	SHA1_TWENTY(15);
	*e = _mm_sha1nexte_epu32(e_, *e);
	*abcd = _mm_add_epi32(*abcd, abcd_);
}

TARGET void sha1_chain_x86(uint32_t *chain, const uint8_t *blocks, size_t count)
{
	__m128i abcd = _mm_shuffle_epi32(load(chain), 0x1b);
	__m128i e = _mm_set_epi32((int)chain[4], 0, 0, 0);

	for (size_t i = 0; i < count; i++)
		sha1_block(&abcd, &e, blocks + i * HASH_BLOCK_SIZE);
	_mm_storeu_si128((void *)chain, _mm_shuffle_epi32(abcd, 0x1b));
	chain[4] = (uint32_t)_mm_extract_epi32(e, 3);
}

/* Four steps of SHA-256, the G-th four; the variables in the order that the instruction wants. */
#define SHA256_FOUR(g)                                                                             \
	do {                                                                                       \
		__m128i sum;                                                                       \
		if ((g) >= 4)                                                                      \
			m[(g)&3] = _mm_sha256msg2_epu32(                                           \
				_mm_add_epi32(_mm_sha256msg1_epu32(m[(g)&3], m[((g) + 1) & 3]),    \
					_mm_alignr_epi8(m[((g) + 3) & 3], m[((g) + 2) & 3], 4)),   \
				m[((g) + 3) & 3]);                                                 \
		sum = _mm_add_epi32(m[(g)&3], load(sha256_k + 4 * (g)));                           \
		cdgh_ = _mm_sha256rnds2_epu32(cdgh_, abef_, sum);                                  \
		abef_ = _mm_sha256rnds2_epu32(abef_, cdgh_, _mm_shuffle_epi32(sum, 0x0e));         \
	} while (0)

#define SHA256_SIXTEEN(g)                                                                          \
	do {                                                                                       \
		SHA256_FOUR(g);                                                                    \
		SHA256_FOUR((g) + 1);                                                              \
		SHA256_FOUR((g) + 2);                                                              \
		SHA256_FOUR((g) + 3);                                                              \
	} while (0)

TARGET static void sha256_block(__m128i *abef, __m128i *cdgh, const uint8_t *block)
{
	const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i abef_ = *abef, cdgh_ = *cdgh, m[4];

	for (size_t i = 0; i < 4; i++)
		m[i] = _mm_shuffle_epi8(load(block + 16 * i), swap);
	SHA256_SIXTEEN(0);
	SHA256_SIXTEEN(4);
	SHA256_SIXTEEN(8);
	SHA256_SIXTEEN(12);
	*abef = _mm_add_epi32(*abef, abef_);
	*cdgh = _mm_add_epi32(*cdgh, cdgh_);
}

TARGET void sha256_chain_x86(uint32_t *chain, const uint8_t *blocks, size_t count)
{
	__m128i badc = _mm_shuffle_epi32(load(chain), 0xb1);
	__m128i hgfe = _mm_shuffle_epi32(load(chain + 4), 0x1b);
	__m128i abef = _mm_alignr_epi8(badc, hgfe, 8), cdgh = _mm_blend_epi16(hgfe, badc, 0xf0);

	for (size_t i = 0; i < count; i++)
		sha256_block(&abef, &cdgh, blocks + i * HASH_BLOCK_SIZE);
	__m128i feba = _mm_shuffle_epi32(abef, 0x1b), dchg = _mm_shuffle_epi32(cdgh, 0xb1);
	_mm_storeu_si128((void *)chain, _mm_blend_epi16(feba, dchg, 0xf0));
	_mm_storeu_si128((void *)(chain + 4), _mm_alignr_epi8(dchg, feba, 8));
}
#endif
