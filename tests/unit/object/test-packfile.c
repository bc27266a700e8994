/* SPDX-License-Identifier: ISC */
/* headers of packs and entries; indexes written, read, damaged */
#include "tests/unit/test.h"
#include <stdlib.h>
#include "object/packfile.h"
#include "object/sort.h"

#define PACK_SIZE ((uint64_t)5 << 32)

static void a_pack_header_is_version_2_or_3(void **state)
{
	struct cursor two = CURSOR("PACK\0\0\0\2\0\0\1\0x"), three = CURSOR("PACK\0\0\0\3\0\0\0\0");
	struct cursor bad[] = {CURSOR("PACK\0\0\0\4\0\0\0\0"), CURSOR("KCAP\0\0\0\2\0\0\0\0"),
		CURSOR("PACK\0\0\0\2\0\0\0"), CURSOR("")};
	uint8_t written[PACK_HEADER_SIZE];
	uint32_t count;
	(void)state;

	pack_header_format(written, 256);
	assert_memory_equal(written, two.at, sizeof written);
	assert_ok(pack_header(&two, &count));
	assert_true(count == 256 && cursor_is(&two, "x"));
	assert_ok(pack_header(&three, &count));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_fault(pack_header(&bad[i], &count), &fault_pack_format);
}

static void entry_headers_survive_writing_and_reading(void **state)
{
	static const uint64_t numbers[] = {1, 15, 16, 127, 128, 2047, 2048, 16511, 16512, 1 << 30,
		(uint64_t)1 << 32, UINT64_MAX - 1, UINT64_MAX};
	static const enum object_type types[] = {OBJECT_COMMIT, OBJECT_TREE, OBJECT_BLOB,
		OBJECT_TAG, OBJECT_OFS_DELTA, OBJECT_REF_DELTA};
	(void)state;

	for (size_t t = 0; t < sizeof types / sizeof types[0]; t++)
		for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
			struct pack_entry in = {.type = types[t],
						  .size = numbers[i],
						  .base_distance = numbers[i],
						  .base = {{1, 2, 3}}},
					  got;
			uint8_t bytes[PACK_ENTRY_HEADER_MAX];
			size_t len = pack_entry_header_format(bytes, &hash_sha1, &in);
			struct cursor c = cursor_over(bytes, len);
			bool short_read;

			assert_ok(pack_entry_header(&c, &hash_sha1, &got, NULL));
			assert_true(cursor_at_end(&c) && got.header_size == len);
			assert_true(got.type == in.type && got.size == in.size);
			if (in.type == OBJECT_OFS_DELTA)
				assert_true(got.base_distance == in.base_distance);
			if (in.type == OBJECT_REF_DELTA)
				assert_true(oid_equal(&got.base, &in.base));
			for (size_t cut = 0; cut < len; cut++) {
				c = cursor_over(bytes, cut);
				assert_ok(pack_entry_header(&c, &hash_sha1, &got, &short_read));
				assert_true(short_read && cursor_left(&c) == cut);
				assert_fault(pack_entry_header(&c, &hash_sha1, &got, NULL),
					&fault_pack_format);
			}
		}
}

static void the_largest_header_fits_its_room(void **state)
{
	struct pack_entry e = {.type = OBJECT_REF_DELTA, .size = UINT64_MAX};
	uint8_t bytes[PACK_ENTRY_HEADER_MAX];
	(void)state;

	assert_int_equal(pack_entry_header_format(bytes, &hash_sha256, &e), PACK_ENTRY_HEADER_MAX);
}

static void bad_entry_headers_are_refused(void **state)
{
	struct cursor bad[] = {
		CURSOR("\x05"),                                         /* type 0 */
		CURSOR("\x85"),                                         /* type 0, more to come */
		CURSOR("\x55"),                                         /* type 5 */
		CURSOR("\x60\x00"),                                     /* a distance of 0 */
		CURSOR("\xbf\xff\xff\xff\xff\xff\xff\xff\xff\x1f"),     /* size over 64 bits */
		CURSOR("\xbf\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"), /* too many size bytes */
		CURSOR("\x60\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), /* distance over 64 bits */
	};
	struct pack_entry e;
	bool short_read;
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_fault(pack_entry_header(&bad[i], &hash_sha1, &e, &short_read),
			&fault_pack_format);
		assert_false(short_read);
	}
}

static void keys_are_sorted_stably(void **state)
{
	enum { COUNT = 5000 };
	static struct sort_key keys[COUNT], spare[COUNT];
	uint64_t seed = 1;
	(void)state;

	for (uint32_t i = 0; i < COUNT; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		keys[i] = (struct sort_key){i % 3 ? seed & 0xff00ff00000000ff : i % 7, i};
	}
	sort_keys(keys, spare, COUNT);
	for (size_t i = 1; i < COUNT; i++)
		assert_true(keys[i - 1].key < keys[i].key ||
			    (keys[i - 1].key == keys[i].key && keys[i - 1].value < keys[i].value));
	sort_keys(keys, spare, 0);
}

/* COUNT entries with scattered names; every third has a large offset. */
static void make_entries(struct idx_entry *entries, uint32_t count)
{
	uint32_t seed = 7;

	for (uint32_t i = 0; i < count; i++) {
		entries[i] = (struct idx_entry){.offset = 12 + 20 * i, .crc32 = i};
		if (i % 3 == 2)
			entries[i].offset += (uint64_t)1 << 32;
		for (int b = 0; b < 20; b++) {
			seed = seed * 1664525 + 1013904223;
			entries[i].oid.id[b] = (uint8_t)(seed >> 24);
		}
	}
	if (count > 2) { /* two that differ in the last byte only */
		entries[1].oid = entries[0].oid;
		entries[0].oid.id[19] = 9;
		entries[1].oid.id[19] = 8;
	}
}

static void an_index_gives_back_what_was_written(void **state)
{
	static const uint32_t counts[] = {0, 1, 3, 1000};
	static struct idx_entry entries[1000];
	const struct oid checksum = {{42}};
	(void)state;

	for (size_t n = 0; n < sizeof counts / sizeof counts[0]; n++) {
		struct buffer b = BUFFER_INIT;
		struct idx idx;
		struct oid oid, absent = {{0}};
		uint32_t position;
		uint64_t offset;

		make_entries(entries, counts[n]);
		assert_ok(idx_format(&b, entries, counts[n], &hash_sha1, &checksum));
		assert_ok(idx_open(&idx, cursor_over(b.bytes, b.len), &hash_sha1, PACK_SIZE));
		assert_int_equal(idx.count, counts[n]);
		assert_ok(idx_verify(&idx));
		idx_pack_checksum(&idx, &oid);
		assert_true(oid_equal(&oid, &checksum));
		for (uint32_t i = 0; i < counts[n]; i++) {
			assert_true(idx_find(&idx, &entries[i].oid, &position));
			assert_int_equal(position, i);
			idx_oid(&idx, i, &oid);
			assert_true(oid_equal(&oid, &entries[i].oid));
			assert_ok(idx_offset(&idx, i, &offset));
			assert_true(offset == entries[i].offset);
		}
		assert_false(idx_find(&idx, &absent, &position));
		assert_fault(idx_offset(&idx, counts[n], &offset), &fault_idx_format);
		buffer_free(&b);
	}
}

static void the_same_object_twice_is_refused(void **state)
{
	struct idx_entry entries[2] = {{.offset = 12}, {.offset = 40}};
	struct buffer b = BUFFER_INIT;
	(void)state;

	assert_fault(idx_format(&b, entries, 2, &hash_sha1, &entries[0].oid), &fault_pack_format);
	buffer_free(&b);
}

/* Reads everything there is to read, whatever it says. */
static void look_at_everything(struct cursor bytes, uint64_t pack_size)
{
	struct idx idx;
	struct oid oid;
	uint32_t position;
	uint64_t offset;

	if (idx_open(&idx, bytes, &hash_sha1, pack_size))
		return;
	for (uint32_t i = 0; i < idx.count; i++) {
		idx_oid(&idx, i, &oid);
		(void)idx_find(&idx, &oid, &position);
		if (!idx_offset(&idx, i, &offset))
			assert_true(offset >= 12 && offset < pack_size - 20);
	}
	idx_pack_checksum(&idx, &oid);
	if (!idx_verify(&idx) && idx.count)
		assert_ok(idx_offset(&idx, 0, &offset));
}

/* Copies to memory of exactly this size, so that a sanitizer sees one byte too many. */
static void look_at_copy(const uint8_t *bytes, size_t len, size_t flip, uint8_t with)
{
	uint8_t *copy = malloc(len ? len : 1);

	memcpy(copy, bytes, len);
	if (flip < len)
		copy[flip] ^= with;
	look_at_everything(cursor_over(copy, len), 4000);
	free(copy);
}

static void damage_to_an_index_is_refused_or_harmless(void **state)
{
	struct idx_entry entries[6];
	struct buffer b = BUFFER_INIT;
	const struct oid checksum = {{42}};
	struct idx idx;
	(void)state;

	make_entries(entries, 6);
	assert_ok(idx_format(&b, entries, 6, &hash_sha1, &checksum));
	for (size_t i = 0; i < b.len; i++) {
		look_at_copy(b.bytes, i, i, 0);
		look_at_copy(b.bytes, b.len, i, 0x01);
		look_at_copy(b.bytes, b.len, i, 0xff);
		b.bytes[i] ^= 0x80;
		if (!idx_open(&idx, cursor_over(b.bytes, b.len), &hash_sha1, PACK_SIZE))
			assert_non_null(idx_verify(&idx));
		b.bytes[i] ^= 0x80;
	}
	buffer_free(&b);
}

static void offsets_end_before_the_trailer(void **state)
{
	struct idx_entry entry = {.offset = 12};
	struct buffer b = BUFFER_INIT;
	struct idx idx;
	uint64_t offset;
	(void)state;

	assert_ok(idx_format(&b, &entry, 1, &hash_sha1, &entry.oid));
	assert_ok(idx_open(&idx, cursor_over(b.bytes, b.len), &hash_sha1, 33));
	assert_ok(idx_offset(&idx, 0, &offset));
	assert_ok(idx_open(&idx, cursor_over(b.bytes, b.len), &hash_sha1, 32));
	assert_fault(idx_offset(&idx, 0, &offset), &fault_idx_format);
	assert_fault(
		idx_open(&idx, cursor_over(b.bytes, b.len), &hash_sha1, 31), &fault_idx_format);
	buffer_free(&b);
}

/* Version 1: fan-out, rows of offset and name, two checksums. */
static void an_index_of_version_1_is_read(void **state)
{
	struct buffer b = BUFFER_INIT;
	struct oid names[2] = {{{5}}, {{5, 1}}};
	struct idx idx;
	uint32_t position;
	uint64_t offset;
	(void)state;

	for (unsigned bucket = 0; bucket < 256; bucket++)
		buffer_be32(&b, bucket < 5 ? 0 : 2);
	for (unsigned i = 0; i < 2; i++) {
		buffer_be32(&b, i ? 0x80000000u : 12);
		buffer_append(&b, names[i].id, 20);
	}
	buffer_append(&b, names[0].id, 20);
	buffer_append(&b, names[1].id, 20);
	assert_ok(idx_open(&idx, cursor_over(b.bytes, b.len), &hash_sha1, PACK_SIZE));
	assert_true(idx_find(&idx, &names[1], &position) && position == 1);
	assert_ok(idx_offset(&idx, 1, &offset));
	assert_true(offset == 0x80000000u);
	assert_fault(idx_verify(&idx), &fault_idx_format); /* its own checksum is none */
	for (size_t i = 0; i < b.len; i++) {
		look_at_copy(b.bytes, i, i, 0);
		look_at_copy(b.bytes, b.len, i, 0xff);
	}
	buffer_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pack_header_is_version_2_or_3),
		cmocka_unit_test(entry_headers_survive_writing_and_reading),
		cmocka_unit_test(the_largest_header_fits_its_room),
		cmocka_unit_test(bad_entry_headers_are_refused),
		cmocka_unit_test(keys_are_sorted_stably),
		cmocka_unit_test(an_index_gives_back_what_was_written),
		cmocka_unit_test(the_same_object_twice_is_refused),
		cmocka_unit_test(damage_to_an_index_is_refused_or_harmless),
		cmocka_unit_test(offsets_end_before_the_trailer),
		cmocka_unit_test(an_index_of_version_1_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
