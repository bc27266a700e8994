/* SPDX-License-Identifier: ISC */
/* index_pack, intake: packs that are right, and every way to be wrong */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "tests/unit/test.h"
#include "serve/intake.h"
#include "tests/made/shattered.h"
#include "tests/unit/serve/indexing.h"

#define BLOB "hello, world\n"
#define ENTRY_AT PACK_HEADER_SIZE

static struct buffer pack, delta;

static int fresh(void **state)
{
	buffer_reset(&pack);
	buffer_reset(&delta);
	return indexing_usual(state);
}

/* One entry with the header ENTRY, and a trailer. */
static const struct fault *index_entry(enum object_type type, uint64_t size, const char *content)
{
	const struct pack_entry entry = {.type = type, .size = size, .base_distance = 1};

	buffer_reset(&pack);
	made_pack_start(&pack, 1);
	made_pack_entry(&pack, &entry, cursor_over_text(content));
	made_pack_end(&pack);
	return indexing(&pack);
}

static void small_pack(void)
{
	struct oid blob = made_oid(OBJECT_BLOB, cursor_over_text(BLOB));
	struct buffer tree = BUFFER_INIT;
	size_t at;

	buffer_append(&tree, "100644 f", 9);
	buffer_append(&tree, blob.id, 20);
	made_pack_start(&pack, 3);
	at = made_pack_whole(&pack, OBJECT_BLOB, cursor_over_text(BLOB));
	made_pack_whole(&pack, OBJECT_TREE, made_cursor(&tree));
	made_delta_start(&delta, strlen(BLOB), strlen(BLOB) + 1);
	made_delta_copy(&delta, 0, (uint16_t)strlen(BLOB));
	made_delta_insert(&delta, "!", 1);
	made_pack_ofs_delta(&pack, at, made_cursor(&delta));
	made_pack_end(&pack);
	buffer_free(&tree);
}

/* --- what is right ---------------------------------------------------------------------------- */

static void objects_and_deltas_are_indexed(void **state)
{
	(void)state;
	small_pack();
	assert_ok(indexing(&pack));
	assert_int_equal(indexing_result.count, 3);
	assert_int_equal(indexing_result.received, 3);
	assert_int_equal(indexing_result.bytes, pack.len);
}

static void a_pack_may_be_empty(void **state)
{
	(void)state;
	made_pack_start(&pack, 0);
	made_pack_end(&pack);
	assert_ok(indexing(&pack));
	assert_int_equal(indexing_result.count, 0);
}

static void objects_may_be_empty(void **state)
{
	(void)state;
	made_pack_start(&pack, 2);
	made_pack_whole(&pack, OBJECT_BLOB, CURSOR(""));
	made_pack_whole(&pack, OBJECT_TREE, CURSOR(""));
	made_pack_end(&pack);
	assert_ok(indexing(&pack));
}

static void a_delta_may_come_before_its_base(void **state)
{
	struct oid base = made_oid(OBJECT_BLOB, cursor_over_text(BLOB));
	(void)state;

	made_delta_start(&delta, strlen(BLOB), 1);
	made_delta_insert(&delta, "x", 1);
	made_pack_start(&pack, 2);
	made_pack_ref_delta(&pack, &base, made_cursor(&delta));
	made_pack_whole(&pack, OBJECT_BLOB, cursor_over_text(BLOB));
	made_pack_end(&pack);
	assert_ok(indexing(&pack));
}

static void thin_delta(void)
{
	struct buffer base = BUFFER_INIT;

	indexing_base(&base);
	made_delta_start(&delta, base.len, 3);
	made_delta_insert(&delta, "new", 3);
	made_pack_start(&pack, 1);
	made_pack_ref_delta(&pack, &indexing_made->oids[0], made_cursor(&delta));
	made_pack_end(&pack);
	buffer_free(&base);
}

static void a_thin_pack_is_completed(void **state)
{
	(void)state;
	thin_delta();
	assert_ok(indexing(&pack));
	assert_int_equal(indexing_result.received, 1);
	assert_int_equal(indexing_result.count, 2);
	assert_true(indexing_result.bytes > pack.len);
}

/* The files of shattered.io collide; as blobs, behind a header, they do not. */
static void the_shattered_files_are_innocent_as_blobs(void **state)
{
	uint8_t bytes[2][320];
	(void)state;

	made_pack_start(&pack, 2);
	for (int i = 0; i < 2; i++) {
		memcpy(bytes[i], shattered_shared, 192);
		memcpy(bytes[i] + 192, i ? shattered_second : shattered_first, 128);
		made_pack_whole(&pack, OBJECT_BLOB, cursor_over(bytes[i], 320));
	}
	made_pack_end(&pack);
	assert_ok(indexing(&pack));
}

/* --- header and trailer ----------------------------------------------------------------------- */

static void a_pack_cut_off_anywhere_is_refused(void **state)
{
	size_t whole;
	(void)state;

	small_pack();
	whole = pack.len;
	for (pack.len = 0; pack.len < whole; pack.len++)
		assert_fault(indexing(&pack),
			pack.len < PACK_HEADER_SIZE ? &fault_pack_header_eof : &fault_pack_eof);
}

static void another_signature_is_refused(void **state)
{
	(void)state;
	small_pack();
	pack.bytes[0] = 'p';
	assert_fault(indexing(&pack), &fault_pack_signature);
}

static void versions_are_two_and_three(void **state)
{
	(void)state;
	for (uint8_t version = 0; version < 6; version++) {
		buffer_reset(&pack);
		made_pack_start(&pack, 0);
		pack.bytes[7] = version;
		made_pack_end(&pack);
		assert_fault(
			indexing(&pack), version == 2 || version == 3 ? NULL : &fault_pack_version);
	}
}

static void a_count_too_small_makes_the_trailer_wrong(void **state)
{
	(void)state;
	small_pack();
	pack.bytes[11]--;
	assert_fault(indexing(&pack), &fault_pack_checksum);
}

/* The trailer is then taken for an entry, which it is not. */
static void a_count_too_large_is_refused(void **state)
{
	(void)state;
	small_pack();
	pack.bytes[11]++;
	assert_int_equal(indexing(&pack)->blame, BLAME_PEER);
}

static void each_bit_of_the_trailer_counts(void **state)
{
	(void)state;
	small_pack();
	for (size_t bit = 0; bit < 160; bit++) {
		uint8_t *byte = &pack.bytes[pack.len - 20 + bit / 8];
		*byte ^= (uint8_t)(1 << bit % 8);
		assert_fault(indexing(&pack), &fault_pack_checksum);
		*byte ^= (uint8_t)(1 << bit % 8);
	}
}

/* Not one bit can be changed: what zlib, sizes and syntax let pass, the trailer does not. */
static void each_bit_of_a_pack_counts(void **state)
{
	(void)state;
	small_pack();
	for (size_t bit = 64; bit < (pack.len - 20) * 8; bit++) {
		pack.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_non_null(indexing(&pack));
		pack.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void nothing_may_follow_the_trailer(void **state)
{
	(void)state;
	small_pack();
	buffer_byte(&pack, 0);
	assert_fault(indexing(&pack), &fault_pack_garbage);
}

/* --- entries ---------------------------------------------------------------------------------- */

static void sizes_that_lie_are_refused(void **state)
{
	(void)state;
	assert_ok(index_entry(OBJECT_BLOB, strlen(BLOB), BLOB));
	assert_fault(index_entry(OBJECT_BLOB, strlen(BLOB) - 1, BLOB), &fault_pack_entry);
	assert_fault(index_entry(OBJECT_BLOB, strlen(BLOB) + 1, BLOB), &fault_pack_entry);
	assert_fault(index_entry(OBJECT_BLOB, UINT64_MAX >> 4, BLOB), &fault_pack_entry);
	assert_fault(index_entry(OBJECT_COMMIT, 1, BLOB), &fault_pack_entry);
	assert_fault(index_entry(OBJECT_COMMIT, 0, BLOB), &fault_pack_entry);
	assert_fault(index_entry(OBJECT_COMMIT, 99, BLOB), &fault_pack_entry);
}

static void types_that_git_does_not_know_are_refused(void **state)
{
	(void)state;
	assert_fault(index_entry(OBJECT_NONE, strlen(BLOB), BLOB), &fault_pack_entry);
	assert_fault(index_entry((enum object_type)5, strlen(BLOB), BLOB), &fault_pack_entry);
}

static void what_is_no_zlib_stream_is_refused(void **state)
{
	(void)state;
	made_pack_start(&pack, 1);
	buffer_append(&pack, "\x35hello, this is plain text and not deflated", 44);
	made_pack_end(&pack);
	assert_fault(indexing(&pack), &fault_pack_entry);
}

static void a_zlib_checksum_counts(void **state)
{
	size_t end;
	(void)state;

	made_pack_start(&pack, 1);
	made_pack_whole(&pack, OBJECT_BLOB, cursor_over_text(BLOB));
	end = pack.len;
	pack.bytes[end - 1] ^= 1;
	made_pack_end(&pack);
	assert_fault(indexing(&pack), &fault_pack_entry);
}

static void an_object_may_come_once(void **state)
{
	(void)state;
	made_pack_start(&pack, 2);
	made_pack_whole(&pack, OBJECT_BLOB, cursor_over_text(BLOB));
	made_pack_whole(&pack, OBJECT_BLOB, cursor_over_text(BLOB));
	made_pack_end(&pack);
	assert_fault(indexing(&pack), &fault_pack_duplicate);
}

static void an_object_may_not_come_again_as_a_delta(void **state)
{
	size_t at;
	(void)state;

	made_pack_start(&pack, 2);
	at = made_pack_whole(&pack, OBJECT_BLOB, cursor_over_text(BLOB));
	made_delta_start(&delta, strlen(BLOB), strlen(BLOB));
	made_delta_copy(&delta, 0, (uint16_t)strlen(BLOB));
	made_pack_ofs_delta(&pack, at, made_cursor(&delta));
	made_pack_end(&pack);
	assert_fault(indexing(&pack), &fault_pack_duplicate);
}

/* --- deltas ----------------------------------------------------------------------------------- */

static const struct fault *index_delta(const struct buffer *instructions)
{
	size_t at;

	buffer_reset(&pack);
	made_pack_start(&pack, 2);
	at = made_pack_whole(&pack, OBJECT_BLOB, cursor_over_text(BLOB));
	made_pack_ofs_delta(&pack, at, made_cursor(instructions));
	made_pack_end(&pack);
	return indexing(&pack);
}

static void deltas_that_do_not_fit_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} wrong[] = {
		{"", 0},                         /* nothing at all */
		{"\x0d", 1},                     /* one size */
		{"\x0c\x01\x01x", 4},            /* another base */
		{"\x0d\x02\x01x", 4},            /* a result too short */
		{"\x0d\x01\x02xy", 5},           /* too long */
		{"\x0d\x01\x00", 3},             /* the reserved instruction */
		{"\x0d\x02\x02x", 4},            /* an insert cut off */
		{"\x0d\x02\x91\x0d\x02", 5},     /* a copy behind the end */
		{"\x0d\x02\x91\x0c\x02", 5},     /* across the end */
		{"\x0d\x02\x91", 3},             /* cut off */
		{"\xff\xff\xff\xff\xff\xff", 6}, /* a size without end */
	};
	(void)state;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		buffer_reset(&delta);
		buffer_append(&delta, wrong[i].bytes, wrong[i].len);
		assert_fault(index_delta(&delta), &fault_pack_delta);
	}
}

static void a_base_that_is_nowhere_is_missed(void **state)
{
	const struct oid nowhere = {{1}};
	(void)state;

	made_delta_start(&delta, 1, 1);
	made_delta_insert(&delta, "x", 1);
	made_pack_start(&pack, 1);
	made_pack_ref_delta(&pack, &nowhere, made_cursor(&delta));
	made_pack_end(&pack);
	assert_fault(indexing(&pack), &fault_pack_unresolved);
}

/* Two deltas, each upon what the other one would make. */
static void deltas_that_wait_for_each_other_are_unresolved(void **state)
{
	struct oid x = made_oid(OBJECT_BLOB, CURSOR("x")), y = made_oid(OBJECT_BLOB, CURSOR("y"));
	struct buffer other = BUFFER_INIT;
	(void)state;

	made_delta_start(&delta, 1, 1);
	made_delta_insert(&delta, "x", 1);
	made_delta_start(&other, 1, 1);
	made_delta_insert(&other, "y", 1);
	made_pack_start(&pack, 2);
	made_pack_ref_delta(&pack, &y, made_cursor(&delta));
	made_pack_ref_delta(&pack, &x, made_cursor(&other));
	made_pack_end(&pack);
	assert_fault(indexing(&pack), &fault_pack_unresolved);
	buffer_free(&other);
}

/* Before the pack, at its header, inside an entry, at itself; only entries before it count. */
static void a_distance_must_lead_to_an_entry(void **state)
{
	size_t at;
	(void)state;

	made_delta_start(&delta, strlen(BLOB), 1);
	made_delta_insert(&delta, "x", 1);
	for (uint64_t distance = 1; distance < 64; distance++) {
		struct pack_entry entry = {.type = OBJECT_OFS_DELTA, .size = delta.len};

		buffer_reset(&pack);
		made_pack_start(&pack, 2);
		at = made_pack_whole(&pack, OBJECT_BLOB, cursor_over_text(BLOB));
		entry.base_distance = distance;
		assert_fault(distance == pack.len - at ? NULL : &fault_pack_entry,
			(made_pack_entry(&pack, &entry, made_cursor(&delta)), made_pack_end(&pack),
				indexing(&pack)));
	}
}

/* --- what is there already -------------------------------------------------------------------- */

static void bad_syntax_is_refused(void **state)
{
	(void)state;
	assert_fault(index_entry(OBJECT_COMMIT, strlen(BLOB), BLOB), &fault_pack_fsck);
	assert_fault(index_entry(OBJECT_COMMIT, 0, ""), &fault_pack_fsck);
	assert_fault(index_entry(OBJECT_TAG, strlen(BLOB), BLOB), &fault_pack_fsck);
	assert_fault(index_entry(OBJECT_TREE, strlen(BLOB), BLOB), &fault_pack_fsck);
}

static void objects_that_are_there_may_come_again(void **state)
{
	struct buffer base = BUFFER_INIT;
	(void)state;

	indexing_base(&base);
	made_pack_start(&pack, 1);
	made_pack_whole(&pack, OBJECT_BLOB, made_cursor(&base));
	made_pack_end(&pack);
	assert_ok(indexing(&pack));
	buffer_free(&base);
}

/* Under the name of WANTED the repository has a blob LIE. */
static void plant(enum object_type type, const char *wanted, const char *lie)
{
	struct oid oid = made_oid(type, cursor_over_text(wanted));
	char hex[OID_MAX_HEX + 1], path[192], text[128];
	struct buffer entry = BUFFER_INIT;
	int len, fd;

	oid_hex(&oid, &hash_sha1, hex);
	snprintf(path, sizeof path, "mkdir -p %s/objects/%.2s", indexing_made->path, hex);
	assert_int_equal(system(path), 0);
	snprintf(path, sizeof path, "%s/objects/%.2s/%s", indexing_made->path, hex, hex + 2);
	len = snprintf(text, sizeof text, "blob %zu%c%s", strlen(lie), 0, lie);
	made_pack_entry(&entry, &(struct pack_entry){.type = OBJECT_BLOB, .size = 1},
		cursor_over(text, (size_t)len));
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	assert_int_equal(write(fd, entry.bytes + 1, entry.len - 1), entry.len - 1);
	close(fd);
	buffer_free(&entry);
}

static void other_bytes_under_the_same_name_are_a_collision(void **state)
{
	(void)state;
	plant(OBJECT_BLOB, "colliding", "collided!");
	assert_fault(index_entry(OBJECT_BLOB, 9, "colliding"), &fault_collision);
	plant(OBJECT_BLOB, "longer", "longer than that");
	assert_fault(index_entry(OBJECT_BLOB, 6, "longer"), &fault_collision);
	plant(OBJECT_TREE, "", "a blob");
	assert_fault(index_entry(OBJECT_TREE, 0, ""), &fault_collision);
}

static void a_base_that_is_not_what_its_name_says_is_not_used(void **state)
{
	struct oid base = made_oid(OBJECT_BLOB, CURSOR("true"));
	(void)state;

	plant(OBJECT_BLOB, "true", "lies");
	made_delta_start(&delta, 4, 1);
	made_delta_insert(&delta, "x", 1);
	made_pack_start(&pack, 1);
	made_pack_ref_delta(&pack, &base, made_cursor(&delta));
	made_pack_end(&pack);
	assert_fault(indexing(&pack), &fault_object_corrupt);
}

static bool final_with_marks(struct hash_ctx *ctx, struct oid *out)
{
	return hash_sha1.final(ctx, out) && false;
}

static void the_marks_of_an_attack_are_refused(void **state)
{
	struct hash_algo marked = hash_sha1;
	(void)state;

	marked.final = final_with_marks;
	indexing_request.algo = &marked;
	assert_fault(index_entry(OBJECT_BLOB, strlen(BLOB), BLOB), &fault_collision_attack);
	assert_fault(index_entry(OBJECT_TREE, 0, ""), &fault_collision_attack);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(objects_and_deltas_are_indexed),
		TEST(a_pack_may_be_empty),
		TEST(objects_may_be_empty),
		TEST(a_delta_may_come_before_its_base),
		TEST(a_thin_pack_is_completed),
		TEST(the_shattered_files_are_innocent_as_blobs),
		TEST(a_pack_cut_off_anywhere_is_refused),
		TEST(another_signature_is_refused),
		TEST(versions_are_two_and_three),
		TEST(a_count_too_small_makes_the_trailer_wrong),
		TEST(a_count_too_large_is_refused),
		TEST(each_bit_of_the_trailer_counts),
		TEST(each_bit_of_a_pack_counts),
		TEST(nothing_may_follow_the_trailer),
		TEST(sizes_that_lie_are_refused),
		TEST(types_that_git_does_not_know_are_refused),
		TEST(what_is_no_zlib_stream_is_refused),
		TEST(a_zlib_checksum_counts),
		TEST(an_object_may_come_once),
		TEST(an_object_may_not_come_again_as_a_delta),
		TEST(deltas_that_do_not_fit_are_refused),
		TEST(a_base_that_is_nowhere_is_missed),
		TEST(deltas_that_wait_for_each_other_are_unresolved),
		TEST(a_distance_must_lead_to_an_entry),
		TEST(bad_syntax_is_refused),
		TEST(objects_that_are_there_may_come_again),
		TEST(other_bytes_under_the_same_name_are_a_collision),
		TEST(a_base_that_is_not_what_its_name_says_is_not_used),
		TEST(the_marks_of_an_attack_are_refused),
	};

	return cmocka_run_group_tests(tests, indexing_open, NULL);
}
