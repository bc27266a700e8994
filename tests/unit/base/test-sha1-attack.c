/* SPDX-License-Identifier: ISC */
/* sha1_attack: the SHAttered pair is found, and nothing else is taken for an attack */
#include "tests/unit/test.h"
#include "base/cpu.h"
#include "base/hash.h"
#include "base/sha1_attack.h"
#include "tests/made/shattered.h"

static bool hash_pieces(const struct hash_algo *algo, const uint8_t *end, size_t end_len,
	size_t piece, struct oid *out)
{
	uint8_t bytes[sizeof shattered_shared + sizeof shattered_first];
	size_t len = sizeof shattered_shared + end_len;
	struct hash_ctx ctx;

	memcpy(bytes, shattered_shared, sizeof shattered_shared);
	memcpy(bytes + sizeof shattered_shared, end, end_len);
	algo->init(&ctx);
	for (size_t i = 0; i < len; i += piece)
		algo->update(&ctx, bytes + i, len - i < piece ? len - i : piece);
	return algo->final(&ctx, out);
}

static void both_halves_of_shattered_are_found(void **state)
{
	struct oid one, other;
	(void)state;

	for (size_t piece = 1; piece <= 320; piece++) {
		assert_false(hash_pieces(&hash_sha1, shattered_first, 128, piece, &one));
		assert_false(hash_pieces(&hash_sha1, shattered_second, 128, piece, &other));
	}
	assert_true(oid_equal(&one, &other));
}

static void the_digest_is_still_the_digest(void **state)
{
	struct oid watched, plain;
	(void)state;

	assert_false(hash_pieces(&hash_sha1, shattered_first, 128, 320, &watched));
	assert_true(hash_pieces(&hash_sha1_plain, shattered_first, 128, 320, &plain));
	assert_true(oid_equal(&watched, &plain));
}

static void a_block_of_the_pair_is_innocent_elsewhere(void **state)
{
	struct hash_ctx ctx;
	struct oid oid;
	(void)state;

	assert_true(hash_pieces(&hash_sha1, shattered_first, 0, 320, &oid));
	assert_true(hash_pieces(&hash_sha1, shattered_first, 63, 320, &oid));
	hash_sha1.init(&ctx);
	hash_sha1.update(&ctx, shattered_first, sizeof shattered_first);
	assert_true(hash_sha1.final(&ctx, &oid));
}

static void random_bytes_are_innocent(void **state)
{
	static uint8_t bytes[1 << 20];
	struct oid watched, plain;
	struct hash_ctx ctx;
	uint32_t seed = 7;
	(void)state;

	for (size_t i = 0; i < sizeof bytes; i++) {
		seed = seed * 1664525 + 1013904223;
		bytes[i] = (uint8_t)(seed >> 24);
	}
	hash_sha1.init(&ctx);
	hash_sha1.update(&ctx, bytes, sizeof bytes);
	assert_true(hash_sha1.final(&ctx, &watched));
	hash_sha1_plain.init(&ctx);
	hash_sha1_plain.update(&ctx, bytes, sizeof bytes);
	assert_true(hash_sha1_plain.final(&ctx, &plain));
	assert_true(oid_equal(&watched, &plain));
}

/* Its lane, and what shares the batch, do not change what is seen of a block. */
static void every_lane_sees_the_same(void **state)
{
	uint8_t blocks[HASH_BATCH_SIZE] = {0};
	uint32_t suspects[HASH_BATCH_BLOCKS], fast[HASH_BATCH_BLOCKS];
	(void)state;

	for (size_t lane = 0; lane < HASH_BATCH_BLOCKS; lane++) {
		memset(blocks, 0x55, sizeof blocks);
		memcpy(blocks + lane * HASH_BLOCK_SIZE, shattered_first, HASH_BLOCK_SIZE);
		for (size_t count = lane + 1; count <= HASH_BATCH_BLOCKS; count++) {
			sha1_suspects_generic(blocks, count, suspects);
			sha1_suspects(blocks, count, fast);
			/* SHAttered uses II(52, 0). */
			assert_int_equal(suspects[lane], 1u << 27);
			assert_memory_equal(suspects, fast, count * sizeof *suspects);
		}
	}
}

#define ORIGIN 8 /* of the arrays below: a vector's words are asked for from step -5 on */

/* The words of a disturbance vector: its definition, and the message expansion both ways. */
static void disturb(const struct sha1_vector *v, uint32_t words[ORIGIN + SHA1_STEPS])
{
	uint32_t *w = words + ORIGIN, one = 1u << v->b, top = v->b ? one >> 1 : 1u << 31;

	for (int t = v->k; t < v->k + 16; t++)
		w[t] = 0;
	w[v->k + 15] = one;
	if (v->type == 2)
		w[v->k + 1] = w[v->k + 3] = top;
	for (int t = v->k + 16; t < SHA1_STEPS; t++)
		w[t] = rotate_left(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
	for (int t = v->k - 1; t >= -5; t--)
		w[t] = rotate_left(w[t + 16], 31) ^ w[t + 13] ^ w[t + 8] ^ w[t + 2];
}

/* Each disturbance starts a local collision, which five more differences undo. */
static void differences_follow_from_the_vectors(void **state)
{
	(void)state;
	for (size_t n = 0; n < SHA1_VECTORS; n++) {
		uint32_t words[ORIGIN + SHA1_STEPS], *w = words + ORIGIN;

		disturb(&sha1_vectors[n], words);
		for (int t = 0; t < SHA1_STEPS; t++)
			assert_int_equal(sha1_difference(&sha1_vectors[n], (size_t)t),
				w[t] ^ rotate_left(w[t - 1], 5) ^ w[t - 2] ^
					rotate_left(w[t - 3] ^ w[t - 4] ^ w[t - 5], 30));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_halves_of_shattered_are_found),
		cmocka_unit_test(the_digest_is_still_the_digest),
		cmocka_unit_test(a_block_of_the_pair_is_innocent_elsewhere),
		cmocka_unit_test(random_bytes_are_innocent),
		cmocka_unit_test(every_lane_sees_the_same),
		cmocka_unit_test(differences_follow_from_the_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
