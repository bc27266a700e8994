/* SPDX-License-Identifier: ISC */
/* hash: vectors of FIPS 180-4, and every way of computing gives the same */
#include "tests/unit/test.h"
#include "base/cpu.h"
#include "base/hash.h"
#include "base/hash_blocks.h"

static const struct vector {
	const struct hash_algo *algo;
	const char *text;
	size_t repeat;
	const char *hex;
} vectors[] = {
	{&hash_sha1, "", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
	{&hash_sha1, "abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
	{&hash_sha1, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
		"84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
	{&hash_sha1, "a", 1000000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f"},
	{&hash_sha256, "", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{&hash_sha256, "abc", 1,
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{&hash_sha256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	{&hash_sha256, "a", 1000000,
		"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

static void check(const struct hash_algo *algo, const struct vector *v)
{
	struct hash_ctx ctx;
	struct oid oid;
	char hex[OID_MAX_HEX + 1];

	algo->init(&ctx);
	for (size_t i = 0; i < v->repeat; i++)
		algo->update(&ctx, v->text, strlen(v->text));
	assert_true(algo->final(&ctx, &oid));
	assert_string_equal(oid_hex(&oid, algo, hex), v->hex);
}

static void the_published_vectors_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		check(vectors[i].algo, &vectors[i]);
		check(vectors[i].algo->plain, &vectors[i]);
	}
}

static void a_sha1_name_is_padded_with_zeros(void **state)
{
	static const uint8_t zeros[12];
	struct hash_ctx ctx;
	struct oid oid;
	(void)state;

	memset(&oid, 0xff, sizeof oid);
	hash_sha1.init(&ctx);
	assert_true(hash_sha1.final(&ctx, &oid));
	assert_memory_equal(oid.id + 20, zeros, 12);
}

static void fill(uint8_t *bytes, size_t len)
{
	uint32_t seed = 1;

	for (size_t i = 0; i < len; i++) {
		seed = seed * 1664525 + 1013904223;
		bytes[i] = (uint8_t)(seed >> 24);
	}
}

static void hash_in_pieces(const struct hash_algo *algo, const uint8_t *bytes, size_t len,
	size_t piece, struct oid *out)
{
	struct hash_ctx ctx;

	algo->init(&ctx);
	for (size_t i = 0; i < len; i += piece)
		algo->update(&ctx, bytes + i, len - i < piece ? len - i : piece);
	assert_true(algo->final(&ctx, out));
}

static void pieces_do_not_matter(void **state)
{
	static const struct hash_algo *const algos[] = {&hash_sha1, &hash_sha1_plain, &hash_sha256};
	static const size_t pieces[] = {1, 7, 63, 64, 65, 511, 512, 513, 1000};
	uint8_t bytes[2200];
	struct oid whole, pieced;
	(void)state;

	fill(bytes, sizeof bytes);
	for (size_t a = 0; a < 3; a++)
		for (size_t len = 0; len <= sizeof bytes; len += len < 1100 ? 1 : 97)
			for (size_t p = 0; p < sizeof pieces / sizeof pieces[0]; p++) {
				hash_in_pieces(algos[a], bytes, len, sizeof bytes, &whole);
				hash_in_pieces(algos[a], bytes, len, pieces[p], &pieced);
				assert_true(oid_equal(&whole, &pieced));
			}
}

static void hardware_and_c_agree(void **state)
{
#if defined(__x86_64__)
	uint8_t bytes[100 * HASH_BLOCK_SIZE];
	uint32_t c[8] = {1, 2, 3, 4, 5, 6, 7, 8}, x86[8] = {1, 2, 3, 4, 5, 6, 7, 8};
	(void)state;

	if (!cpu_has_sha())
		skip();
	fill(bytes, sizeof bytes);
	for (size_t count = 0; count <= 100; count++) {
		sha1_chain_generic(c, bytes, count);
		sha1_chain_x86(x86, bytes, count);
		assert_memory_equal(c, x86, sizeof c);
		sha256_chain_generic(c, bytes, count);
		sha256_chain_x86(x86, bytes, count);
		assert_memory_equal(c, x86, sizeof c);
	}
#else
	(void)state;
	skip();
#endif
}

static void algorithms_are_found_by_name(void **state)
{
	struct cursor sha1 = CURSOR("sha1"), sha256 = CURSOR("sha256"), other = CURSOR("sha2");
	(void)state;

	assert_ptr_equal(hash_by_name(&sha1), &hash_sha1);
	assert_ptr_equal(hash_by_name(&sha256), &hash_sha256);
	assert_null(hash_by_name(&other));
}

static void the_empty_tree_is_the_hash_of_its_header(void **state)
{
	static const struct hash_algo *const algos[] = {&hash_sha1, &hash_sha256};
	(void)state;

	for (size_t i = 0; i < 2; i++) {
		struct oid oid;
		hash_in_pieces(algos[i], (const uint8_t *)"tree 0", 7, 7, &oid);
		assert_true(oid_equal(&oid, algos[i]->empty_tree));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_vectors_hold),
		cmocka_unit_test(a_sha1_name_is_padded_with_zeros),
		cmocka_unit_test(pieces_do_not_matter),
		cmocka_unit_test(hardware_and_c_agree),
		cmocka_unit_test(algorithms_are_found_by_name),
		cmocka_unit_test(the_empty_tree_is_the_hash_of_its_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
