/* SPDX-License-Identifier: ISC */
/* damaged packs, indexes and loose objects */
#include "tests/unit/test.h"
#include <stdlib.h>
#include <sys/stat.h>
#include "repo/odb_parts.h"
#include "tests/unit/repo/odb_judge.h"

/* Reads all that an index names, and asks everything else that can be asked about it. */
static void ask_everything(struct odb *odb, const struct oid *names, size_t count)
{
	struct repo repo = {.algo = &hash_sha1};

	for (size_t i = 0; i < count; i++) {
		struct object object;
		struct place place;
		struct pack_entry entry;
		struct cursor zlib;
		enum object_type type;
		uint64_t size;
		bool found;
		const struct fault *fault = odb_read(odb, &names[i], &object);

		if (!fault)
			object_release(&object);
		(void)!odb_info(odb, &names[i], &type, &size);
		if (!odb_find(odb, &names[i], &found, &place) && found && place.pack)
			(void)!pack_stored(&repo, &place, &entry, &zlib);
	}
}

static size_t load(const char *path, uint8_t *bytes, size_t size)
{
	FILE *f = fopen(path, "r");
	size_t len = fread(bytes, 1, size, f);

	fclose(f);
	return len;
}

/* Copies of exactly the files' sizes, so that a sanitizer sees each byte too many. */
static void ask_damaged(const uint8_t *pack, size_t pack_len, const uint8_t *idx, size_t idx_len,
	const struct oid *names, size_t count)
{
	uint8_t *pack_copy = malloc(pack_len + 1), *idx_copy = malloc(idx_len + 1);
	struct odb *odb = judge_odb();

	memcpy(pack_copy + 1, pack, pack_len);
	memcpy(idx_copy + 1, idx, idx_len);
	if (!odb_add_pack(
		    odb, cursor_over(pack_copy + 1, pack_len), cursor_over(idx_copy + 1, idx_len)))
		ask_everything(odb, names, count);
	odb_close(odb);
	free(pack_copy);
	free(idx_copy);
}

static void damage_with(const char *options)
{
	static uint8_t pack[1 << 16], idx[1 << 16];
	struct oid names[64];
	size_t pack_len, idx_len, count;
	struct idx view;

	judge_commits(0, 3);
	judge_pack(options);
	run("mv objects/pack/pack-*.pack p; mv objects/pack/pack-*.idx i");
	pack_len = load("p", pack, sizeof pack);
	idx_len = load("i", idx, sizeof idx);
	assert_ok(idx_open(&view, cursor_over(idx, idx_len), &hash_sha1, pack_len));
	count = view.count;
	assert_true(count <= 64);
	for (uint32_t i = 0; i < count; i++)
		idx_oid(&view, i, &names[i]);
	for (size_t i = 0; i < pack_len; i++)
		for (int bit = 0; bit < 8; bit += 3) {
			pack[i] ^= (uint8_t)(1 << bit);
			ask_damaged(pack, pack_len, idx, idx_len, names, count);
			pack[i] ^= (uint8_t)(1 << bit);
		}
	for (size_t i = 0; i < idx_len; i++)
		for (int bit = 0; bit < 8; bit += 3) {
			idx[i] ^= (uint8_t)(1 << bit);
			ask_damaged(pack, pack_len, idx, idx_len, names, count);
			idx[i] ^= (uint8_t)(1 << bit);
		}
}

static void damage_to_any_byte_is_refused_or_harmless(void **state)
{
	(void)state;
	damage_with("");
}

static void damage_is_as_harmless_with_names_for_bases(void **state)
{
	(void)state;
	damage_with("-c pack.indexVersion=1 -c repack.useDeltaBaseOffset=false");
}

static void damaged_loose_objects_are_corrupt(void **state)
{
	static uint8_t bytes[4096];
	struct oid oid;
	struct odb *odb;
	struct object object;
	char hex[OID_MAX_HEX + 1], path[128];
	size_t len;
	(void)state;

	oid = judge_oid("seq 200 | git hash-object -w --stdin");
	oid_hex(&oid, &hash_sha1, hex);
	snprintf(path, sizeof path, "objects/%.2s/%s", hex, hex + 2);
	chmod(path, 0644);
	len = load(path, bytes, sizeof bytes);
	odb = judge_odb();
	for (size_t cut = 0; cut < len + 2; cut++) {
		FILE *f = fopen(path, "w");
		fwrite(bytes, 1, cut, f);
		fclose(f);
		if (cut == len) {
			assert_ok(odb_read(odb, &oid, &object));
			object_release(&object);
			continue;
		}
		assert_fault(odb_read(odb, &oid, &object), &fault_object_corrupt);
	}
	odb_close(odb);
}

/* Writes TEXT, deflated, where the loose object ab00.. would be. */
static struct oid fake_loose(struct cursor text)
{
	uint8_t out[256];
	uLongf out_len = sizeof out;
	struct oid oid = {{0xab}};
	FILE *f;

	assert_int_equal(compress(out, &out_len, text.at, cursor_left(&text)), Z_OK);
	run("mkdir -p objects/ab");
	f = fopen("objects/ab/00000000000000000000000000000000000000", "w");
	fwrite(out, 1, out_len, f);
	fclose(f);
	return oid;
}

static void loose_headers_are_strict(void **state)
{
	struct cursor bad[] = {
		CURSOR("blob 3\0abcd"),
		CURSOR("blob 5\0abcd"),
		CURSOR("blob 04\0abcd"),
		CURSOR("blob  4\0abcd"),
		CURSOR("blob 4 \0abcd"),
		CURSOR("blob -4\0abcd"),
		CURSOR("blob 4abcd"),
		CURSOR("blob\0abcd"),
		CURSOR("blobs 4\0abcd"),
		CURSOR("4\0abcd"),
		CURSOR("blob \0"),
		CURSOR("blob 99999999999999999999\0abcd"),
		CURSOR("\0"),
		CURSOR("ofs-delta 4\0abcd"),
		CURSOR(""),
	};
	struct odb *odb = judge_odb();
	struct object object;
	struct oid oid;
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		oid = fake_loose(bad[i]);
		assert_fault(odb_read(odb, &oid, &object), &fault_object_corrupt);
	}
	oid = fake_loose(CURSOR("blob 4\0abcd"));
	assert_ok(odb_read(odb, &oid, &object));
	assert_true(cursor_is(&object.content, "abcd"));
	object_release(&object);
	oid = fake_loose(CURSOR("blob 0\0"));
	assert_ok(odb_read(odb, &oid, &object));
	assert_true(cursor_at_end(&object.content));
	object_release(&object);
	odb_close(odb);
}

static void what_is_no_regular_file_is_not_read(void **state)
{
	struct odb *odb;
	struct oid oid = {{0xcd}};
	struct object object;
	(void)state;

	run("mkdir -p objects/cd && mkfifo objects/cd/$(printf %%038d 0)");
	run("mkfifo objects/pack/pack-$(printf %%040d 0).idx");
	run("ln -s /dev/zero objects/pack/pack-$(printf %%040d 1).idx");
	run("mkdir objects/pack/pack-$(printf %%040d 2).idx");
	run("touch objects/pack/pack-$(printf %%040d 3).idx");
	odb = judge_odb();
	assert_fault(odb_read(odb, &oid, &object), &fault_repository_read);
	oid.id[0] = 0xce;
	assert_fault(odb_read(odb, &oid, &object), &fault_object_missing);
	assert_non_null(strstr(fault_detail(&fault_object_missing), "; passed over pack-0000"));
	odb_close(odb);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, judge_enter, judge_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(damage_to_any_byte_is_refused_or_harmless),
		TEST(damage_is_as_harmless_with_names_for_bases),
		TEST(damaged_loose_objects_are_corrupt),
		TEST(loose_headers_are_strict),
		TEST(what_is_no_regular_file_is_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
