/* SPDX-License-Identifier: ISC */
/* the object database against repositories of the installed git */
#include "tests/unit/test.h"
#include <stdlib.h>
#include <unistd.h>
#include "repo/odb_parts.h"
#include "tests/unit/repo/odb_judge.h"

static void expect_all(unsigned at_least)
{
	struct odb *odb = judge_odb();

	assert_true(judge_all(odb) >= at_least);
	odb_close(odb);
}

static void loose_objects_are_as_git_reads_them(void **state)
{
	(void)state;
	judge_commits(0, 5);
	run("git hash-object -w --stdin </dev/null >/dev/null");
	run("git tag -a -m message v1 main");
	run("head -c 3000000 /dev/urandom | git hash-object -w --stdin >/dev/null");
	run("head -c 9000000 /dev/zero | git -c core.compression=0 hash-object -w --stdin "
	    ">/dev/null");
	for (int len = 40; len < 70; len++) /* around the end of the bytes that hold the header */
		run("head -c %d /dev/zero | git hash-object -w --stdin >/dev/null", len);
	expect_all(50);
}

static void packed_objects_are_as_git_reads_them(void **state)
{
	static const char *const options[] = {
		"",
		"-c pack.indexVersion=1",
		"-c repack.useDeltaBaseOffset=false",
		"-c pack.indexVersion=1 -c repack.useDeltaBaseOffset=false",
		"-c pack.compression=0",
	};
	(void)state;

	judge_commits(0, 60);
	run("git tag -a -m message v1 main");
	run("git update-ref refs/big $(head -c 3000000 /dev/urandom | git hash-object -w "
	    "--stdin)");
	run("git update-ref refs/empty $(git hash-object -w --stdin </dev/null)");
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		judge_pack(options[i]);
		expect_all(240);
	}
}

static void several_packs_and_loose_objects_are_one_database(void **state)
{
	(void)state;
	for (int i = 0; i < 6; i++) {
		judge_commits(10 * i, 10 * (i + 1));
		run("git repack -q -d");
	}
	judge_commits(60, 65);
	expect_all(250);
}

static void long_chains_are_resolved(void **state)
{
	(void)state;
	judge_commits(0, 1);
	run("for i in $(seq 1500); do echo blob; echo \"data <<E\"; echo $i; seq 300; echo E; "
	    "done | git fast-import --quiet --depth=4000");
	run("git verify-pack -v objects/pack/*.idx | grep -q 'chain length = "
	    "1[0-9][0-9][0-9]'");
	expect_all(1500);
}

static void a_pack_that_arrives_later_is_seen(void **state)
{
	struct odb *odb;
	struct oid old, new;
	struct place place;
	bool found;
	(void)state;

	judge_commits(0, 3);
	judge_pack("");
	old = judge_oid("git rev-parse main");
	odb = judge_odb();
	assert_ok(odb_find(odb, &old, &found, &place));
	assert_true(found && place.pack && place.pack->number == 0);
	judge_commits(3, 6);
	new = judge_oid("git rev-parse main");
	assert_ok(odb_find(odb, &new, &found, &place));
	assert_true(found && !place.pack);
	judge_pack(""); /* one new pack has everything; the old one is gone, and still mapped */
	assert_ok(odb_find(odb, &new, &found, &place));
	assert_true(found && place.pack && place.pack->number == 1);
	assert_ok(odb_find(odb, &old, &found, &place));
	assert_true(found && place.pack->number == 0);
	assert_true(judge_all(odb) >= 18);
	odb_close(odb);
}

static void the_oldest_pack_wins(void **state)
{
	struct odb *odb;
	struct oid tip;
	struct place place;
	char oldest[OID_MAX_HEX + 1] = "";
	bool found;
	FILE *f;
	(void)state;

	judge_commits(0, 3);
	run("for c in 0 1 9; do git rev-list --objects main | "
	    "git -c pack.compression=$c pack-objects -q --no-reuse-object "
	    "objects/pack/pack; done >names");
	run("n=3; for i in $(cat names); do touch -d @$((1000000000 + n)) "
	    "objects/pack/pack-$i.*; n=$((n - 1)); done; tail -1 names >last");
	f = fopen("last", "r");
	assert_int_equal(fscanf(f, "%64s", oldest), 1);
	fclose(f);
	tip = judge_oid("git rev-parse main");
	odb = judge_odb();
	assert_ok(odb_find(odb, &tip, &found, &place));
	assert_string_equal(place.pack->name, oldest);
	assert_true(odb->packs.count >= 2);
	odb_close(odb);
}

static void what_is_missing_is_said_to_be_missing(void **state)
{
	struct odb *odb;
	struct oid absent = {{1}};
	struct object object;
	struct place place;
	enum object_type type;
	uint64_t size;
	bool found = true;
	(void)state;

	odb = judge_odb();
	assert_ok(odb_find(odb, &absent, &found, &place));
	assert_false(found);
	assert_fault(odb_read(odb, &absent, &object), &fault_object_missing);
	assert_string_equal(
		fault_detail(&fault_object_missing), "0100000000000000000000000000000000000000");
	assert_fault(odb_info(odb, &absent, &type, &size), &fault_object_missing);
	odb_close(odb);
}

static void an_added_pack_is_looked_up_last(void **state)
{
	static uint8_t bytes[2][1 << 20];
	size_t len[2];
	struct odb *odb;
	struct oid old, new;
	struct place place;
	struct object object;
	bool found;
	(void)state;

	judge_commits(0, 3);
	judge_pack("");
	old = judge_oid("git rev-parse main");
	judge_commits(3, 6);
	new = judge_oid("git rev-parse main");
	run("git rev-list --objects main | git pack-objects -q added >name");
	run("mv added-*.pack added.pack; mv added-*.idx added.idx; git reflog expire "
	    "--expire=now --all; git update-ref refs/heads/main main~3; git prune "
	    "--expire=now");
	for (int i = 0; i < 2; i++) {
		FILE *f = fopen(i ? "added.idx" : "added.pack", "r");
		len[i] = fread(bytes[i], 1, sizeof bytes[i], f);
		fclose(f);
	}
	odb = judge_odb();
	assert_ok(odb_find(odb, &new, &found, &place));
	assert_false(found);
	assert_ok(odb_add_pack(odb, cursor_over(bytes[0], len[0]), cursor_over(bytes[1], len[1])));
	assert_ok(odb_find(odb, &old, &found, &place));
	assert_true(place.pack == odb->packs.list[0]);
	assert_ok(odb_find(odb, &new, &found, &place));
	assert_true(found && place.pack == odb->added.list[0]);
	assert_ok(odb_read(odb, &new, &object));
	odb_close(odb);
	assert_int_equal(object.type, OBJECT_COMMIT); /* it outlives the database */
	assert_true(cursor_starts(&object.content, "tree "));
	object_release(&object);
}

static void stored_entries_end_where_the_next_begins(void **state)
{
	struct repo repo = {.algo = &hash_sha1};
	struct inflater inflater = {.ready = false};
	uint8_t *out = malloc(1 << 20);
	struct odb *odb;
	struct oid tip;
	struct place place;
	uint64_t at = PACK_HEADER_SIZE;
	bool found;
	(void)state;

	judge_commits(0, 20);
	judge_pack("");
	tip = judge_oid("git rev-parse main");
	odb = judge_odb();
	assert_ok(odb_find(odb, &tip, &found, &place));
	assert_ok(pack_order(place.pack));
	for (uint32_t i = 0; i < place.pack->idx.count; i++) {
		struct pack_entry entry;
		struct cursor zlib;
		size_t stored;

		assert_true(pack_position_at(place.pack, at, &place.position));
		assert_int_equal(place.position, place.pack->by_offset[i]);
		assert_false(pack_position_at(place.pack, at + 1, &place.position));
		place.offset = at;
		assert_ok(pack_stored(&repo, &place, &entry, &zlib));
		stored = entry.header_size + cursor_left(&zlib);
		assert_ok(inflate_whole(&inflater, &zlib, out, (size_t)entry.size));
		assert_true(cursor_at_end(&zlib));
		at += stored;
	}
	assert_int_equal(at, cursor_left(&place.pack->bytes) - 20);
	assert_false(pack_position_at(place.pack, at, &place.position));
	inflater_free(&inflater);
	free(out);
	odb_close(odb);
}

static const struct fault *count_bytes(void *arg, const void *bytes, size_t len)
{
	(void)bytes;
	*(uint64_t *)arg += len;
	return NULL;
}

static void expect_large(struct odb *odb, const struct oid *fits, const struct oid *large)
{
	uint64_t streamed = 0, size;
	enum object_type type;
	struct object object;
	struct place place;
	bool found;

	assert_ok(odb_read(odb, fits, &object));
	assert_int_equal(cursor_left(&object.content), OBJECT_MEMORY_MAX);
	object_release(&object);
	assert_fault(odb_read(odb, large, &object), &fault_object_large);
	assert_ok(odb_info(odb, large, &type, &size));
	assert_int_equal(size, OBJECT_MEMORY_MAX + 1);
	assert_ok(odb_find(odb, large, &found, &place));
	assert_ok(odb_stream(odb, large, &place, count_bytes, &streamed));
	assert_int_equal(streamed, OBJECT_MEMORY_MAX + 1);
}

static void a_loose_object_that_is_packed_meanwhile_is_streamed(void **state)
{
	struct odb *odb;
	struct oid tip;
	struct place place;
	uint64_t streamed = 0;
	bool found;
	(void)state;

	judge_commits(0, 3);
	tip = judge_oid("git rev-parse main");
	odb = judge_odb();
	assert_ok(odb_find(odb, &tip, &found, &place));
	assert_true(found && !place.pack);
	judge_pack("");
	assert_ok(odb_stream(odb, &tip, &place, count_bytes, &streamed));
	assert_true(streamed > 0);
	odb_close(odb);
}

static void large_objects_are_streamed_or_refused(void **state)
{
	struct oid fits, large;
	struct odb *odb;
	(void)state;

	run("git config core.compression 1");
	fits = judge_oid("head -c 134217728 /dev/zero | git hash-object -w --stdin");
	large = judge_oid("head -c 134217729 /dev/zero | git hash-object -w --stdin");
	odb = judge_odb();
	expect_large(odb, &fits, &large);
	odb_close(odb);
	run("find objects -type f | sed 's/objects//; s,/,,g' | git pack-objects -q "
	    "--window=0 objects/pack/pack >/dev/null && git prune-packed");
	odb = judge_odb();
	expect_large(odb, &fits, &large);
	odb_close(odb);
}

static void thousands_of_packs_need_no_descriptors(void **state)
{
	struct odb *odb;
	struct oid tip;
	struct object object;
	int before, after;
	(void)state;

	run("git fast-import --quiet --export-marks=marks <<E\n"
	    "$(for i in $(seq 300); do printf 'blob\\nmark :%%d\\ndata 4\\n%%04d\\n' $i "
	    "$i; done)\nE");
	run("cut -d' ' -f2 marks | while read o; do echo $o | git pack-objects -q "
	    "objects/pack/pack; done >/dev/null");
	tip = judge_oid("tail -1 marks | cut -d' ' -f2");
	odb = judge_odb();
	before = dup(0);
	assert_ok(odb_read(odb, &tip, &object));
	object_release(&object);
	after = dup(0);
	close(before);
	close(after);
	assert_int_equal(after, before + 1);
	assert_true(odb->packs.count >= 300);
	odb_close(odb);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, judge_enter, judge_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(loose_objects_are_as_git_reads_them),
		TEST(packed_objects_are_as_git_reads_them),
		TEST(several_packs_and_loose_objects_are_one_database),
		TEST(long_chains_are_resolved),
		TEST(a_pack_that_arrives_later_is_seen),
		TEST(the_oldest_pack_wins),
		TEST(what_is_missing_is_said_to_be_missing),
		TEST(an_added_pack_is_looked_up_last),
		TEST(stored_entries_end_where_the_next_begins),
		TEST(a_loose_object_that_is_packed_meanwhile_is_streamed),
		TEST(large_objects_are_streamed_or_refused),
		TEST(thousands_of_packs_need_no_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
