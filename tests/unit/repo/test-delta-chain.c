/* SPDX-License-Identifier: ISC */
/* packs made by hand: chains of deltas, their limits, and the cache of bases */
#include "tests/unit/test.h"
#include <stdlib.h>
#include "repo/odb_parts.h"
#include "tests/unit/repo/odb_judge.h"

/* --- a pack by hand: one blob and a chain of deltas that each change nothing --- */

static const struct fault *append(void *arg, const void *bytes, size_t len)
{
	buffer_append(arg, bytes, len);
	return buffer_check(arg);
}

static void add_entry(struct buffer *pack, const struct pack_entry *entry, struct cursor content)
{
	struct deflater def = {.ready = false};
	uint8_t header[PACK_ENTRY_HEADER_MAX];

	buffer_append(pack, header, pack_entry_header_format(header, &hash_sha1, entry));
	assert_ok(deflater_start(&def));
	assert_ok(deflater_run(&def, content, true, append, pack));
	deflater_free(&def);
}

static struct oid numbered(uint32_t n)
{
	struct oid oid = {{0}};

	for (int i = 0; i < 4; i++)
		oid.id[i] = (uint8_t)(n >> (24 - 8 * i));
	return oid;
}

static void finish_pack(
	struct buffer *pack, struct buffer *idx, struct idx_entry *entries, uint32_t count)
{
	struct hash_ctx ctx;
	struct oid trailer;

	hash_sha1.init(&ctx);
	hash_sha1.update(&ctx, pack->bytes, pack->len);
	assert_true(hash_sha1.final(&ctx, &trailer));
	buffer_append(pack, trailer.id, 20);
	assert_ok(idx_format(idx, entries, count, &hash_sha1, &trailer));
}

static void chain_of(uint32_t deltas, const struct fault *expected)
{
	struct idx_entry *entries = calloc(deltas + 1, sizeof *entries);
	struct buffer pack = BUFFER_INIT, idx = BUFFER_INIT;
	struct odb *odb = judge_odb();
	struct oid last = numbered(deltas);
	struct object object;
	enum object_type type;
	uint64_t size;
	uint8_t header[PACK_HEADER_SIZE];

	pack_header_format(header, deltas + 1);
	buffer_append(&pack, header, sizeof header);
	for (uint32_t i = 0; i <= deltas; i++) {
		struct pack_entry entry = {
			.type = i ? OBJECT_OFS_DELTA : OBJECT_BLOB, .size = i ? 4 : 3};
		entries[i] = (struct idx_entry){.oid = numbered(i), .offset = pack.len};
		if (i)
			entry.base_distance = pack.len - entries[i - 1].offset;
		add_entry(&pack, &entry, i ? CURSOR("\3\3\x90\3") : CURSOR("abc"));
	}
	finish_pack(&pack, &idx, entries, deltas + 1);
	assert_ok(odb_add_pack(
		odb, cursor_over(pack.bytes, pack.len), cursor_over(idx.bytes, idx.len)));
	assert_fault(odb_info(odb, &last, &type, &size), expected);
	assert_fault(odb_read(odb, &last, &object), expected);
	if (!expected) {
		assert_true(cursor_is(&object.content, "abc"));
		assert_true(object.type == OBJECT_BLOB && type == OBJECT_BLOB && size == 3);
		object_release(&object);
	}
	odb_close(odb);
	buffer_free(&pack);
	buffer_free(&idx);
	free(entries);
}

static void chains_have_a_limit(void **state)
{
	(void)state;
	chain_of(0, NULL);
	chain_of(DELTA_CHAIN_MAX, NULL);
	chain_of(DELTA_CHAIN_MAX + 1, &fault_object_corrupt);
}

static void deltas_in_a_circle_are_refused(void **state)
{
	struct buffer pack = BUFFER_INIT, idx = BUFFER_INIT;
	struct idx_entry entries[2] = {{.oid = numbered(1)}, {.oid = numbered(2)}};
	struct odb *odb = judge_odb();
	struct oid first = numbered(1);
	struct object object;
	enum object_type type;
	uint64_t size;
	uint8_t header[PACK_HEADER_SIZE];
	(void)state;

	pack_header_format(header, 2);
	buffer_append(&pack, header, sizeof header);
	for (uint32_t i = 0; i < 2; i++) {
		struct pack_entry entry = {
			.type = OBJECT_REF_DELTA, .size = 4, .base = numbered(2 - i)};
		entries[i].offset = pack.len;
		add_entry(&pack, &entry, CURSOR("\3\3\x90\3"));
	}
	finish_pack(&pack, &idx, entries, 2);
	assert_ok(odb_add_pack(
		odb, cursor_over(pack.bytes, pack.len), cursor_over(idx.bytes, idx.len)));
	assert_fault(odb_read(odb, &first, &object), &fault_object_corrupt);
	assert_fault(odb_info(odb, &first, &type, &size), &fault_object_corrupt);
	odb_close(odb);
	buffer_free(&pack);
	buffer_free(&idx);
}

/* A blob "abc" as object 0, and as object 1 what ENTRY says, with CONTENT. */
static const struct fault *read_second(struct pack_entry entry, struct cursor content)
{
	const struct pack_entry blob = {.type = OBJECT_BLOB, .size = 3};
	struct buffer pack = BUFFER_INIT, idx = BUFFER_INIT;
	struct idx_entry entries[2] = {{.oid = numbered(0)}, {.oid = numbered(1)}};
	struct odb *odb = judge_odb();
	struct oid second = numbered(1);
	const struct fault *fault;
	struct object object;
	uint8_t header[PACK_HEADER_SIZE];

	pack_header_format(header, 2);
	buffer_append(&pack, header, sizeof header);
	entries[0].offset = pack.len;
	add_entry(&pack, &blob, CURSOR("abc"));
	entries[1].offset = pack.len;
	add_entry(&pack, &entry, content);
	finish_pack(&pack, &idx, entries, 2);
	assert_ok(odb_add_pack(
		odb, cursor_over(pack.bytes, pack.len), cursor_over(idx.bytes, idx.len)));
	fault = odb_read(odb, &second, &object);
	if (!fault)
		object_release(&object);
	odb_close(odb);
	buffer_free(&pack);
	buffer_free(&idx);
	return fault;
}

static void deltas_that_do_not_fit_are_corrupt(void **state)
{
	struct pack_entry right = {.type = OBJECT_REF_DELTA, .size = 4, .base = numbered(0)};
	struct pack_entry itself = right, nowhere = right, before = right, longer = right;
	(void)state;

	itself.base = numbered(1);
	nowhere.base = numbered(2);
	before.type = OBJECT_OFS_DELTA;
	before.base_distance = 1000;
	longer.size = 5;
	assert_ok(read_second(right, CURSOR("\3\3\x90\3")));
	assert_fault(read_second(itself, CURSOR("\3\3\x90\3")), &fault_object_corrupt);
	assert_fault(read_second(nowhere, CURSOR("\3\3\x90\3")), &fault_object_corrupt);
	assert_fault(read_second(before, CURSOR("\3\3\x90\3")), &fault_object_corrupt);
	assert_fault(read_second(longer, CURSOR("\3\3\x90\3")), &fault_object_corrupt);
	assert_fault(read_second(right, CURSOR("\2\3\x90\3")), &fault_object_corrupt);
	assert_fault(read_second(right, CURSOR("\3\2\x90\3")), &fault_object_corrupt);
	before.base_distance = 13; /* lands in the header of the pack */
	assert_fault(read_second(before, CURSOR("\3\3\x90\3")), &fault_object_corrupt);
}

static void sizes_have_limits_before_memory_is_taken(void **state)
{
	struct pack_entry entry = {.type = OBJECT_REF_DELTA, .base = numbered(0)};
	(void)state;

	entry.size = DELTA_MEMORY_MAX;
	assert_fault(read_second(entry, CURSOR("\3\3\x90\3")), &fault_object_corrupt);
	entry.size = DELTA_MEMORY_MAX + 1;
	assert_fault(read_second(entry, CURSOR("\3\3\x90\3")), &fault_object_large);
	entry.size = 5 + 2; /* results of 128 MiB and one byte more */
	assert_fault(read_second(entry, CURSOR("\3\x80\x80\x80\x40\x90\3")), &fault_object_corrupt);
	assert_fault(read_second(entry, CURSOR("\3\x81\x80\x80\x40\x90\3")), &fault_object_large);
	entry = (struct pack_entry){.type = OBJECT_BLOB, .size = OBJECT_MEMORY_MAX};
	assert_fault(read_second(entry, CURSOR("abc")), &fault_object_corrupt);
	entry.size++;
	assert_fault(read_second(entry, CURSOR("abc")), &fault_object_large);
}

static void the_cache_is_bounded_and_forgets_the_oldest(void **state)
{
	struct base_cache cache = {0};
	struct pack pack = {.number = 3};
	struct block *kept, *got;
	(void)state;

	for (uint64_t i = 0; i < 200; i++) {
		struct block *block = block_new(OBJECT_BLOB, 1 << 20);
		base_cache_put(&cache, &pack, i, block);
		block_release(block);
		assert_true(cache.bytes <= BASE_CACHE_MAX);
		got = base_cache_get(&cache, &pack, 0); /* the first stays in use */
		assert_non_null(got);
		block_release(got);
	}
	assert_null(base_cache_get(&cache, &pack, 1));
	kept = base_cache_get(&cache, &pack, 199);
	assert_non_null(kept);
	got = block_new(OBJECT_BLOB, BASE_CACHE_OBJECT_MAX + 1);
	base_cache_put(&cache, &pack, 500, got);
	block_release(got);
	assert_null(base_cache_get(&cache, &pack, 500));
	base_cache_free(&cache);
	kept->bytes[0] = 1;
	block_release(kept);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, judge_enter, judge_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(chains_have_a_limit),
		TEST(deltas_in_a_circle_are_refused),
		TEST(deltas_that_do_not_fit_are_corrupt),
		TEST(sizes_have_limits_before_memory_is_taken),
		cmocka_unit_test(the_cache_is_bounded_and_forgets_the_oldest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
