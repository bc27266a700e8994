/* SPDX-License-Identifier: ISC */
/* index_pack: each limit at n and at n + 1; those out of reach are smaller here (small_index.h) */
#include "tests/unit/test.h"
#include "base/mem.h"
#include "serve/intake.h"
#include "tests/unit/serve/indexing.h"

static struct buffer pack, delta;

static int fresh(void **state)
{
	buffer_reset(&pack);
	buffer_reset(&delta);
	return indexing_usual(state);
}

/* A blob "x" and DEPTH deltas, each upon the one before, which append a byte. */
static const struct fault *index_chain(uint32_t depth)
{
	size_t at;

	buffer_reset(&pack);
	made_pack_start(&pack, depth + 1);
	at = made_pack_whole(&pack, OBJECT_BLOB, CURSOR("x"));
	for (uint16_t i = 1; i <= depth; i++) {
		buffer_reset(&delta);
		made_delta_start(&delta, i, (size_t)i + 1);
		made_delta_copy(&delta, 0, i);
		made_delta_insert(&delta, "x", 1);
		at = made_pack_ofs_delta(&pack, at, made_cursor(&delta));
	}
	made_pack_end(&pack);
	return indexing(&pack);
}

static void a_chain_has_at_most_4095_deltas(void **state)
{
	(void)state;
	assert_ok(index_chain(INDEX_DEPTH_MAX));
	assert_fault(index_chain(INDEX_DEPTH_MAX + 1), &fault_pack_depth);
}

static const struct fault *index_blobs(uint32_t count)
{
	buffer_reset(&pack);
	made_pack_start(&pack, count);
	for (uint32_t i = 0; i < count; i++)
		made_pack_whole(&pack, OBJECT_BLOB, cursor_over(&i, sizeof i));
	made_pack_end(&pack);
	return indexing(&pack);
}

static void objects_are_counted(void **state)
{
	(void)state;
	assert_ok(index_blobs(INDEX_OBJECTS_MAX));
	assert_fault(index_blobs(INDEX_OBJECTS_MAX + 1), &fault_pack_objects);
}

/* A delta whose result has LEN bytes: 60,000 times the base again and again, and the rest. */
static const struct fault *index_result_of(size_t len)
{
	static uint8_t base[60000];
	size_t at;

	buffer_reset(&delta);
	made_delta_start(&delta, sizeof base, len);
	for (; len >= sizeof base; len -= sizeof base)
		made_delta_copy(&delta, 0, sizeof base);
	if (len)
		made_delta_copy(&delta, 0, (uint16_t)len);
	buffer_reset(&pack);
	made_pack_start(&pack, 2);
	at = made_pack_whole(&pack, OBJECT_BLOB, cursor_over(base, sizeof base));
	made_pack_ofs_delta(&pack, at, made_cursor(&delta));
	made_pack_end(&pack);
	return indexing(&pack);
}

static void the_result_of_a_delta_is_bounded(void **state)
{
	(void)state;
	assert_ok(index_result_of(INDEX_OBJECT_MAX));
	assert_fault(index_result_of(INDEX_OBJECT_MAX + 1), &fault_pack_large);
}

/* One entry of LEN bytes, all of them 'x'. */
static const struct fault *index_one(enum object_type type, size_t len)
{
	uint8_t *bytes = malloc(len);
	const struct fault *fault;

	assert_non_null(bytes);
	memset(bytes, 'x', len);
	buffer_reset(&pack);
	made_pack_start(&pack, 1);
	made_pack_whole(&pack, type, cursor_over(bytes, len));
	made_pack_end(&pack);
	fault = indexing(&pack);
	free(bytes);
	return fault;
}

static void what_is_held_in_memory_is_bounded(void **state)
{
	(void)state;
	assert_fault(index_one(OBJECT_COMMIT, INDEX_OBJECT_MAX), &fault_pack_fsck);
	assert_fault(index_one(OBJECT_COMMIT, INDEX_OBJECT_MAX + 1), &fault_pack_large);
	assert_ok(index_one(OBJECT_BLOB, INDEX_OBJECT_MAX + 1));
}

/* A delta of LEN bytes that inserts. */
static const struct fault *index_delta_of(size_t len)
{
	uint8_t bytes[127] = {0};
	size_t at, inserts = (len - 4) / 128, rest = (len - 4) % 128;

	buffer_reset(&delta);
	made_delta_start(&delta, 1, inserts * 127 + (rest ? rest - 1 : 0));
	assert_int_equal(delta.len, 4);
	for (; inserts; inserts--)
		made_delta_insert(&delta, bytes, 127);
	if (rest)
		made_delta_insert(&delta, bytes, (uint8_t)(rest - 1));
	assert_int_equal(delta.len, len);
	buffer_reset(&pack);
	made_pack_start(&pack, 2);
	at = made_pack_whole(&pack, OBJECT_BLOB, CURSOR("x"));
	made_pack_ofs_delta(&pack, at, made_cursor(&delta));
	made_pack_end(&pack);
	return indexing(&pack);
}

static void the_instructions_of_a_delta_are_bounded(void **state)
{
	(void)state;
	assert_ok(index_delta_of(INDEX_DELTA_MAX));
	assert_fault(index_delta_of(INDEX_DELTA_MAX + 1), &fault_pack_large);
}

/* COUNT deltas upon one base, each of which makes 512 KiB of next to nothing. */
static const struct fault *index_bomb(uint32_t count)
{
	static uint8_t base[1 << 15];
	size_t at;

	buffer_reset(&pack);
	made_pack_start(&pack, count + 1);
	at = made_pack_whole(&pack, OBJECT_BLOB, cursor_over(base, sizeof base));
	for (uint32_t i = 0; i < count; i++) {
		buffer_reset(&delta);
		made_delta_start(&delta, sizeof base, 16 * sizeof base + sizeof i);
		for (int copy = 0; copy < 16; copy++)
			made_delta_copy(&delta, 0, sizeof base);
		made_delta_insert(&delta, &i, sizeof i);
		made_pack_ofs_delta(&pack, at, made_cursor(&delta));
	}
	made_pack_end(&pack);
	return indexing(&pack);
}

static void what_all_inflates_to_is_bounded(void **state)
{
	(void)state;
	assert_ok(index_bomb(15));
	assert_fault(index_bomb(60), &fault_pack_inflated);
}

static void the_bytes_of_a_pack_are_counted(void **state)
{
	(void)state;
	assert_ok(index_blobs(3));
	indexing_request.bytes_max = pack.len;
	assert_ok(index_blobs(3));
	indexing_request.bytes_max = pack.len - 1;
	assert_fault(index_blobs(3), &fault_pack_size);
	indexing_request.bytes_max = 1;
	assert_fault(index_blobs(3), &fault_pack_size);
}

/* More than the window holds: it is noticed on the way. */
static void a_large_pack_is_refused_before_it_has_all_come(void **state)
{
	(void)state;
	indexing_request.bytes_max = 1000;
	made_pack_start(&pack, 1);
	buffer_append(&pack, "\x30\x78\x01", 3);
	for (int i = 0; i < 40; i++) {
		static const uint8_t zeros[65535];
		buffer_append(&pack, "\0\xff\xff\0\0", 5);
		buffer_append(&pack, zeros, sizeof zeros);
	}
	assert_fault(indexing(&pack), &fault_pack_entry);
	pack.bytes[PACK_HEADER_SIZE] = 0xbf; /* a size large enough */
	buffer_reset(&delta);
	buffer_append(&delta, pack.bytes, PACK_HEADER_SIZE);
	buffer_append(&delta, "\xbf\xff\xff\xff\x7f", 5);
	buffer_append(&delta, pack.bytes + PACK_HEADER_SIZE + 1, pack.len - PACK_HEADER_SIZE - 1);
	assert_fault(indexing(&delta), &fault_pack_size);
}

/* The bases that complete a thin pack count, too: they take the same disk. */
static void the_bases_of_a_thin_pack_are_counted(void **state)
{
	struct buffer base = BUFFER_INIT;
	(void)state;

	indexing_base(&base);
	made_delta_start(&delta, base.len, 3);
	made_delta_insert(&delta, "new", 3);
	made_pack_start(&pack, 1);
	made_pack_ref_delta(&pack, &indexing_made->oids[0], made_cursor(&delta));
	made_pack_end(&pack);
	assert_ok(indexing(&pack));
	indexing_request.bytes_max = indexing_result.bytes;
	assert_ok(indexing(&pack));
	indexing_request.bytes_max--;
	assert_fault(indexing(&pack), &fault_pack_size);
	buffer_free(&base);
}

/* A base with two children, each longer than may be held, and each with two of its own: their
 * contents are dropped and made again. */
static void contents_that_were_dropped_are_made_again(void **state)
{
	static const char names[] = "abcdef";
	size_t at[7], len = 50000;
	(void)state;

	made_pack_start(&pack, 7);
	{
		uint8_t *bytes = mem_array(len, 1);
		at[0] = made_pack_whole(&pack, OBJECT_BLOB, cursor_over(bytes, len));
		free(bytes);
	}
	for (int i = 1; i < 7; i++) {
		size_t base_len = len + (i > 2);
		buffer_reset(&delta);
		made_delta_start(&delta, base_len, base_len + 1);
		made_delta_copy(&delta, 0, (uint16_t)base_len);
		made_delta_insert(&delta, &names[i - 1], 1);
		at[i] = made_pack_ofs_delta(&pack, at[(i - 1) / 2], made_cursor(&delta));
	}
	made_pack_end(&pack);
	assert_ok(indexing(&pack));
	assert_int_equal(indexing_result.count, 7);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_chain_has_at_most_4095_deltas),
		TEST(objects_are_counted),
		TEST(the_result_of_a_delta_is_bounded),
		TEST(what_is_held_in_memory_is_bounded),
		TEST(the_instructions_of_a_delta_are_bounded),
		TEST(what_all_inflates_to_is_bounded),
		TEST(the_bytes_of_a_pack_are_counted),
		TEST(a_large_pack_is_refused_before_it_has_all_come),
		TEST(the_bases_of_a_thin_pack_are_counted),
		TEST(contents_that_were_dropped_are_made_again),
	};

	return cmocka_run_group_tests(tests, indexing_open, NULL);
}
